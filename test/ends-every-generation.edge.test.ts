// The promise: whoever leaves, refuses or breaks, and whenever, a generation ends once, its log begins with the route
// and ends with one terminal event, its upstream is closed, and whoever waits for its head is told.

import { expect, it, vi } from 'vitest';
import { GRANTED, holdGeneration, REFUSED, type HeldGeneration } from './support/held-generation.ts';

function typesOf({ generation }: HeldGeneration): string[] {
  return Array.from(generation.log.events(), (event) => event.type);
}

it('a client that leaves before the lease is granted leaves a log that begins with its route', async () => {
  const held = holdGeneration({ onDisconnect: { type: 'abort' } });
  const detach = held.generation.followed.attach();
  const run = held.generation.run();
  detach();
  held.admission.resolve(GRANTED);
  await run;
  expect([typesOf(held), held.ends.map(({ end }) => end)]).toEqual([['route', 'done'], ['stopped']]);
});

it('a client that leaves before the lease is refused leaves nothing on disk', async () => {
  const held = holdGeneration({ onDisconnect: { type: 'abort' } });
  const detach = held.generation.followed.attach();
  const run = held.generation.run();
  detach();
  held.admission.resolve(REFUSED);
  await run;
  expect([held.store.header, held.store.pages.size]).toEqual([null, 0]);
});

it('a refused generation keeps no timer, also when its upstream had answered already', async () => {
  const set = vi.spyOn(globalThis, 'setTimeout');
  const clear = vi.spyOn(globalThis, 'clearTimeout');
  const held = holdGeneration();
  const run = held.generation.run();
  held.say('too early');
  await vi.waitFor(() => expect(set.mock.calls.some(([, ms]) => (ms ?? 0) > 800_000)).toBe(true));
  await scheduler.wait(20); // the first batch is decoded: nothing outside tells so
  held.admission.resolve(REFUSED);
  await run;
  // The exchange with the Health object has a limit of its own until it is answered, and that object may be cold.
  const untilAnswered = { timeout: 20_000 };
  await vi.waitFor(() => {
    const cleared = new Set(clear.mock.calls.map(([timer]) => timer));
    const left = set.mock.results.filter(
      ({ value }, index) => (set.mock.calls[index]?.[1] ?? 0) > 1000 && !cleared.has(value),
    );
    expect(left).toEqual([]);
  }, untilAnswered);
  vi.restoreAllMocks();
});

it('tells a waiting client and every reader the end, also when the disk has failed before', async () => {
  const held = holdGeneration();
  const run = held.generation.run();
  held.admission.resolve(GRANTED);
  await vi.waitFor(() => expect(held.store.header).not.toBe(null));
  held.store.isFull = true;
  await vi.waitFor(() => expect(held.store.refusals).toBe(1));
  const reader = held.generation.followed.followAsked('c', new AbortController().signal).getReader();
  await reader.read();
  const next = reader.read();
  held.generation.stop();
  await run;
  const late = scheduler.wait(2000).then(() => 'nothing');
  const told = await Promise.race([next, late]);
  expect([await Promise.race([held.generation.head, late]), told]).toEqual([
    { type: 'open', headroom: 9 },
    { done: false, value: expect.any(Uint8Array) },
  ]);
});

it('a failed generation is charged what was used, not what was reserved', async () => {
  const held = holdGeneration();
  const run = held.generation.run();
  held.admission.resolve(GRANTED);
  held.say('x'.repeat(40));
  await held.generation.head;
  held.cut();
  await run;
  expect(held.ends).toEqual([{ end: 'failed', usedTokens: 12 + 10 }]);
});
