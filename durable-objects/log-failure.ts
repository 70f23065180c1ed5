// One line about an unexpected failure, without prompt or answer text: an exception's message may quote either,
// so only its name is logged.

export function logFailure(where: string, error: unknown): void {
  const name = error instanceof Error ? error.name : typeof error;
  console.error(JSON.stringify({ level: 'error', where, error: name }));
}
