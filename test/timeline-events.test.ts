// The promise: an operator sees what happened to a stream and where, never a word of it, and never more than a screenful
// of requests could hold.

import { expect, it } from 'vitest';
import { timelineEvents } from '../policy/analytics/timeline-events.ts';
import type { DoneEvent, StreamEvent } from '../protocol/events.ts';
import { NO_USAGE } from '../protocol/usage.ts';
import { aRouteEvent } from './support/a-route.ts';

const SECRET = 'the canary sings';

const DONE: DoneEvent = {
  type: 'done',
  finish_reason: 'stop',
  usage: NO_USAGE,
  timing: { first_token_ms: 1, total_ms: 2 },
};

const text: StreamEvent = { type: 'text_delta', text: SECRET };

function tool(index: number): readonly StreamEvent[] {
  return [
    { type: 'tool_start', index, id: `call_${index}`, tool: 'weather', args: SECRET, status: 'executing' },
    { type: 'tool_delta', index, args: SECRET },
    { type: 'tool_end', index, result: null, duration_ms: 3 },
  ];
}

it('has the turns of a stream with their places in the log, and no word of it', () => {
  const events: readonly StreamEvent[] = [
    aRouteEvent({ model: 'small' }),
    { type: 'status', phase: 'failover', message: SECRET },
    { type: 'route_changed', tier: 'cloud', model: 'large', reason: 'failover', failure: null },
    { type: 'thinking', text: SECRET },
    text,
    ...tool(0),
    { type: 'status', phase: 'continued', message: SECRET },
    DONE,
  ];
  const turns = timelineEvents(events);
  expect(turns).toEqual([
    { seq: 0, type: 'route', what: 'small' },
    { seq: 1, type: 'status', what: 'failover' },
    { seq: 2, type: 'route_changed', what: 'large' },
    { seq: 5, type: 'tool_start', what: 'weather' },
    { seq: 7, type: 'tool_end', what: '' },
    { seq: 8, type: 'status', what: 'continued' },
    { seq: 9, type: 'done', what: 'stop' },
  ]);
  expect(JSON.stringify(turns)).not.toContain('canary');
});

it('tells the code of a failure', () => {
  const failure: StreamEvent = {
    type: 'error',
    code: 'upstream_timeout',
    message: SECRET,
    recoverable: true,
    partial: true,
  };
  expect(timelineEvents([aRouteEvent(), failure]).at(-1)).toEqual({
    seq: 1,
    type: 'error',
    what: 'upstream_timeout',
  });
});

it('is bounded, and still has the end', () => {
  const calls = Array.from({ length: 5_000 }, (_none, index) => tool(index)).flat();
  const turns = timelineEvents([aRouteEvent(), ...calls, DONE]);
  expect([turns.length, turns[0]?.type, turns.at(-1)]).toEqual([
    200,
    'route',
    { seq: 1 + calls.length, type: 'done', what: 'stop' },
  ]);
});
