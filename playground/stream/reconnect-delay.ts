// How long a reader waits before it comes back: doubled with every failure in a row, spread so that the readers of a
// server that restarts do not come back at once.

const FIRST_MS = 300;
const LONGEST_MS = 8_000;

/**
 * @param attempt - 1 for the first failure in a row
 * @param random - 0 ≤ random < 1
 */
export function reconnectDelayMs(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  return Math.round(ceiling / 2 + (random * ceiling) / 2);
}
