// A tenant's decisions and labels as lines of JSON, a page at a time, read batch by batch as fast as they are taken.
// Invariant: following `next` to its end gives every decision exactly once that ended after the start and was stored
// when the first page was asked for, then every label given since; batches only ever grow at their end.

import { decisionsOf, endedMsOf } from '../policy/decisions/decision-log.ts';
import type { DecisionBatch } from '../policy/decisions/decision-store.ts';
import type { RoutingTable } from './routing-table.ts';

/** Where a page begins: after `skip` decisions of the batch `key`. The first page begins at 0, 0. */
export type ExportPosition = {
  /** Unix ms: only what ended, or was said, after it. */
  readonly afterMs: number;
  readonly key: number;
  readonly skip: number;
};

export type ExportPage = {
  readonly body: ReadableStream<Uint8Array>;
  /** Null at the end of the log. */
  readonly next: ExportPosition | null;
};

/** Labels in one piece of a body: some 50 KB. */
const LABELS_AT_ONCE = 500;

/** @param limit - decisions on one page */
export function exportPage(table: RoutingTable, start: ExportPosition, limit: number): ExportPage {
  const next = endOfPage(table, start, limit);
  return { body: streamOf(linesBetween(table, start, next)), next };
}

function endOfPage(table: RoutingTable, start: ExportPosition, limit: number): ExportPosition | null {
  let left = limit;
  for (const { key, entries, endedMs } of table.spansFrom(start.key)) {
    if (endedMs <= start.afterMs) continue;
    const skipped = key === start.key ? start.skip : 0;
    if (entries - skipped > left) return { ...start, key, skip: skipped + left };
    left -= entries - skipped;
  }
  return null;
}

function* linesBetween(
  table: RoutingTable,
  start: ExportPosition,
  end: ExportPosition | null,
): Generator<string> {
  for (const batch of table.batchesFrom(start.key)) {
    if (end !== null && batch.key > end.key) return;
    const from = batch.key === start.key ? start.skip : 0;
    const to = batch.key === end?.key ? end.skip : batch.entries;
    yield linesOf(batch, start.afterMs, [from, to]);
  }
  if (end === null) yield* labelLines(table, start.afterMs);
}

function linesOf(
  { body, endedMs }: DecisionBatch,
  afterMs: number,
  [from, to]: readonly [number, number],
): string {
  if (endedMs <= afterMs) return '';
  const decisions = [...decisionsOf(body)]
    .slice(from, to)
    .filter((decision) => endedMsOf(decision) > afterMs);
  return decisions.map((decision) => `${JSON.stringify({ type: 'decision', ...decision })}\n`).join('');
}

function* labelLines(table: RoutingTable, afterMs: number): Generator<string> {
  const labels = table.labelsAfter(afterMs);
  for (let at = 0; at < labels.length; at += LABELS_AT_ONCE) {
    const lines = labels.slice(at, at + LABELS_AT_ONCE);
    yield lines.map(({ feedback }) => `${JSON.stringify({ type: 'feedback', ...feedback })}\n`).join('');
  }
}

/** Bytes, because only such a stream travels between objects; an empty piece is passed over, it would end nothing. */
function streamOf(pieces: Generator<string>): ReadableStream<Uint8Array> {
  const utf8 = new TextEncoder();
  return new ReadableStream({
    type: 'bytes',
    pull: (controller) => {
      for (;;) {
        const piece = pieces.next();
        if (piece.done === true) {
          controller.close();
          controller.byobRequest?.respond(0);
          return;
        }
        if (piece.value === '') continue;
        controller.enqueue(utf8.encode(piece.value));
        return;
      }
    },
    cancel: () => void pieces.return(undefined),
  });
}
