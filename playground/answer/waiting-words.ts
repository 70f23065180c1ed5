// What is said to somebody who waits, by how long they have waited: the longer, the more it says and the more it offers.

export type WaitingWords = {
  readonly stage: 'dots' | 'thinking' | 'working' | 'long';
  readonly text: string;
};

export function waitingWords(elapsedMs: number): WaitingWords {
  if (elapsedMs < 1_000) return { stage: 'dots', text: '' };
  if (elapsedMs < 3_000) return { stage: 'thinking', text: 'Thinking…' };
  if (elapsedMs < 10_000) return { stage: 'working', text: 'Still working on it…' };
  return { stage: 'long', text: 'This takes long. You can stop it, or go on waiting: nothing is lost.' };
}
