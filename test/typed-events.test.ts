// The native format: the log itself, one named event each.

import { expect, it } from 'vitest';
import { aRouteEvent } from './support/a-route.ts';
import { projectorFor } from '../dialects/projectors.ts';
import { failureEvent } from '../protocol/errors.ts';
import type { StreamEvent } from '../protocol/events.ts';
import { NO_USAGE } from '../protocol/usage.ts';

const PROJECTOR = projectorFor('t', {
  generation: 'abcdefghijklmnop',
  streamId: 'stream',
  model: 'granite',
  createdMs: 0,
  includeUsage: false,
});

const EVENTS: readonly StreamEvent[] = [
  aRouteEvent({ tier: 'cloud', model: 'm', probability: null, reasons: ['gate:tools'] }),
  { type: 'status', phase: 'failover', message: 'm' },
  { type: 'text_delta', text: 'a\r\n"b"\u2029' },
  { type: 'thinking', text: 'x' },
  { type: 'tool_start', index: 0, id: 'c', tool: 'f', args: '', status: 'executing' },
  { type: 'tool_delta', index: 0, args: '{}' },
  { type: 'tool_end', index: 0, result: null, duration_ms: 1 },
  { type: 'done', finish_reason: 'stop', usage: NO_USAGE, timing: { first_token_ms: null, total_ms: 1 } },
];

it('every event is one frame under its own name with itself as data', () => {
  for (const event of EVENTS) {
    const [frame, ...more] = PROJECTOR.frames(event);
    expect(more).toEqual([]);
    expect(frame?.event).toBe(event.type);
    expect(frame?.data).not.toMatch(/[\r\n]/);
    expect(JSON.parse(frame?.data ?? '')).toEqual(event);
  }
});

it('a failure is named failed, because error belongs to EventSource', () => {
  const event = failureEvent('interrupted', true);
  expect(PROJECTOR.frames(event)).toEqual([{ event: 'failed', data: JSON.stringify(event) }]);
  expect(PROJECTOR.failure('overloaded', 'Later.').event).toBe('failed');
});

it('a lost cursor is announced with the text that survived', () => {
  const reset = PROJECTOR.reset(4, 'a\nb');
  expect(reset).toEqual({ event: 'reset', data: '{"type":"reset","truncate_to":4,"text":"a\\nb"}' });
});
