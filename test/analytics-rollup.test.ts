// The promise: cells and rollups are stored without loss, read in part, add up in any order, and stay bounded.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cell } from '../policy/analytics/cell.ts';
import { decodeCell, encodeCell } from '../policy/analytics/cell-codec.ts';
import type { CellKey } from '../policy/analytics/cell-key.ts';
import { readRollup, Rollup } from '../policy/analytics/rollup.ts';
import { HISTOGRAMS } from '../policy/analytics/stats-question.ts';
import { RateMeter, shardOf } from '../policy/analytics/shard-of.ts';
import { spansOf, type StepMarks } from '../policy/analytics/step-levels.ts';
import { randomRecords } from './support/random-records.ts';

const KEY: CellKey = { tenant: 't', tier: 'edge', model: 'm', provider: 'p', chunking: 'batched' };

function cellOf(records: ReturnType<typeof randomRecords>): Cell {
  const cell = new Cell();
  for (const record of records) cell.add(record);
  return cell;
}

/** Everything in a cell as plain values; histograms without a value are the same as none. */
function plain(cell: Cell): object {
  const histograms = HISTOGRAMS.map((name) => {
    const { count, sum } = cell.histogram(name);
    return [name, count, sum, ...[0.1, 0.5, 0.9].map((q) => cell.histogram(name).quantile(q))];
  });
  return { sums: { ...cell.sums }, counts: Object.fromEntries(cell.counts), histograms };
}

function totalOf(rollup: Rollup): Cell {
  const sum = new Cell();
  for (const { cell } of rollup.entries()) sum.merge(cell);
  return sum;
}

describe('a cell', () => {
  const seeds = fc.tuple(fc.integer(), fc.integer({ min: 0, max: 40 }));
  const some = seeds.map(([seed, count]) => randomRecords(seed, count));

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(some, (records) => {
        const cell = cellOf(records);
        expect(plain(decodeCell(encodeCell(cell)))).toEqual(plain(cell));
      }),
    );
  });

  it('that is merged of two, or read into another, is that of all their records', () => {
    fc.assert(
      fc.property(some, some, (one, two) => {
        const merged = cellOf(one);
        merged.merge(cellOf(two));
        const read = decodeCell(encodeCell(cellOf(two)), HISTOGRAMS, cellOf(one));
        const all = plain(cellOf([...one, ...two]));
        expect([plain(merged), plain(read)]).toEqual([all, all]);
      }),
    );
  });

  it('is written and read without the histograms that were not asked for', () => {
    const cell = cellOf(randomRecords(1, 100));
    const whole = decodeCell(encodeCell(cell), ['gap_ms']);
    const part = decodeCell(encodeCell(cell, ['gap_ms', 'model_ms']));
    expect([[...whole.histograms.keys()], [...part.histograms.keys()]]).toEqual([
      ['gap_ms'],
      ['gap_ms', 'model_ms'],
    ]);
    expect(whole.sums).toEqual(cell.sums);
  });

  it('of another version reads as nothing, and one that was cut does not throw', () => {
    const bytes = encodeCell(cellOf(randomRecords(1, 20)));
    const newer = Uint8Array.from(bytes, (byte, at) => (at === 0 ? 99 : byte));
    expect(plain(decodeCell(newer))).toEqual(plain(new Cell()));
  });

  it('counts more than 64 reasons together, and keeps their sum', () => {
    const [record] = randomRecords(1, 1);
    const cell = new Cell();
    for (let at = 0; at < 200; at++) if (record !== undefined) cell.add({ ...record, reason: `rule:${at}` });
    const reasons = [...cell.counts].filter(([name]) => name.startsWith('reason:'));
    expect([reasons.length, cell.counts.get('reason:other')]).toEqual([65, 136]);
  });

  it('tells what escalations hid apart from what else was hidden', () => {
    const hidden = { hiddenUsd: 0.001, isHedged: true };
    const escalated = [true, false, false].map((isEscalated) => ({ ...hidden, isEscalated }));
    const [record] = randomRecords(1, 1);
    const cell = cellOf(record === undefined ? [] : escalated.map((facts) => ({ ...record, ...facts })));
    expect([cell.sums.hidden_nano, cell.sums.escalated_hidden_nano]).toEqual([3_000_000, 1_000_000]);
  });

  it('is not spoilt by a number that is none', () => {
    const cell = cellOf(
      randomRecords(1, 1).map((record) => ({ ...record, costUsd: NaN, inputTokens: Infinity, ttftMs: NaN })),
    );
    const { cost_nano, input_tokens, requests } = cell.sums;
    expect([cost_nano, input_tokens, requests, cell.histogram('ttft_ms').count]).toEqual([0, 0, 1, 0]);
  });
});

describe('a rollup', () => {
  it('is read back whole, and by the cells that are asked for', () => {
    const rollup = new Rollup();
    for (const record of randomRecords(2, 500)) rollup.cellOf(keyOf(record)).add(record);
    const bytes = rollup.encode();
    const one = new Cell();
    readRollup(bytes, ({ model }) => (model === 'model-1' ? one : null), []);
    expect(plain(totalOf(new Rollup().read(bytes)))).toEqual(plain(totalOf(rollup)));
    expect(one.sums.requests).toBe(randomRecords(2, 500).filter(({ model }) => model === 'model-1').length);
  });

  it('of 10,000 tenants and 1,000 models has a bounded number of cells, and every record', () => {
    const rollup = new Rollup();
    const [record] = randomRecords(1, 1);
    for (let at = 0; at < 20_000; at++) {
      const key = { ...KEY, tenant: `t${at % 10_000}`, model: `m${at % 1_000}` };
      if (record !== undefined) rollup.cellOf(key).add(record);
    }
    const folded = Array.from(rollup.entries(), ({ key }) => key).filter(({ tenant }) => tenant === 'other');
    const models = new Set(folded.map(({ model }) => model));
    expect([rollup.size <= 700, totalOf(rollup).sums.requests]).toEqual([true, 20_000]);
    expect([models.size > 100, models.has('other')]).toEqual([true, true]);
  });

  it('that would be too many bytes folds its smallest cells, and keeps every record', () => {
    const rollup = new Rollup();
    const records = randomRecords(5, 60_000, { tenants: 20, models: 20 });
    for (const record of records.slice(0, 1)) rollup.cellOf({ ...KEY, tenant: 'rare' }).add(record);
    for (const record of records.slice(0, 500)) rollup.cellOf({ ...KEY, tenant: 'busiest' }).add(record);
    for (const record of records) rollup.cellOf(keyOf(record)).add(record);
    const before = plain(totalOf(rollup));
    const bytes = rollup.encode();
    const read = new Rollup().read(bytes);
    const tenants = new Set(Array.from(read.entries(), ({ key }) => key.tenant));
    expect([bytes.length <= 384 * 1024, plain(totalOf(read))]).toEqual([true, before]);
    expect([tenants.has('busiest'), tenants.has('rare')]).toEqual([true, false]);
  });
});

function keyOf({ tenant, tier, model, provider, chunking }: CellKey): CellKey {
  return { tenant, tier, model, provider, chunking };
}

describe('the rows that a range is read by', () => {
  const MINUTE_MS = 60_000;
  const DAY_MS = 1_440 * MINUTE_MS;

  it('cover every minute that is kept once, and are few', () => {
    const minutes = fc.integer({ min: 0, max: 60 * 1_440 });
    fc.assert(
      fc.property(minutes, minutes, fc.constantFrom(0, 1, 2), fc.nat(10_000), (from, length, level, late) => {
        const nowMs = 62 * DAY_MS;
        const rolled = Math.max(0, nowMs - late * MINUTE_MS);
        const marks: StepMarks = {
          nowMs,
          rolled: [0, Math.floor(rolled / 3_600_000) * 3_600_000, Math.floor(rolled / DAY_MS) * DAY_MS],
        };
        const [fromMs, toMs] = [from * MINUTE_MS, Math.min((from + length) * MINUTE_MS, nowMs)];
        const spans = [...spansOf({ level: level === 0 ? 0 : level === 1 ? 1 : 2, fromMs, toMs }, marks)];
        if (fromMs < toMs) {
          expect(spans[0]?.fromMs).toBeLessThanOrEqual(fromMs);
          expect(spans.at(-1)?.toMs).toBeGreaterThanOrEqual(toMs);
        }
        for (const [at, span] of spans.entries()) if (at > 0) expect(span.fromMs).toBe(spans[at - 1]?.toMs);
      }),
    );
  });
});

describe('a shard', () => {
  const sharding = (ratePerSecond: number) => ({ shards: 4, ratePerSecond });

  it('is always the same for a tenant, and tenants spread over all of them', () => {
    const places = Array.from({ length: 1_000 }, (_, at) => shardOf(`tenant${at}`, `id${at}`, sharding(10)));
    const again = Array.from({ length: 1_000 }, (_, at) =>
      shardOf(`tenant${at}`, `other${at}`, sharding(200)),
    );
    const counts = [0, 1, 2, 3].map((shard) => places.filter((place) => place === shard).length);
    expect([again, Math.min(...counts) > 200]).toEqual([places, true]);
  });

  it('of a tenant beyond what one object takes is chosen by the record', () => {
    const places = Array.from({ length: 1_000 }, (_, at) => shardOf('tenant', `id${at}`, sharding(201)));
    const counts = [0, 1, 2, 3].map((shard) => places.filter((place) => place === shard).length);
    expect(Math.min(...counts)).toBeGreaterThan(200);
  });

  it('is chosen by a rate that follows the traffic of each tenant, also when the clock is set back', () => {
    const meter = new RateMeter();
    let rate = 0;
    for (let at = 0; at < 30_000; at++) rate = meter.count('busy', at * 4);
    const other = meter.count('quiet', 120_000);
    const later = meter.count('busy', 180_000);
    meter.count('busy', 0);
    expect([Math.round(rate), other < 1, later < 1]).toEqual([250, true, true]);
  });
});
