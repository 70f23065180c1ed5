// The promise: whatever is asked of a shard, its answer is bounded.

import { expect, it } from 'vitest';
import { MAX_STATS_CELLS } from '../policy/analytics/answer-question.ts';
import { decodeCell } from '../policy/analytics/cell-codec.ts';
import { StatsBook } from '../policy/analytics/stats-book.ts';
import { randomRecords } from './support/random-records.ts';
import { StatsMemory } from './support/stats-memory.ts';

const MINUTE_MS = 60_000;
const START_MS = 20_700 * 86_400_000;
const TENANTS = 40;
const MINUTES = 300;

it('a shard stops when an answer has more points than anybody takes, at the end of a step', () => {
  const book = new StatsBook(new StatsMemory());
  const records = randomRecords(1, TENANTS * MINUTES);
  for (const [at, record] of records.entries()) {
    const nowMs = START_MS + Math.floor(at / TENANTS) * MINUTE_MS;
    book.add({ ...record, tenant: `t${at % TENANTS}`, model: 'm' }, nowMs);
    if (at % (TENANTS * 10) === 0) book.flush(nowMs);
  }
  const toMs = START_MS + MINUTES * MINUTE_MS;
  const range = { fromMs: START_MS, toMs, filter: {}, histograms: [] };
  const minutes = book.answer({ ...range, stepMs: MINUTE_MS, groupBy: 'tenant' }, toMs);
  const whole = book.answer({ ...range, stepMs: null, groupBy: 'tenant' }, toMs);
  expect([
    minutes.length > MAX_STATS_CELLS,
    minutes.length <= MAX_STATS_CELLS + TENANTS,
    whole.map(({ cell }) => decodeCell(cell).sums.requests),
  ]).toEqual([true, true, Array(TENANTS).fill(MINUTES)]);
});
