// The promise: one shard's statistics are kept through crashes, late alarms, full disks and clocks that are set back,
// without counting anything twice, and within bounds.

import { describe, expect, it } from 'vitest';
import { decodeCell } from '../policy/analytics/cell-codec.ts';
import { StatsBook } from '../policy/analytics/stats-book.ts';
import type { StatsQuestion } from '../policy/analytics/stats-question.ts';
import type { GenerationRecord } from '../protocol/generation-record.ts';
import { randomRecords } from './support/random-records.ts';
import { statsDatabase } from './support/stats-database.ts';
import { StatsMemory } from './support/stats-memory.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const NOW_MS = 20_700 * DAY_MS;

const [RECORD] = randomRecords(1, 1);

function recordOf(id: string, changes: Partial<GenerationRecord> = {}): GenerationRecord {
  if (RECORD === undefined) throw new Error('no record was drawn');
  return { ...RECORD, id, renderLagMs: null, ...changes };
}

const QUESTION: StatsQuestion = {
  fromMs: 0,
  toMs: NOW_MS + 1_000 * DAY_MS,
  stepMs: null,
  filter: {},
  groupBy: null,
  histograms: ['render_lag_ms'],
};

function requests(book: StatsBook, nowMs: number, question: Partial<StatsQuestion> = {}): number {
  return book
    .answer({ ...QUESTION, ...question }, nowMs)
    .reduce((sum, { cell }) => sum + decodeCell(cell).sums.requests, 0);
}

function lagsOf(book: StatsBook, nowMs: number): readonly (number | null)[] {
  return book.answer(QUESTION, nowMs).map(({ cell }) => decodeCell(cell).histogram('render_lag_ms').sum);
}

const PAGE = { limit: 2_000, filter: {}, outcome: null } as const;

function idsOf(
  book: StatsBook,
  changes: Partial<Parameters<StatsBook['streams']>[0]> = {},
): readonly string[] {
  return book.streams({ ...PAGE, ...changes }).records.map(({ id }) => id);
}

describe('a shard', () => {
  it('writes one row for its state, and one for each minute that closed', () => {
    const store = new StatsMemory();
    const book = new StatsBook(store);
    book.add(recordOf('a'), NOW_MS);
    book.flush(NOW_MS + 8_000);
    book.add(recordOf('b'), NOW_MS + 9_000);
    book.flush(NOW_MS + 17_000);
    const before = store.rowsWritten;
    book.add(recordOf('c'), NOW_MS + MINUTE_MS);
    book.flush(NOW_MS + MINUTE_MS + 8_000);
    book.flush(NOW_MS + MINUTE_MS + 9_000);
    expect([before, store.rowsWritten, store.sizes]).toEqual([2, 4, [1, 0, 0, 0, 0]]);
  });

  it('has the same state after a restart, on SQLite', () => {
    const open = statsDatabase();
    const book = new StatsBook(open());
    for (const [at, record] of randomRecords(1, 1_500).entries()) book.add(record, NOW_MS + at * 100);
    book.refused([{ tenant: 't', reason: 'over_budget', count: 3 }]);
    book.turned([{ atMs: NOW_MS, upstream: 'cloud/m', from: 'closed', to: 'open', cause: 'failures' }]);
    const nowMs = NOW_MS + 150_000;
    book.flush(nowMs);
    const again = new StatsBook(open());
    const seen = (one: StatsBook): unknown => [
      one.answer(QUESTION, nowMs),
      one.durableTotals(),
      one.refusals(),
      one.turns(),
      one.streams(PAGE).records,
    ];
    expect(seen(again)).toEqual(seen(book));
  });

  it('counts what comes after the clock was set back, once, in the open minute', () => {
    const store = new StatsMemory();
    const book = new StatsBook(store);
    book.add(recordOf('a'), NOW_MS + 5 * MINUTE_MS);
    book.add(recordOf('b'), NOW_MS);
    book.flush(NOW_MS);
    book.roll(NOW_MS - DAY_MS);
    book.add(recordOf('c'), NOW_MS + 6 * MINUTE_MS);
    book.flush(NOW_MS + 6 * MINUTE_MS);
    const steps = book.answer({ ...QUESTION, fromMs: NOW_MS, stepMs: MINUTE_MS }, NOW_MS);
    expect(steps.map(({ startMs, cell }) => [startMs - NOW_MS, decodeCell(cell).sums.requests])).toEqual([
      [5 * MINUTE_MS, 2],
      [6 * MINUTE_MS, 1],
    ]);
  });

  it('keeps counting when the disk is full, within bounds, and writes everything when it is not', () => {
    const store = new StatsMemory();
    const book = new StatsBook(store);
    store.writesLeft = 0;
    for (let at = 0; at < 100; at++) {
      book.add(recordOf(`r${at}`), NOW_MS + at * MINUTE_MS);
      expect(() => book.flush(NOW_MS + at * MINUTE_MS)).toThrow('disk full');
    }
    const nowMs = NOW_MS + 100 * MINUTE_MS;
    const during = requests(book, nowMs);
    store.writesLeft = Infinity;
    book.flush(nowMs);
    expect([during, requests(new StatsBook(store), nowMs), store.sizes[0]]).toEqual([100, 100, 30]);
  });

  it('counts nothing twice when the disk fails between a minute and the state, and the object with it', () => {
    const store = new StatsMemory();
    const book = new StatsBook(store);
    book.add(recordOf('a'), NOW_MS);
    book.flush(NOW_MS);
    book.add(recordOf('b'), NOW_MS + 1_000);
    book.add(recordOf('c'), NOW_MS + MINUTE_MS);
    store.writesLeft = 1;
    expect(() => book.flush(NOW_MS + MINUTE_MS)).toThrow('disk full');
    store.writesLeft = Infinity;
    const again = new StatsBook(store);
    const after = requests(again, NOW_MS + MINUTE_MS);
    const told = ['a', 'b', 'c'].map((id) => again.add(recordOf(id), NOW_MS + 2 * MINUTE_MS));
    again.roll(NOW_MS + 2 * HOUR_MS);
    expect([after, told, requests(again, NOW_MS + 2 * HOUR_MS)]).toEqual([1, ['known', 'added', 'added'], 3]);
  });

  it('tells apart the ids of the last 5,000 records', () => {
    const book = new StatsBook(new StatsMemory());
    const ids = Array.from({ length: 5_000 }, (_, at) => `id${at}`);
    for (const id of ids) book.add(recordOf(id), NOW_MS);
    expect(new Set(ids.map((id) => book.add(recordOf(id), NOW_MS)))).toEqual(new Set(['known']));
  });

  it('bounds tenants that were refused and turns of breakers, and keeps the sum', () => {
    const book = new StatsBook(new StatsMemory());
    for (let at = 0; at < 10_000; at++) book.refused([{ tenant: `t${at}`, reason: 'rate', count: 2 }]);
    for (let at = 0; at < 700; at++)
      book.turned([{ atMs: at, upstream: 'u', from: 'closed', to: 'open', cause: 'timeouts' }]);
    const refusals = book.refusals();
    const sum = refusals.reduce((total, { count }) => total + count, 0);
    expect([refusals.length, sum, book.turns().length, book.turns().at(-1)?.atMs]).toEqual([
      101, 20_000, 500, 699,
    ]);
  });

  it('shows totals only once they are durable, so that they never go down', () => {
    const store = new StatsMemory();
    const book = new StatsBook(store);
    const nothing = book.durableTotals();
    book.add(recordOf('a'), NOW_MS);
    const unflushed = book.durableTotals();
    book.flush(NOW_MS);
    const flushed = book.durableTotals();
    expect([unflushed, new StatsBook(store).durableTotals()]).toEqual([nothing, flushed]);
    expect(flushed).not.toEqual(nothing);
  });
});

describe('a render lag', () => {
  it('is counted once, whether it comes after its record or before', () => {
    const book = new StatsBook(new StatsMemory());
    const outcomes = [
      book.amend('early', { renderLagMs: 10 }, NOW_MS),
      book.amend('early', { renderLagMs: 99 }, NOW_MS),
    ];
    book.add(recordOf('early'), NOW_MS + 30_000);
    book.add(recordOf('late'), NOW_MS);
    outcomes.push(
      book.amend('late', { renderLagMs: 20 }, NOW_MS),
      book.amend('late', { renderLagMs: 99 }, NOW_MS),
    );
    outcomes.push(book.amend('early', { renderLagMs: 99 }, NOW_MS));
    expect([outcomes, lagsOf(book, NOW_MS + 60_000), book.find('late')?.renderLagMs]).toEqual([
      ['waiting', 'known', 'taken', 'known', 'known'],
      [30],
      20,
    ]);
  });

  it('is counted once through a crash after it was flushed', () => {
    const store = new StatsMemory();
    const book = new StatsBook(store);
    book.add(recordOf('a'), NOW_MS);
    book.amend('a', { renderLagMs: 20 }, NOW_MS);
    book.flush(NOW_MS);
    const again = new StatsBook(store);
    expect([again.amend('a', { renderLagMs: 20 }, NOW_MS), lagsOf(again, NOW_MS)]).toEqual(['known', [20]]);
  });

  it('that waits for its record is forgotten after a minute, and when 1,000 others wait', () => {
    const book = new StatsBook(new StatsMemory());
    for (let at = 0; at <= 1_000; at++) book.amend(`r${at}`, { renderLagMs: 5 }, NOW_MS);
    book.add(recordOf('r0'), NOW_MS);
    book.amend('old', { renderLagMs: 5 }, NOW_MS + 61_000);
    book.add(recordOf('r5'), NOW_MS + 61_000);
    book.add(recordOf('old'), NOW_MS + 61_000);
    expect(lagsOf(book, NOW_MS + 61_000)).toEqual([5]);
  });
});

describe('hours and days', () => {
  /** One record every ten minutes. */
  function filled(
    store: StatsMemory,
    days: number,
    onHour: (book: StatsBook, nowMs: number) => void,
  ): StatsBook {
    const book = new StatsBook(store);
    for (let at = 0; at < days * 144; at++) {
      const nowMs = NOW_MS + at * 10 * MINUTE_MS;
      if (at % 6 === 0) onHour(book, nowMs);
      book.add(recordOf(`r${at}`), nowMs);
    }
    return book;
  }

  it('are the same whether alarms come each hour, once in the end, or twice', () => {
    const stores = [new StatsMemory(), new StatsMemory(), new StatsMemory()] as const;
    const endMs = NOW_MS + 1.5 * DAY_MS;
    filled(stores[0], 1.5, (book, nowMs) => book.roll(nowMs)).roll(endMs);
    filled(stores[1], 1.5, (book, nowMs) => book.flush(nowMs)).roll(endMs);
    const twice = filled(stores[2], 1.5, (book, nowMs) => book.flush(nowMs));
    twice.roll(endMs);
    twice.roll(endMs);
    const rows = stores.map((store) =>
      [1, 2, 3, 4].map((lane) => store.rollups(lane as 1 | 2 | 3 | 4, 0, endMs)),
    );
    expect([stores[0].sizes, rows[1], rows[2]]).toEqual([[216, 36, 1, 36, 1], rows[0], rows[0]]);
  });

  it('answer the same before and after they are rolled up, from any minute to any other', () => {
    const store = new StatsMemory();
    const book = filled(store, 1.875, (one, nowMs) => one.flush(nowMs));
    const endMs = NOW_MS + 1.875 * DAY_MS;
    const ranges = [0, 17, 60, 75, 1_440, 1_500].flatMap((from) =>
      [90, 1_440, 2_000, 3_000].map((to) => ({
        fromMs: NOW_MS + from * MINUTE_MS,
        toMs: NOW_MS + to * MINUTE_MS,
      })),
    );
    const answers = (): readonly number[] => ranges.map((range) => requests(book, endMs, range));
    const before = answers();
    book.roll(endMs);
    const expected = ranges.map(({ fromMs, toMs }) => {
      const ats = Array.from({ length: 1.875 * 144 }, (_, at) => NOW_MS + at * 10 * MINUTE_MS);
      return ats.filter((ms) => ms >= fromMs && ms < toMs).length;
    });
    expect([before, answers()]).toEqual([expected, expected]);
  });

  it('are deleted when they are too old, never before they are in the next longer ones', () => {
    const store = new StatsMemory();
    const book = filled(store, 50, (one, nowMs) => {
      if (nowMs % (12 * HOUR_MS) === 0) one.roll(nowMs);
      else if (nowMs % (4 * HOUR_MS) === 0) one.flush(nowMs);
    });
    const endMs = NOW_MS + 50 * DAY_MS;
    book.roll(endMs);
    const busy = store.sizes;
    const all = requests(book, endMs);
    const waits = [500, 900].map((days) => book.roll(NOW_MS + days * DAY_MS));
    expect(busy).toEqual([2 * 144, 40 * 24, 50, 40 * 24, 50]);
    expect([all, waits, store.sizes]).toEqual([50 * 144, [null, null], [0, 0, 0, 0, 0]]);
  });

  it('are asked for each hour while records come, then each day', () => {
    const book = new StatsBook(new StatsMemory());
    book.add(recordOf('a'), NOW_MS);
    const waits = [1, 2, 3].map((hours) => book.roll(NOW_MS + hours * HOUR_MS));
    expect(waits).toEqual([HOUR_MS, DAY_MS, DAY_MS]);
  });
});

describe('the newest streams', () => {
  function ringOf(count: number): StatsBook {
    const book = new StatsBook(new StatsMemory());
    for (let at = 0; at < count; at++) {
      const outcome = at % 2 === 0 ? 'completed' : 'stopped';
      book.add(recordOf(`r${at}`, { outcome, failure: null, tenant: `t${at % 3}` }), NOW_MS);
    }
    return book;
  }

  it('are a thousand, newest first', () => {
    const ids = idsOf(ringOf(1_200));
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([1_000, 'r1199', 'r200']);
  });

  it('are still a thousand when each of them was reported', () => {
    const book = ringOf(1_000);
    for (const id of idsOf(book)) book.amend(id, { renderLagMs: 7 }, NOW_MS);
    book.add(recordOf('newest'), NOW_MS);
    expect(idsOf(book)).toHaveLength(1_000);
  });

  it('are found since the last look, by outcome and by tenant', () => {
    const book = ringOf(10);
    const { newestSeq } = book.streams(PAGE);
    expect([
      idsOf(book, { limit: 3 }),
      idsOf(book, { sinceSeq: newestSeq - 2 }),
      idsOf(book, { outcome: 'stopped' }),
      idsOf(book, { filter: { tenant: ['t1'] } }),
    ]).toEqual([
      ['r9', 'r8', 'r7'],
      ['r9', 'r8'],
      ['r9', 'r7', 'r5', 'r3', 'r1'],
      ['r7', 'r4', 'r1'],
    ]);
  });

  it('never get a number again that was given before a crash', () => {
    const store = new StatsMemory();
    const book = new StatsBook(store);
    book.add(recordOf('a'), NOW_MS);
    book.flush(NOW_MS);
    book.add(recordOf('lost'), NOW_MS);
    const { newestSeq } = book.streams(PAGE);
    const again = new StatsBook(store);
    again.add(recordOf('b'), NOW_MS);
    expect(idsOf(again, { sinceSeq: newestSeq })).toEqual(['b']);
  });

  it('are fewer when they are large, so that they fit into a row', () => {
    const store = new StatsMemory();
    const book = new StatsBook(store);
    for (let at = 0; at < 1_000; at++) book.add(recordOf(`r${at}`, { reason: 'é'.repeat(2_000) }), NOW_MS);
    book.flush(NOW_MS);
    const bytes = store.state()?.length ?? 0;
    expect([bytes > 900_000, bytes < 2_000_000, idsOf(book)[0]]).toEqual([true, true, 'r999']);
  });
});
