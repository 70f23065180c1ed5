// A finished log, compacted: all text in one string, one character of length per event, everything
// else as it is. A delta costs its text and about one byte; decoding gives back the very same events,
// so every sequence number stays resumable.
//
// `shape` has one unit per event: a character from 40 up to 125 is a text delta of (code − 40)
// UTF-16 units; `%` a longer one, its length in `longs`; `&` before either makes it a thinking event;
// `!` takes the next event of `rest`.

import type { StreamEvent } from '../protocol/events.ts';
import type { StoredPage } from './log-store.ts';

export const COLUMNS = 'C';

const FIRST_CODE = 40;
const LAST_CODE = 125;
const THINKING = '&';
const LONG = '%';
const OTHER = '!';

/** UTF-16 units of payload in one row: escaped as JSON at worst six bytes a unit, below the 1 MiB row limit. */
const MAX_ROW_UNITS = 128 * 1024;
/** Events in one row: a follower keeps one decoded row while it reads, about 100 KB. */
const MAX_ROW_EVENTS = 1024;

type Columns = { shape: string; text: string; longs: number[]; rest: StreamEvent[] };

/** Turns events (in order, the first at `firstSeq`) into as few rows as the limits allow. */
export function toColumns(events: Iterable<StreamEvent>, firstSeq: number): StoredPage[] {
  const pages: StoredPage[] = [];
  let row = emptyRow();
  let rowSeq = firstSeq;
  let count = 0;
  let units = 0;
  for (const event of events) {
    const size = payloadUnits(event);
    if (count > 0 && (units + size > MAX_ROW_UNITS || count === MAX_ROW_EVENTS)) {
      pages.push({ firstSeq: rowSeq, body: COLUMNS + JSON.stringify(row) });
      row = emptyRow();
      rowSeq += count;
      count = 0;
      units = 0;
    }
    addEvent(row, event);
    count++;
    units += size;
  }
  if (count > 0) pages.push({ firstSeq: rowSeq, body: COLUMNS + JSON.stringify(row) });
  return pages;
}

export function decodeColumns(body: string): StreamEvent[] {
  const row = JSON.parse(body.slice(COLUMNS.length)) as Columns; // only toColumns writes these rows
  const events: StreamEvent[] = [];
  const cursor = { text: 0, long: 0, rest: 0 };
  for (let at = 0; at < row.shape.length; at++) {
    if (row.shape[at] === OTHER) {
      const event = row.rest[cursor.rest++];
      if (event === undefined) throw new Error('compacted row lacks an event');
      events.push(event);
      continue;
    }
    const thinking = row.shape[at] === THINKING;
    if (thinking) at++;
    const length =
      row.shape[at] === LONG ? (row.longs[cursor.long++] ?? 0) : row.shape.charCodeAt(at) - FIRST_CODE;
    const text = row.text.slice(cursor.text, cursor.text + length);
    cursor.text += length;
    events.push({ type: thinking ? 'thinking' : 'text_delta', text });
  }
  return events;
}

function emptyRow(): Columns {
  return { shape: '', text: '', longs: [], rest: [] };
}

function addEvent(row: Columns, event: StreamEvent): void {
  if (event.type !== 'text_delta' && event.type !== 'thinking') {
    row.shape += OTHER;
    row.rest.push(event);
    return;
  }
  if (event.type === 'thinking') row.shape += THINKING;
  const length = event.text.length;
  if (FIRST_CODE + length <= LAST_CODE) {
    row.shape += String.fromCharCode(FIRST_CODE + length);
  } else {
    row.shape += LONG;
    row.longs.push(length);
  }
  row.text += event.text;
}

function payloadUnits(event: StreamEvent): number {
  return event.type === 'text_delta' || event.type === 'thinking'
    ? event.text.length
    : JSON.stringify(event).length;
}
