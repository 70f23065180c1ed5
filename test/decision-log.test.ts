// The promise: a tenant's decisions are kept whole, once each, in few rows, within bounds, and are found again.

import { describe, expect, it } from 'vitest';
import { DecisionLog, KEEP_MS } from '../policy/decisions/decision-log.ts';
import { aRecord, testDatabase, type WantedRecord } from './support/route-records.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 1_790_000_000_000;

/** Adds `count` decisions that came and ended just before `nowMs`, and flushes. */
function addAndFlush(log: DecisionLog, ids: readonly string[], nowMs = NOW_MS): void {
  for (const id of ids) log.add(aRecord(id, { atMs: nowMs - 1_000 }));
  log.flush(nowMs);
}

function idsOf(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

describe('decisions of one tenant', () => {
  it('are found by their stream, in memory, after a flush and after a restart, whole', () => {
    const database = testDatabase();
    const log = new DecisionLog(database.open());
    const record = aRecord('s_a.b', { atMs: NOW_MS - 5_000, features: [7, 8], outcome: { shown: 'cloud' } });
    log.add(record);
    const before = log.find('s_a.b', record.atMs);
    log.flush(NOW_MS);
    const after = log.find('s_a.b', record.atMs);
    const restarted = new DecisionLog(database.open()).find('s_a.b', record.atMs);
    expect([before, after, restarted]).toEqual([record, record, record]);
  });

  it('of long ago are found among hundreds of batches, also when answers end out of order', () => {
    const database = testDatabase();
    const log = new DecisionLog(database.open());
    const late = aRecord('late', { atMs: NOW_MS + 10_000, outcome: { totalMs: 800_000 } });
    for (let batch = 0; batch < 300; batch++) {
      const atMs = NOW_MS + batch * 8_000;
      addAndFlush(log, idsOf(`batch${batch}-`, 60), atMs);
      if (batch === 102) log.add(late);
    }
    const restarted = new DecisionLog(database.open());
    const found = [0, 150, 299].map((batch) => {
      const id = `batch${batch}-7`;
      return restarted.find(id, NOW_MS + batch * 8_000 - 1_000)?.id === id;
    });
    expect([...found, restarted.find('late', late.atMs)]).toEqual([true, true, true, late]);
  });

  it('are found in a batch of many times, and in one that a quiet tenant began hours before', () => {
    const database = testDatabase();
    const log = new DecisionLog(database.open());
    const times = Array.from({ length: 30 }, (_, at) => NOW_MS + at * 600_000);
    for (const [at, atMs] of times.entries()) {
      log.add(aRecord(`quiet${at}`, { atMs }));
      log.flush(atMs + 1_000);
    }
    const restarted = new DecisionLog(database.open());
    const found = times.map((atMs, at) => restarted.find(`quiet${at}`, atMs)?.id);
    expect([database.count('batches'), found]).toEqual([1, idsOf('quiet', 30)]);
  });

  it('are not found under a name or a time that is not theirs', () => {
    const log = new DecisionLog(testDatabase().open());
    addAndFlush(log, ['s_1']);
    expect([log.find('s_', NOW_MS - 1_000), log.find('s_1', NOW_MS - DAY_MS)]).toEqual([null, null]);
  });

  it('told twice are kept once: at once, after a flush and after a restart', () => {
    const database = testDatabase();
    const log = new DecisionLog(database.open());
    const outcomes = [log.add(aRecord('a')), log.add(aRecord('a'))];
    log.flush(NOW_MS);
    outcomes.push(log.add(aRecord('a')));
    const restarted = new DecisionLog(database.open());
    outcomes.push(restarted.add(aRecord('a')));
    restarted.flush(NOW_MS);
    expect([outcomes, restarted.newest(10).length]).toEqual([['added', 'known', 'known', 'known'], 1]);
  });

  it.each<[string, WantedRecord]>([
    ['17 features', { features: Array.from({ length: 17 }, (_, index) => index) }],
    ['9 signals', { signals: Array.from({ length: 9 }, () => ({ name: 'n', weight: 1 })) }],
    ['a name of 9,000 characters', { edgeModel: 'm'.repeat(9_000) }],
  ])('with %s are dropped and counted', (_, wanted) => {
    const log = new DecisionLog(testDatabase().open());
    expect([log.add(aRecord('a', wanted)), log.dropped, log.isEmpty]).toEqual(['too_large', 1, true]);
  });
});

describe('rows', () => {
  it('at 20 decisions a second are at most one for 50 of them, deletions included', () => {
    const database = testDatabase();
    const log = new DecisionLog(database.open());
    addAndFlush(log, ['first']); // makes the tables
    const before = database.changes();
    for (let flush = 1; flush <= 100; flush++)
      addAndFlush(log, idsOf(`${flush}-`, 160), NOW_MS + flush * 8_000);
    log.prune(NOW_MS + KEEP_MS + 3 * DAY_MS);
    expect(database.count('batches')).toBe(0);
    expect((database.changes() - before) / ((100 * 160) / 50)).toBeLessThanOrEqual(1);
  });

  it('of a quiet tenant do not become one for each decision', () => {
    const database = testDatabase();
    const log = new DecisionLog(database.open());
    for (let at = 0; at < 200; at++) addAndFlush(log, [`quiet${at}`], NOW_MS + at * 60_000);
    const rows = database.count('batches');
    expect([rows, new DecisionLog(database.open()).newest(1_000).length]).toEqual([4, 200]);
  });

  it('are deleted when their decisions are older than is promised, and not before', () => {
    const database = testDatabase();
    const log = new DecisionLog(database.open());
    addAndFlush(log, ['old']);
    addAndFlush(log, ['young'], NOW_MS + 3 * DAY_MS);
    log.prune(NOW_MS + KEEP_MS - 1);
    const kept = database.count('batches');
    log.prune(NOW_MS + KEEP_MS + 2 * DAY_MS);
    expect([kept, log.newest(10).map(({ id }) => id)]).toEqual([2, ['young']]);
  });

  it('are bounded whatever a tenant does', () => {
    const database = testDatabase();
    const log = new DecisionLog(database.open());
    for (let flush = 0; flush < 4_100; flush++)
      addAndFlush(log, idsOf(`${flush}-`, 50), NOW_MS + flush * 8_000);
    log.prune(NOW_MS + 4_100 * 8_000);
    expect([database.count('batches'), log.newest(1)[0]?.id]).toEqual([4_000, '4099-49']);
  });
});

it('a tail of large records becomes several rows, each below what the platform takes', () => {
  const table = testDatabase().open();
  const log = new DecisionLog(table);
  for (let at = 0; at < 500; at++) log.add(aRecord(`r${at}`, { edgeModel: 'm'.repeat(7_000) }));
  log.flush(NOW_MS);
  const sizes = [...table.bodiesBackwards()].map((body) => body.length);
  expect([log.newest(1_000).length, sizes.length, Math.max(...sizes) < 600_000]).toEqual([500, 8, true]);
});

describe('a disk that fails', () => {
  it('keeps the decisions in memory, bounded, and the next flush writes them', () => {
    const table = testDatabase().open();
    const log = new DecisionLog(table);
    const { putBatch } = table;
    table.putBatch = () => {
      throw new Error('the disk is full');
    };
    for (let at = 0; at < 2_500; at++) log.add(aRecord(`r${at}`));
    const fails = (): void => log.flush(NOW_MS);
    expect(fails).toThrow('the disk is full');
    table.putBatch = putBatch;
    log.flush(NOW_MS);
    expect([log.dropped, log.newest(5_000).length, log.isEmpty]).toEqual([500, 2_000, true]);
  });
});

it('the newest come oldest first, across batches and the tail', () => {
  const log = new DecisionLog(testDatabase().open());
  addAndFlush(log, idsOf('a', 60), NOW_MS);
  addAndFlush(log, idsOf('b', 3), NOW_MS + 8_000);
  log.add(aRecord('tail'));
  expect(log.newest(6).map(({ id }) => id)).toEqual(['a58', 'a59', 'b0', 'b1', 'b2', 'tail']);
});
