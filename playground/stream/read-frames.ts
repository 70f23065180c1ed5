// The frames of one connection. A pace makes this tab a slow reader: bytes that it has not taken stay in the network, and
// behind it the server waits, which is what backpressure is. Leaving the loop closes the connection.

import { readEvents, type ServerEvent } from '../../web/read-events.ts';

export type Frame = ServerEvent;

/** Bytes a second; null: as fast as they come. Asked anew for each piece, so that it can be changed on the way. */
export type Pace = () => number | null;

/** A slow reader takes so many pieces a second: seldom enough for timers, often enough to look like flowing. */
const PIECES_A_SECOND = 20;

/** @param onComment - called for every heartbeat: a model that thinks is not a dead line */
export function readFrames(
  response: Response,
  pace: Pace,
  onComment: () => void = () => undefined,
): AsyncGenerator<Frame, void> {
  return readEvents(response, { pace: (bytes) => paced(bytes, pace), onComment });
}

async function* paced(bytes: Uint8Array, pace: Pace): AsyncGenerator<Uint8Array, void> {
  for (let from = 0; from < bytes.length;) {
    const bytesPerSecond = pace();
    if (bytesPerSecond === null) {
      yield bytes.subarray(from);
      return;
    }
    const size = Math.max(1, Math.floor(bytesPerSecond / PIECES_A_SECOND));
    yield bytes.subarray(from, from + size);
    from += size;
    await new Promise((resolve) => setTimeout(resolve, 1_000 / PIECES_A_SECOND));
  }
}
