// A kept answer's two ways: from a log to the text that is stored, and from that back to what an upstream would send,
// the same pieces in the same order, then the end. It is read like any other answer, so that a repetition can be
// followed, resumed and stopped; it does not wait between the pieces.

import type { CachedAnswer } from '../protocol/cached-answer.ts';
import type { ContentEvent, StreamEvent } from '../protocol/events.ts';
import type { DecodedEvent } from '../protocol/upstream-event.ts';
import { finishedAnswer } from '../policy/cache/finished-answer.ts';
import { decodeColumns, toColumns } from '../replay/columns.ts';

/** Pieces given at once: few enough that a stop or a slow disk is noticed in between. */
const BATCH_EVENTS = 64;

/** Null: the answer is not worth keeping, or is larger than that. */
export function keptText(log: Iterable<StreamEvent>, maxBytes: number, nowMs: number): string | null {
  const finished = finishedAnswer(log, maxBytes);
  if (finished === null) return null;
  const { events, ...about } = finished;
  const rows = toColumns(events, 0).map((row) => row.body);
  const answer: CachedAnswer = { ...about, rows, storedMs: nowMs };
  const text = JSON.stringify(answer);
  return new TextEncoder().encode(text).byteLength > maxBytes ? null : text;
}

export async function* cachedBatches(answer: CachedAnswer): AsyncGenerator<readonly DecodedEvent[], void> {
  for (const row of answer.rows) {
    const events = decodeColumns(row).filter(isContentType);
    for (let at = 0; at < events.length; at += BATCH_EVENTS) yield events.slice(at, at + BATCH_EVENTS);
  }
  yield [{ type: 'finish', reason: answer.finishReason, usage: answer.usage }];
}

/** Only content was stored; said to the compiler. */
function isContentType(event: StreamEvent): event is ContentEvent {
  switch (event.type) {
    case 'route':
    case 'route_changed':
    case 'status':
    case 'done':
    case 'error':
      return false;
    default:
      return true;
  }
}
