// The read loop of a follower's body: whole frames that are ready as one chunk, else a heartbeat between
// events, else the end. A body ends (null) only after the terminal frame: a clean early end would be a
// silently truncated answer in most clients.

import { HEARTBEAT } from '../protocol/sse.ts';
import type { Follower } from './follower.ts';

/** UTF-16 units in one chunk: each chunk through workerd costs tens of µs whatever its size, so few and full; bounded for slow readers. */
export const MAX_CHUNK_UNITS = 64 * 1024;

/** Resolves when the log changed, or when a heartbeat is due because nothing was sent for a while. */
export type WaitForChange = () => Promise<'changed' | 'heartbeat'>;

export async function nextChunk(follower: Follower, waitForChange: WaitForChange): Promise<string | null> {
  for (;;) {
    const text = follower.read(MAX_CHUNK_UNITS);
    if (text !== '') return text;
    if (follower.finished) return null;
    if ((await waitForChange()) === 'heartbeat') return HEARTBEAT;
  }
}
