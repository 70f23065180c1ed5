// The playground's follower on a line that is dead although nobody has said so: it comes back by itself, and never while
// the server still gives signs of life.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { StreamFollower } from '../playground/stream/stream-follower.ts';

const UTF8 = new TextEncoder();
const bodies: ReadableStreamDefaultController<Uint8Array>[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('fetch', async (_url: string, { signal }: RequestInit) => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        bodies.push(controller);
        signal?.addEventListener('abort', () => controller.error(signal.reason));
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  });
});

afterEach(() => {
  bodies.splice(0);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function followed(): StreamFollower {
  const nothing = (): void => undefined;
  const ports = { onFrame: nothing, onConnection: nothing, onProblem: nothing };
  return new StreamFollower({ path: '/v1/streams/s_a', key: null, pace: () => null, ...ports });
}

it('asks again when nothing came for three heartbeats', async () => {
  const follower = followed();
  const running = follower.run();
  await vi.advanceTimersByTimeAsync(60_000);
  const connections = bodies.length;
  follower.close();
  await vi.advanceTimersByTimeAsync(60_000);
  await running;
  expect(connections).toBe(2);
});

it('stays on a line that only beats', async () => {
  const follower = followed();
  const running = follower.run();
  for (let beat = 0; beat < 12; beat++) {
    await vi.advanceTimersByTimeAsync(10_000);
    bodies[0]?.enqueue(UTF8.encode(':\n\n'));
  }
  const connections = bodies.length;
  follower.close();
  await vi.advanceTimersByTimeAsync(60_000);
  await running;
  expect(connections).toBe(1);
});
