// Reads the body of one streamed answer, frame by frame, at the pace of its reader.

import { setTimeout as sleep } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';

export type Frame = { readonly id: string | null; readonly data: string };

/** `ended`: the body is complete as HTTP sees it; `left`: this reader went away; `broken`: the connection did. */
export type ReadingEnd = 'ended' | 'left' | 'broken';

export type Reading = {
  /** False: the reader leaves. */
  readonly take: (frame: Frame) => boolean;
  /** Between reads of a slow reader; 0 = as fast as it comes. */
  readonly pauseMs: number;
};

/** A slow reader gets bored of being slow, or long answers would never end. */
const MAX_PAUSES = 40;

export async function readFrames(response: Response, { take, pauseMs }: Reading): Promise<ReadingEnd> {
  const reader = response.body?.getReader();
  if (reader === undefined) return 'broken';
  let hasLeft = false;
  const parser = createParser({
    onEvent: ({ id, data }) => {
      if (!hasLeft) hasLeft = !take({ id: id ?? null, data });
    },
  });
  const utf8 = new TextDecoder();
  try {
    for (let reads = 0; ; reads += 1) {
      const { done, value } = await reader.read();
      if (done) return 'ended';
      parser.feed(utf8.decode(value, { stream: true }));
      if (hasLeft) break;
      if (pauseMs > 0 && reads < MAX_PAUSES) await sleep(pauseMs);
    }
  } catch {
    return 'broken'; // what broke it is the server's to log; the reader only knows that it did
  }
  await reader.cancel().catch(() => undefined); // the connection may have gone by itself meanwhile
  return 'left';
}
