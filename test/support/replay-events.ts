// Random events for schedules, with the texts that break naive stream code: line breaks, look-alikes of
// SSE fields, emoji of many code points, halves of surrogate pairs, empty and oversize strings.

import { aRouteEvent } from './a-route.ts';
import type { DoneEvent, ErrorEvent, RouteEvent, StreamEvent } from '../../protocol/events.ts';
import { failureEvent } from '../../protocol/errors.ts';
import { NO_USAGE } from '../../protocol/usage.ts';
import type { Random } from './replay-random.ts';

const TEXTS: readonly string[] = [
  'the',
  ' cat',
  ' sat',
  '',
  '👩‍👩‍👧‍👦',
  '🏳️‍🌈 ok',
  'a\r\nb',
  '\r',
  '\n\n',
  'data: forged\n\nid: c0-1\n\n',
  ': keep-alive\n',
  'event: done\ndata: [DONE]\n\n',
  '[DONE]',
  '\u2028\u2029',
  '\ufeff',
  '\u0000',
  '\ud83d',
  '\ude00',
  '"\\/',
  'x'.repeat(85),
  'y'.repeat(86),
  'ü'.repeat(40),
];

/** `maxUnits` is the length at which the log splits an event; `oversize` the chance of one near or beyond it. */
export function randomEvent(random: Random, maxUnits: number, oversize: number): StreamEvent {
  const text = random.chance(oversize) ? longText(random, maxUnits) : random.pick(TEXTS);
  const roll = random.below(20);
  if (roll < 13) return { type: 'text_delta', text };
  if (roll < 15) return { type: 'thinking', text };
  if (roll < 16) return { type: 'status', phase: 'failover', message: text };
  const index = random.below(3);
  if (roll < 17)
    return {
      type: 'tool_start',
      index,
      id: `call_${index}`,
      tool: 'look_up',
      args: text,
      status: 'executing',
    };
  if (roll < 19) return { type: 'tool_delta', index, args: text };
  return { type: 'tool_end', index, result: null, duration_ms: random.below(1000) };
}

/** Around one, two or three pieces long, and a surrogate pair on every cut of one parity. */
function longText(random: Random, maxUnits: number): string {
  const length = maxUnits * random.between(1, 3) + random.between(-2, 2);
  const lead = random.chance(0.5) ? 'z' : '';
  return (lead + '😀'.repeat(Math.ceil(length / 2))).slice(0, length);
}

export const ROUTE: RouteEvent = aRouteEvent();

export function doneEvent(random: Random): DoneEvent {
  return {
    type: 'done',
    finish_reason: random.pick(['stop', 'length', 'stopped'] as const),
    usage: { ...NO_USAGE, output_tokens: random.below(100) },
    timing: { first_token_ms: 3, total_ms: random.below(5000) },
  };
}

export function upstreamFailure(): ErrorEvent {
  return failureEvent('upstream_failed', true);
}
