// The promise: when an object is reset in mid-stream the Worker follows its stream again, as long as that helps.

import { expect, it } from 'vitest';
import { ok } from '../protocol/result.ts';
import { resilientBody, type ResilientPorts } from '../worker/resilient-body.ts';

/** A body that says `text` and is then cut. */
function cutAfter(text: string): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return new ReadableStream({
    type: 'bytes',
    pull: (controller) => {
      if (controller.desiredSize === null) return;
      if (bytes.byteLength > 0 && !said.has(bytes)) {
        said.add(bytes);
        controller.enqueue(bytes.slice());
      } else controller.error(new Error('reset'));
    },
  });
}
const said = new WeakSet<Uint8Array>();

async function readAll(
  body: ReadableStream<Uint8Array>,
): Promise<{ text: string; end: 'clean' | 'aborted' }> {
  const reader = body.getReader();
  const utf8 = new TextDecoder();
  for (let text = ''; ;) {
    const read = await reader.read().catch(() => null);
    if (read === null) return { text, end: 'aborted' };
    if (read.done) return { text, end: 'clean' };
    text += utf8.decode(read.value, { stream: true });
  }
}

function ports(bodies: readonly string[]): ResilientPorts & { readonly cursors: (string | null)[] } {
  const cursors: (string | null)[] = [];
  const follow: ResilientPorts['follow'] = (cursor) => {
    const text = bodies[cursors.push(cursor) - 1] ?? '';
    return Promise.resolve(ok(text === 'end' ? null : cutAfter(text)));
  };
  return { cursors, follow, failureFrame: () => new Uint8Array() };
}

it('goes on from the last whole frame, however often the object is reset', async () => {
  const played = ports(['', 'data: 1\nid: x-1\n\ndata: 2\nid', '', '', 'data: 2\nid: x-2\n\n', '', 'end']);
  const read = await readAll(resilientBody(cutAfter('data: 0\nid: x-0\n\nda'), played));
  expect([read, played.cursors]).toEqual([
    { text: 'data: 0\nid: x-0\n\ndata: 1\nid: x-1\n\ndata: 2\nid: x-2\n\n', end: 'clean' },
    ['x-0', 'x-0', 'x-1', 'x-1', 'x-1', 'x-2', 'x-2'],
  ]);
});

it('aborts a body that gets no further instead of asking for ever', async () => {
  const played = ports([]);
  const read = await readAll(resilientBody(cutAfter('data: 0\nid: x-0\n\n'), played));
  expect([read.end, played.cursors.length]).toEqual(['aborted', 6]);
});
