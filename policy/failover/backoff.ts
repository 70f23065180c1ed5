// How long to wait before the same upstream is asked again: full jitter, so that those who failed together do not come
// back together. Randomness comes in as an argument.

/** The head of the response is held for seconds only, so the first wait must be a small part of one. */
const BASE_MS = 250;
const CAP_MS = 2_000;

/**
 * @param retry - 0 for the first one
 * @param retryAfterMs - the upstream's own word, never undercut, and told to many at once; null when it said nothing
 * @param random - uniform in 0..1
 */
export function backoffMs(retry: number, retryAfterMs: number | null, random: number): number {
  return (retryAfterMs ?? 0) + Math.floor(random * Math.min(CAP_MS, BASE_MS * 2 ** retry));
}
