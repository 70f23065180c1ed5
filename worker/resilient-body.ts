// A client's response body that outlives its object: when the object is reset in mid-stream (a deploy, a
// crash), the Worker follows it again from the last id it forwarded, and the client notices nothing.
// It ends cleanly only when the object's body did; otherwise it is aborted, or ends with an error frame.

import { BodyReader } from '../durable-objects/body-reader.ts';
import type { Refusal } from '../protocol/errors.ts';
import type { Result } from '../protocol/result.ts';
import { FrameBoundary } from './frame-boundary.ts';

export type ResilientPorts = {
  /** Follows the stream after `cursor` through a new stub. `ok(null)`: nothing is left. Rejects when the object fails. */
  readonly follow: (cursor: string | null) => Promise<Result<ReadableStream<Uint8Array> | null, Refusal>>;
  /** The frame that tells the client why the stream cannot go on. */
  readonly failureFrame: (refusal: Refusal) => Uint8Array;
};

export function resilientBody(
  first: ReadableStream<Uint8Array>,
  ports: ResilientPorts,
): ReadableStream<Uint8Array> {
  let reader = new BodyReader(first);
  const boundary = new FrameBoundary();

  /** The next whole frames; null at the end. */
  const next = async (): Promise<{ bytes: Uint8Array | null; last: boolean }> => {
    for (;;) {
      const read = await readOrLost(reader);
      if (read === null) return { bytes: null, last: true };
      if (read !== 'lost') {
        const whole = boundary.push(read);
        if (whole !== null) return { bytes: whole.slice(), last: false };
        continue;
      }
      boundary.restart();
      // Rejects when the object cannot be reached: the body is then aborted, and the client resumes by itself.
      const again = await ports.follow(boundary.lastId);
      if (!again.ok) return { bytes: ports.failureFrame(again.refusal), last: true };
      if (again.value === null) return { bytes: null, last: true };
      reader = new BodyReader(again.value);
    }
  };

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { bytes, last } = await next();
        if (bytes !== null) controller.enqueue(bytes);
        if (last) controller.close();
      },
      cancel: () => reader.cancel(),
    },
    { highWaterMark: 0 },
  );
}

async function readOrLost(reader: BodyReader): Promise<Uint8Array | null | 'lost'> {
  try {
    return await reader.read();
  } catch {
    // The object was reset: its stream lives on disk, the next body comes from there.
    return 'lost';
  }
}
