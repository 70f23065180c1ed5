// The promise: an upstream cannot make us hold or store without bound what never becomes a tool call.

import { expect, it } from 'vitest';
import type { ContentEvent } from '../protocol/events.ts';
import { ToolCalls } from '../providers/tool-calls.ts';

const UNNAMED = { index: 0, id: 'call_1', name: '' };

it('arguments that come before their name are held up to 256 KiB, no unit more', () => {
  const events: ContentEvent[] = [];
  const calls = new ToolCalls();
  const atLimit = calls.take({ ...UNNAMED, args: 'x'.repeat(256 * 1024) }, 0, events);
  const beyond = calls.take({ ...UNNAMED, args: 'x' }, 0, events);
  expect([atLimit, beyond, events]).toEqual([true, false, []]);
});

it('arguments of many calls without a name are held up to that much together', () => {
  const calls = new ToolCalls();
  const args = 'x'.repeat(64 * 1024);
  const taken = [0, 1, 2, 3, 4].map((index) => calls.take({ index, id: `c${index}`, name: '', args }, 0, []));
  expect(taken).toEqual([true, true, true, true, false]);
});

it.each(['id', 'name'] as const)('a tool call whose %s is longer than 16 KiB is refused', (field) => {
  const taken = [16 * 1024, 16 * 1024 + 1].map((length) =>
    new ToolCalls().take({ index: 0, id: 'i', name: 'n', args: '', [field]: 'x'.repeat(length) }, 0, []),
  );
  expect(taken).toEqual([true, false]);
});
