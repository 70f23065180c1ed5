// Waits for a call between objects, which has no time limit of its own.

/** A new object answers within 100 ms; one that takes this long is not waited for. */
const PATIENCE_MS = 5_000;

/** A call between objects has no time limit of its own. */
export async function within<Value>(calling: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), PATIENCE_MS);
  });
  calling.catch(() => undefined); // it may fail after nobody waits for it any more
  try {
    return await Promise.race([calling, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
