// The promise: every total is exact, percentiles are within 3 %, and after crashes nothing is counted twice and at most
// the last ten seconds are missing.

import { describe, expect, it } from 'vitest';
import { Cell } from '../policy/analytics/cell.ts';
import { decodeCell } from '../policy/analytics/cell-codec.ts';
import { Rollup } from '../policy/analytics/rollup.ts';
import { StatsBook } from '../policy/analytics/stats-book.ts';
import {
  DIMENSIONS,
  HISTOGRAMS,
  type StatsFilter,
  type StatsQuestion,
} from '../policy/analytics/stats-question.ts';
import type { GenerationRecord } from '../protocol/generation-record.ts';
import { seededRandom } from '../classifier/train/seeded-random.ts';
import { randomRecords } from './support/random-records.ts';
import { StatsMemory } from './support/stats-memory.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Midnight, UTC. */
const START_MS = 20_700 * DAY_MS;

const EVERYTHING: StatsQuestion = {
  fromMs: START_MS,
  toMs: START_MS + 3 * DAY_MS,
  stepMs: null,
  filter: {},
  groupBy: null,
  histograms: HISTOGRAMS,
};

/** What is asked for, by step and group. */
function ask(book: StatsBook, question: Partial<StatsQuestion>, nowMs: number): ReadonlyMap<string, Cell> {
  const cells = book.answer({ ...EVERYTHING, ...question }, nowMs);
  return new Map(
    cells.map(({ startMs, group, cell }) => [`${startMs - START_MS} ${group}`, decodeCell(cell)]),
  );
}

function total(book: StatsBook, question: Partial<StatsQuestion>, nowMs: number): Cell {
  const sum = new Cell();
  for (const cell of ask(book, question, nowMs).values()) sum.merge(cell);
  return sum;
}

/** Counted with nothing of the product's: plain sums over the records. */
function truthOf(records: readonly GenerationRecord[]): { sums: object; counts: object } {
  const count = (test: (record: GenerationRecord) => boolean): number => records.filter(test).length;
  const sum = (value: (record: GenerationRecord) => number): number =>
    records.reduce((added, record) => added + value(record), 0);
  const nano = (usd: (record: GenerationRecord) => number): number =>
    sum((record) => Math.round(usd(record) * 1e9));
  const counts: Record<string, number> = {};
  const bump = (name: string): void => void (counts[name] = (counts[name] ?? 0) + 1);
  for (const record of records) {
    if (record.failure !== null) bump(`failure:${record.failure}`);
    bump(`stage:${record.stage}`);
    bump(`reason:${record.reason}`);
    for (const signal of record.signals) bump(`signal:${signal}`);
    if (record.probability === null) continue;
    const bucket = Math.floor(record.probability * 20);
    bump(`p:${bucket}`);
    if (record.tier === 'edge') bump(`pedge:${bucket}`);
    if (record.check !== null) bump(`pchecked:${bucket}`);
    if (record.check === 'bad') bump(`pbad:${bucket}`);
  }
  const sums = {
    requests: records.length,
    edge_requests: count(({ tier }) => tier === 'edge'),
    completed: count(({ outcome }) => outcome === 'completed'),
    stopped: count(({ outcome }) => outcome === 'stopped'),
    client_gone: count(({ outcome }) => outcome === 'client_gone'),
    failed: count(({ outcome }) => outcome === 'failed'),
    cached: count(({ isCached }) => isCached),
    checked: count(({ check }) => check !== null),
    checked_bad: count(({ check }) => check === 'bad'),
    escalated: count(({ isEscalated }) => isEscalated),
    hedged: count(({ isHedged }) => isHedged),
    failovers: sum(({ failovers }) => failovers),
    failed_over: count(({ failovers }) => failovers > 0),
    continuations: sum(({ continuations }) => continuations),
    continued: count(({ continuations }) => continuations > 0),
    reconnects: sum(({ reconnects }) => reconnects),
    reconnected: count(({ reconnects }) => reconnects > 0),
    followers: sum(({ followers }) => followers),
    input_tokens: sum(({ inputTokens }) => inputTokens),
    output_tokens: sum(({ outputTokens }) => outputTokens),
    cached_tokens: sum(({ cachedTokens }) => cachedTokens),
    cost_nano: nano(({ costUsd }) => costUsd),
    hidden_nano: nano(({ hiddenUsd }) => hiddenUsd),
    all_cloud_nano: nano(({ allCloudUsd }) => allCloudUsd),
    escalated_hidden_nano: nano(({ isEscalated, hiddenUsd }) => (isEscalated ? hiddenUsd : 0)),
  };
  return { sums, counts };
}

const VALUES: Readonly<Record<(typeof HISTOGRAMS)[number], (record: GenerationRecord) => number | null>> = {
  ttft_ms: ({ ttftMs }) => ttftMs,
  overhead_ms: ({ overheadMs }) => overheadMs,
  total_ms: ({ totalMs }) => totalMs,
  tokens_per_second: ({ tokensPerSecond }) => tokensPerSecond,
  gap_ms: ({ gaps }) => gaps && gaps.meanMs,
  gap_p95_ms: ({ gaps }) => gaps && gaps.p95Ms,
  gap_cv_percent: ({ gaps }) => gaps && gaps.cv * 100,
  render_lag_ms: ({ renderLagMs }) => renderLagMs,
  worker_ms: ({ phases }) => phases.workerMs,
  admit_ms: ({ phases }) => phases.admitMs,
  detour_ms: ({ phases }) => phases.detourMs,
  model_ms: ({ phases }) => phases.modelMs,
  hold_ms: ({ phases }) => phases.holdMs,
};

/** Of every histogram: how many values, and the largest relative error of p50, p90, p95 and p99. */
function histogramsOf(
  cell: Cell,
  records: readonly GenerationRecord[],
): { missing: readonly string[]; worst: number } {
  let worst = 0;
  const missing = HISTOGRAMS.filter((name) => {
    const sorted = records
      .map(VALUES[name])
      .filter((value) => value !== null)
      .sort((one, two) => one - two);
    for (const q of [0.5, 0.9, 0.95, 0.99]) {
      const truth = sorted[Math.ceil(q * sorted.length) - 1] ?? NaN;
      const told = cell.histogram(name).quantile(q) ?? NaN;
      worst = Math.max(worst, truth === 0 ? told : Math.abs(told - truth) / truth);
    }
    return cell.histogram(name).count !== sorted.length;
  });
  return { missing, worst };
}

function toldOf(cell: Cell): { sums: object; counts: object } {
  return { sums: cell.sums, counts: Object.fromEntries(cell.counts) };
}

/** 5,000 generations over 50 hours, flushed and rolled as time goes by. */
function busyBook(records: readonly GenerationRecord[]): { book: StatsBook; nowMs: number } {
  const book = new StatsBook(new StatsMemory());
  let nowMs = START_MS;
  for (const record of records) {
    nowMs += 36_000;
    book.add(record, nowMs);
    if (Math.floor(nowMs / HOUR_MS) !== Math.floor((nowMs - 36_000) / HOUR_MS)) book.roll(nowMs);
    else book.flush(nowMs);
  }
  return { book, nowMs };
}

describe('5,000 generations with known truth', () => {
  const records = randomRecords(1, 5_000);
  const { book, nowMs } = busyBook(records);

  it.each([
    ['the whole range', null],
    ['minutes', 60_000],
    ['90 minutes', 90 * 60_000],
    ['hours', HOUR_MS],
    ['days', DAY_MS],
  ])('are exact in every sum and count, and within 3 %% in every percentile, by %s', (_name, stepMs) => {
    const cell = total(book, { stepMs }, nowMs);
    const { missing, worst } = histogramsOf(cell, records);
    expect(toldOf(cell)).toEqual(truthOf(records));
    expect([missing, worst < 0.03]).toEqual([[], true]);
  });

  it.each(DIMENSIONS)('are exact when they are grouped by %s, step by step', (groupBy) => {
    const told = ask(book, { stepMs: DAY_MS, groupBy }, nowMs);
    const expected = new Map<string, GenerationRecord[]>();
    for (const [at, record] of records.entries()) {
      const day = Math.floor(((at + 1) * 36_000) / DAY_MS) * DAY_MS;
      const key = `${day} ${record[groupBy]}`;
      expected.set(key, [...(expected.get(key) ?? []), record]);
    }
    const truths = [...expected].map(([key, some]) => [key, truthOf(some)] as const);
    expect(new Map([...told].map(([key, cell]) => [key, toldOf(cell)]))).toEqual(new Map(truths));
  });

  it.each<[string, StatsFilter]>([
    ['a tenant', { tenant: ['tenant-1'] }],
    ['two models', { model: ['model-0', 'model-3'] }],
    ['a tier and a chunking', { tier: ['edge'], chunking: ['strict', 'direct'] }],
    ['nobody', { tenant: ['nobody'] }],
  ])('are exact when they are filtered by %s', (_name, filter) => {
    const some = records.filter((record) =>
      DIMENSIONS.every((name) => filter[name]?.includes(record[name]) ?? true),
    );
    expect(toldOf(total(book, { filter }, nowMs))).toEqual(truthOf(some));
  });

  it('are exact in the totals that a scrape sees', () => {
    book.flush(nowMs);
    const cell = new Cell();
    for (const entry of new Rollup().read(book.durableTotals()).entries()) cell.merge(entry.cell);
    expect(toldOf(cell)).toEqual(truthOf(records));
  });
});

describe('crashes at random moments, every record told up to three times', () => {
  const FLUSH_MS = 8_000;

  it.each([1, 2, 3, 4, 5])('count nothing twice and lose at most ten seconds (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const store = new StatsMemory();
    let book = new StatsBook(store);
    const arrivals = randomRecords(seed, 5_000)
      .flatMap((record, at) => {
        const times = 1 + Math.floor(random() * 3);
        return Array.from({ length: times }, () => ({
          record,
          atMs: START_MS + at * 50 + random() * 15_000,
        }));
      })
      .sort((one, two) => one.atMs - two.atMs);
    const counted = new Map<string, { record: GenerationRecord; atMs: number }>();
    let flushMs = Infinity;
    let crashes = 0;
    let greatestLossMs = 0;
    for (const { record, atMs } of arrivals) {
      if (atMs >= flushMs) {
        book.flush(flushMs);
        flushMs = Infinity;
      }
      if (random() < 0.002) {
        crashes++;
        book = new StatsBook(store);
        for (const [id, { atMs: countedMs }] of counted) {
          if (book.find(id) !== null || countedMs < atMs - 20_000) continue;
          greatestLossMs = Math.max(greatestLossMs, atMs - countedMs);
          counted.delete(id);
        }
        flushMs = Infinity;
      }
      const added = book.add(record, atMs);
      if (added === 'added') {
        if (counted.has(record.id)) throw new Error(`${record.id} was counted twice`);
        counted.set(record.id, { record, atMs });
        if (flushMs === Infinity) flushMs = atMs + FLUSH_MS;
      }
    }
    const nowMs = START_MS + HOUR_MS;
    book.roll(nowMs);
    const expected = truthOf([...counted.values()].map(({ record }) => record));
    expect(toldOf(total(book, {}, nowMs))).toEqual(expected);
    expect([crashes > 5, greatestLossMs < 10_000]).toEqual([true, true]);
  });
});

it('one row is written for more than 50 generations at 20 a second, rolls and deletions included', () => {
  const store = new StatsMemory();
  const book = new StatsBook(store);
  const records = randomRecords(3, 72_000, { tenants: 1, models: 10 });
  let flushMs = START_MS;
  for (const [at, record] of records.entries()) {
    const nowMs = START_MS + at * 50;
    if (nowMs >= flushMs + 8_000) {
      book.flush(nowMs);
      flushMs = nowMs;
    }
    book.add(record, nowMs);
  }
  book.roll(START_MS + HOUR_MS);
  const perRow = Math.floor(72_000 / store.rowsWritten);
  console.log(`72,000 records in an hour: ${store.rowsWritten} rows written, one for ${perRow} of them`);
  expect(perRow).toBeGreaterThanOrEqual(50);
});
