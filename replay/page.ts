// A page of a running log: one JSON event per line, in order, so that appending is concatenation.
// The first character says how the body is written: `L` lines (here), `C` columns (`columns.ts`).

import type { StreamEvent } from '../protocol/events.ts';

export const LINES = 'L';

export function encodeLine(event: StreamEvent): string {
  return `${JSON.stringify(event)}\n`; // JSON escapes every line break inside
}

export function decodeLines(body: string): StreamEvent[] {
  if (body.length <= LINES.length) return [];
  const json = `[${body.slice(LINES.length, -1).replaceAll('\n', ',')}]`;
  return JSON.parse(json) as StreamEvent[]; // only encodeLine writes these rows
}
