// What of a log is worth keeping: a whole answer that ended well, was shown in full and is not itself a repetition.
// Errors, stops, cuts by a limit or a filter, answers with a seam and drafts that a check had doubts about are not:
// whoever asks again hopes for a better one.

import type { CachedAnswer } from '../../protocol/cached-answer.ts';
import type { ContentEvent, DoneEvent, RouteEvent, StreamEvent } from '../../protocol/events.ts';

/** An answer with its events as they are; how they are packed is the business of whoever stores them. */
export type FinishedAnswer = Omit<CachedAnswer, 'rows' | 'storedMs'> & {
  readonly events: readonly ContentEvent[];
};

type Shown = Pick<CachedAnswer, 'tier' | 'model'>;

/**
 * Null: not to be kept.
 * @param events - a whole log
 * @param maxUnits - UTF-16 units of content at which an answer is too large, so that reading on is vain
 */
export function finishedAnswer(events: Iterable<StreamEvent>, maxUnits: number): FinishedAnswer | null {
  const content: ContentEvent[] = [];
  let shown: Shown | null = null;
  let units = 0;
  for (const event of events) {
    switch (event.type) {
      case 'route':
        if (isDoubted(event)) return null;
        shown = event;
        break;
      case 'route_changed':
        // A stand-in that is smaller than what was asked for would outlive the outage by the whole time to live.
        if (shown?.tier === 'cloud' && event.tier === 'edge') return null;
        shown = event;
        break;
      case 'status':
        if (event.phase === 'continued') return null;
        break;
      case 'error':
        return null;
      case 'done':
        return shown === null || content.length === 0 ? null : ended(event, shown, content);
      default:
        content.push(event);
        units += unitsOf(event);
        if (units > maxUnits) return null;
    }
  }
  return null;
}

/** A draft with a fault is shown only when the cloud could not answer in its place. */
function isDoubted({ tier, answer_check: check }: RouteEvent): boolean {
  return check !== null && tier === 'edge' && check.verdict !== 'good';
}

function ended(
  { finish_reason: finishReason, usage, timing, cost_usd: costUsd, cached }: DoneEvent,
  { tier, model }: Shown,
  events: readonly ContentEvent[],
): FinishedAnswer | null {
  if (cached === true || (finishReason !== 'stop' && finishReason !== 'tool_calls')) return null;
  // Thinking alone is no answer.
  if (!events.some(({ type }) => type === 'text_delta' || type === 'tool_start')) return null;
  return { tier, model, events, finishReason, usage, costUsd: costUsd ?? null, timing };
}

function unitsOf(event: ContentEvent): number {
  if (event.type === 'thinking_part') return JSON.stringify(event.part).length;
  if ('text' in event) return event.text.length;
  return 'args' in event ? event.args.length : 0;
}
