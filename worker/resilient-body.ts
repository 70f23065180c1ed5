// A client's response body that outlives its object: when the object is reset in mid-stream (a deploy, a
// crash), the Worker follows it again from the last id it forwarded, and the client notices nothing.
// It ends cleanly only when the object's body did; otherwise it is aborted, or ends with an error frame.

import type { Refusal } from '../protocol/errors.ts';
import type { Result } from '../protocol/result.ts';
import { FrameBoundary } from './frame-boundary.ts';

export type ResilientPorts = {
  /** Follows the stream after `cursor` through a new stub. `ok(null)`: nothing is left. Rejects when the object fails. */
  readonly follow: (cursor: string | null) => Promise<Result<ReadableStream<Uint8Array> | null, Refusal>>;
  /** The frame that tells the client why the stream cannot go on. */
  readonly failureFrame: (refusal: Refusal) => Uint8Array;
};

/** Buffers: small for a stream of tokens, because a thousand streams hold one each; large when a read fills it (a replay). */
const SMALL_BUFFER_BYTES = 4 * 1024;
const LARGE_BUFFER_BYTES = 64 * 1024;

/** Bodies in a row that brought nothing new: a log that cannot be read must not be asked for without end. */
const MAX_FRUITLESS = 5;

/** Delay after the first of them; it grows by as much with each: an object that starts again needs a moment. */
const FRUITLESS_DELAY_MS = 100;

export function resilientBody(
  first: ReadableStream<Uint8Array>,
  ports: ResilientPorts,
): ReadableStream<Uint8Array> {
  // A native pipe: a chunk written to it goes to the socket without another turn of JavaScript, and the
  // write waits until the client took it, so a slow client slows this loop and nothing queues.
  const pipe = new IdentityTransformStream();
  const writer = pipe.writable.getWriter();
  forward(first, writer, ports).catch((error: unknown) => writer.abort(error).catch(ignoreGone));
  return pipe.readable;
}

/** The client may be gone before it can be told. */
function ignoreGone(): void {}

async function forward(
  first: ReadableStream<Uint8Array>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  ports: ResilientPorts,
): Promise<void> {
  const boundary = new FrameBoundary();
  let body: ReadableStream<Uint8Array> | null = first;
  let fruitless = 0;
  while (body !== null) {
    const { lastId } = boundary;
    const outcome = await forwardBody(body, writer, boundary);
    if (outcome === 'client_gone') return;
    if (outcome === 'ended') break;
    boundary.restart();
    fruitless = boundary.lastId === lastId ? fruitless + 1 : 0;
    if (fruitless > MAX_FRUITLESS) throw new Error('the stream cannot be read');
    if (fruitless > 0) await new Promise((resolve) => setTimeout(resolve, fruitless * FRUITLESS_DELAY_MS));
    // Rejects when the object cannot be reached: the client's body is then aborted, and the client resumes.
    const again = await ports.follow(boundary.lastId);
    if (!again.ok) await writer.write(ports.failureFrame(again.refusal));
    body = again.ok ? again.value : null;
  }
  await writer.close();
}

/** `lost`: the object was reset; its stream lives on disk, the next body comes from there. */
async function forwardBody(
  body: ReadableStream<Uint8Array>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  boundary: FrameBoundary,
): Promise<'ended' | 'lost' | 'client_gone'> {
  const reader = body.getReader({ mode: 'byob' });
  let buffer = new ArrayBuffer(SMALL_BUFFER_BYTES);
  for (;;) {
    const value = await readOrLost(reader, buffer);
    if (value === 'lost') return 'lost';
    if (value === null) return 'ended';
    const whole = boundary.push(value);
    if (whole !== null && !(await written(writer, whole))) {
      await reader.cancel().catch(ignoreGone);
      return 'client_gone';
    }
    buffer = nextBuffer(value);
  }
}

/** Grows when a read filled it, shrinks when the small one would have done. */
function nextBuffer({ buffer, byteLength }: Uint8Array<ArrayBuffer>): ArrayBuffer {
  const isFull = byteLength === buffer.byteLength;
  const size = isFull
    ? LARGE_BUFFER_BYTES
    : byteLength < SMALL_BUFFER_BYTES
      ? SMALL_BUFFER_BYTES
      : buffer.byteLength;
  return buffer.byteLength === size ? buffer : new ArrayBuffer(size);
}

async function readOrLost(
  reader: ReadableStreamBYOBReader,
  buffer: ArrayBuffer,
): Promise<Uint8Array<ArrayBuffer> | null | 'lost'> {
  try {
    const { value } = await reader.readAtLeast(1, new Uint8Array(buffer));
    return value === undefined || value.byteLength === 0 ? null : value;
  } catch {
    return 'lost';
  }
}

/** False when the client is gone. */
async function written(writer: WritableStreamDefaultWriter<Uint8Array>, bytes: Uint8Array): Promise<boolean> {
  try {
    await writer.write(bytes);
    return true;
  } catch {
    return false;
  }
}
