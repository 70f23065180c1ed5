// The promise: the statistics outlive the object that keeps them, cost it few rows, and count nothing twice.

import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodeCell } from '../policy/analytics/cell-codec.ts';
import { Rollup } from '../policy/analytics/rollup.ts';
import type { StatsQuestion } from '../policy/analytics/stats-question.ts';
import { randomRecords } from './support/random-records.ts';

const PAGE = { limit: 1_000, filter: {}, outcome: null } as const;

afterEach(() => vi.restoreAllMocks());

type StatsStub = ReturnType<typeof env.STATS.get>;

function statsOf(shard: string): StatsStub {
  return env.STATS.get(env.STATS.idFromName(shard));
}

function question(): StatsQuestion {
  const toMs = Date.now() + 60_000;
  const fromMs = toMs - 3_600_000;
  return { fromMs, toMs, stepMs: null, filter: {}, groupBy: null, histograms: ['ttft_ms'] };
}

async function requestsOf(stats: StatsStub): Promise<number> {
  const cells = await stats.answer(question());
  return cells.reduce((sum, { cell }) => sum + decodeCell(cell).sums.requests, 0);
}

async function totalRequestsOf(stats: StatsStub): Promise<number> {
  const rollup = new Rollup().read(await stats.totals());
  return Array.from(rollup.entries(), ({ cell }) => cell.sums.requests).reduce(
    (sum, count) => sum + count,
    0,
  );
}

/** Runs what the object's timer would run. */
async function flush(stats: StatsStub, timers: { mock: { calls: unknown[][] } }): Promise<number> {
  const [flushNow, ms] = timers.mock.calls.findLast(([, delay]) => delay === 8_000) ?? [];
  await runInDurableObject(stats, () => {
    if (typeof flushNow === 'function') flushNow();
  });
  return Number(ms);
}

describe('the statistics', () => {
  it('survive a crash once they are flushed; what came since is lost and can be told again, but never doubled', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const records = randomRecords(1, 30);
    const stats = statsOf('crashes');
    for (const record of records.slice(0, 20)) await stats.record(record);
    await flush(stats, timers);
    for (const record of records.slice(20)) await stats.record(record);
    const before = [await requestsOf(stats), await totalRequestsOf(stats)];
    await abortAllDurableObjects();
    const again = statsOf('crashes');
    const after = [await requestsOf(again), await totalRequestsOf(again)];
    for (const record of [...records, ...records]) await again.record(record);
    expect([before, after, await requestsOf(again)]).toEqual([[30, 20], [20, 20], 30]);
  });

  it('are flushed by a timer within ten seconds, as one row', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const stats = statsOf('timer');
    for (const record of randomRecords(2, 5)) await stats.record(record);
    const ms = await flush(stats, timers);
    const rows = await runInDurableObject(stats, (_object, { storage }) => {
      return ['state', 'rollups'].map((table) => storage.sql.exec(`SELECT * FROM ${table}`).toArray().length);
    });
    expect([ms < 10_000, rows]).toEqual([true, [1, 0]]);
  });

  it('cost at most one row for 50 generations at 20 a second, alarms included', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const stats = statsOf('rows');
    const [first, ...records] = randomRecords(3, 2_401, { models: 10 });
    if (first !== undefined) await stats.record(first);
    await flush(stats, timers);
    const rows = await runInDurableObject(stats, async (object, { storage }) => {
      let written = 0;
      const { sql } = storage;
      const exec = sql.exec.bind(sql);
      const counted = (...args: Parameters<typeof exec>): ReturnType<typeof exec> => {
        const cursor = exec(...args);
        cursor.toArray();
        written += cursor.rowsWritten;
        return exec('SELECT 1 WHERE 0');
      };
      Object.defineProperty(sql, 'exec', { value: counted });
      Object.defineProperty(storage, 'setAlarm', { value: async () => void written++ });
      const clock = vi.spyOn(Date, 'now');
      const startMs = Date.UTC(2030, 0, 1);
      timers.mockClear();
      for (const [at, record] of records.entries()) {
        clock.mockReturnValue(startMs + at * 50);
        await object.record(record);
        if (at % 160 !== 159) continue; // eight seconds of them
        const [due] = timers.mock.calls.find(([, delay]) => delay === 8_000) ?? [];
        timers.mockClear();
        due?.();
      }
      return written;
    });
    console.log(
      `2,400 records in two minutes: ${rows} rows written, one for ${Math.floor(2_400 / rows)} of them`,
    );
    expect([rows >= 15, rows <= 2_400 / 50]).toEqual([true, true]);
  });

  it('that were never asked to count write nothing', async () => {
    const stats = statsOf('empty');
    await requestsOf(stats);
    await stats.streams(PAGE);
    await stats.totals();
    const tables = await runInDurableObject(stats, (_object, { storage }) =>
      storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_%' ESCAPE '\\'").toArray(),
    );
    expect(tables).toEqual([]);
  });

  it('are rolled up and deleted by an alarm, which ends when nothing is left', async () => {
    const stats = statsOf('alarms');
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.UTC(2030, 0, 1, 0, 30));
    const sizes = (): Promise<unknown> =>
      runInDurableObject(
        stats,
        (_object, { storage }) => storage.sql.exec('SELECT key FROM rollups').toArray().length,
      );
    for (const record of randomRecords(4, 10)) await stats.record(record);
    const seen: unknown[] = [];
    for (const ms of [Date.UTC(2030, 0, 1, 1, 30), Date.UTC(2030, 0, 2, 1, 30), Date.UTC(2032, 0, 1)]) {
      clock.mockReturnValue(ms);
      const ran = await runDurableObjectAlarm(stats);
      const alarmMs = await runInDurableObject(stats, (_object, { storage }) => storage.getAlarm());
      seen.push([ran, await sizes(), alarmMs === null ? null : (alarmMs - ms) / 3_600_000]);
    }
    expect(seen).toEqual([
      [true, 3, 1],
      [true, 5, 24],
      [true, 0, null],
    ]);
  });

  it('tell streams, refusals and turns of breakers, also after a crash', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const stats = statsOf('tells');
    const [record] = randomRecords(5, 1);
    if (record === undefined) throw new Error('no record was drawn');
    const turn = { atMs: 1, upstream: 'cloud/m', from: 'closed', to: 'open', cause: 'failures' } as const;
    await stats.record({ ...record, renderLagMs: null });
    const outcomes = [
      await stats.amend(record.id, { renderLagMs: 12 }),
      await stats.amend(record.id, { renderLagMs: 12 }),
    ];
    await stats.refused([{ tenant: 't', reason: 'over_budget', count: 2 }]);
    await stats.turned([turn]);
    await flush(stats, timers);
    await abortAllDurableObjects();
    const again = statsOf('tells');
    const { records } = await again.streams(PAGE);
    expect([outcomes, records, await again.find(record.id)]).toEqual([
      ['taken', 'known'],
      [{ ...record, renderLagMs: 12, seq: 1 }],
      { ...record, renderLagMs: 12, seq: 1 },
    ]);
    expect([await again.refusals(), await again.turns(), await again.find('nobody')]).toEqual([
      [{ tenant: 't', reason: 'over_budget', count: 2 }],
      [turn],
      null,
    ]);
  });

  it('that could not be written are kept and written later', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    vi.spyOn(console, 'error').mockReturnValue();
    const stats = statsOf('full');
    const [one, two] = randomRecords(6, 2);
    if (one === undefined || two === undefined) throw new Error('no record was drawn');
    await stats.record(one);
    await runInDurableObject(stats, (_object, { storage }) => {
      vi.spyOn(storage.sql, 'exec').mockImplementationOnce(() => {
        throw new Error('database or disk is full');
      });
    });
    await flush(stats, timers);
    await stats.record(two);
    const during = [await requestsOf(stats), await totalRequestsOf(stats)];
    await flush(stats, timers);
    expect([during, await totalRequestsOf(stats)]).toEqual([[2, 0], 2]);
  });
});
