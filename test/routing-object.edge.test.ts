// The promise: a tenant's decisions outlive the object that keeps them, cost it few rows, are joined with what is said
// of them whichever comes first, and move the threshold.

import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RouteRecord } from '../protocol/route-record.ts';
import type { SnapshotQuestion } from '../policy/routing-snapshot.ts';
import { aDecision } from './support/a-route.ts';

const START = { afterMs: 0, key: 0, skip: 0 };

const QUESTION: SnapshotQuestion = {
  target: { type: 'cloud_share', value: 0.25 },
  fixedThreshold: 0.58,
  calibrates: true,
  prior: [0, 0.25, 0.5, 0.75, 1],
  typicalCost: { edgeUsd: 0.0001, cloudUsd: 0.001 },
  cloudQuality: 1,
};

afterEach(() => vi.restoreAllMocks());

type RoutingStub = ReturnType<typeof env.ROUTING.get>;

function routingOf(tenant: string): RoutingStub {
  return env.ROUTING.get(env.ROUTING.idFromName(tenant));
}

function recordOf(id: string, changes: Partial<RouteRecord> = {}): RouteRecord {
  const { policyVersion, stage, propensity, probability, threshold, signals, arms } = aDecision();
  return {
    id,
    atMs: Date.now(),
    policyVersion,
    stage,
    chosen: 'edge',
    propensity,
    rawProbability: probability,
    probability,
    threshold,
    signals,
    features: Array.from({ length: 16 }, (_, at) => 4_000_000_000 + at),
    arms,
    edgeModel: 'edge-small',
    outcome: {
      shown: 'edge',
      end: 'completed',
      check: null,
      firstTokenMs: 100,
      totalMs: 900,
      costUsd: 0.0001,
    },
    ...changes,
  };
}

type Line = { readonly type: string; readonly id: string };

async function linesOf(routing: RoutingStub, start = START, limit = 1_000): Promise<readonly Line[]> {
  const { body } = await routing.export(start, limit);
  const text = await new Response(body).text();
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));
}

/** The ids on each page, as `next` leads from one to the other. */
async function pagesOf(routing: RoutingStub, limit: number): Promise<readonly string[][]> {
  const pages: string[][] = [];
  let start: typeof START | null = START;
  while (start !== null) {
    const { next, body } = await routing.export(start, limit);
    const lines = (await new Response(body).text()).split('\n').filter((line) => line !== '');
    pages.push(lines.map((line) => (JSON.parse(line) as Line).id));
    start = next;
  }
  return pages;
}

async function exportedIds(routing: RoutingStub): Promise<readonly string[]> {
  return (await linesOf(routing)).map(({ type, id }) => `${type} ${id}`);
}

describe('a tenant’s decisions', () => {
  it('survive a crash once they are flushed; what came since is lost and can be told again, but never doubled', async () => {
    const routing = routingOf('crashes');
    await routing.record(recordOf('flushed'));
    await runDurableObjectAlarm(routing);
    await routing.record(recordOf('in memory'));
    await abortAllDurableObjects();
    const again = routingOf('crashes');
    for (const id of ['flushed', 'in memory', 'in memory']) await again.record(recordOf(id));
    expect(await exportedIds(again)).toEqual(['decision flushed', 'decision in memory']);
  });

  it('are flushed by a timer within ten seconds, which is no row of its own', async () => {
    const routing = routingOf('timer');
    const timers = vi.spyOn(globalThis, 'setTimeout');
    await routing.record(recordOf('a'));
    const [flush, ms = Infinity] = timers.mock.calls.find(([, delay]) => delay === 8_000) ?? [];
    const entries = await runInDurableObject(routing, (_object, state) => {
      flush?.();
      return state.storage.sql.exec('SELECT entries FROM batches').toArray();
    });
    expect([ms < 10_000, entries]).toEqual([true, [{ entries: 1 }]]);
  });

  it('cost at most one row for 50 of them at 20 a second, alarms included', async () => {
    const routing = routingOf('rows');
    await routing.record(recordOf('first'));
    await routing.export(START, 1);
    const rows = await runInDurableObject(routing, async (object, state) => {
      let written = 0;
      const { sql } = state.storage;
      const exec = sql.exec.bind(sql);
      const counted = (...args: Parameters<typeof exec>): ReturnType<typeof exec> => {
        const cursor = exec(...args);
        written += cursor.rowsWritten;
        return cursor;
      };
      const countedAlarm = async (): Promise<void> => void written++;
      Object.defineProperty(sql, 'exec', { value: counted });
      Object.defineProperty(state.storage, 'setAlarm', { value: countedAlarm });
      for (let at = 0; at < 800; at++) {
        await object.record(recordOf(`r${at}`));
        if (at % 160 === 159) await object.export(START, 1); // eight seconds of them
      }
      return written;
    });
    expect([rows > 0, rows <= 800 / 50]).toEqual([true, true]);
  });

  it('are exported page by page, each once, from any time on', async () => {
    const routing = routingOf('pages');
    const now = Date.now();
    for (let at = 0; at < 130; at++) {
      const atMs = now - 130_000 + at * 1_000;
      await routing.record(recordOf(`r${at}`, { atMs }));
      if (at % 60 === 59) await runDurableObjectAlarm(routing);
    }
    await routing.feedback({ kind: 'thumbs', stream: 'r3', isUp: true }, now - 127_000);
    const all = [...Array.from({ length: 130 }, (_, at) => `r${at}`), 'r3'];
    const late = await linesOf(routing, { ...START, afterMs: now - 15_000 });
    expect(await pagesOf(routing, 50)).toEqual([all.slice(0, 50), all.slice(50, 100), all.slice(100)]);
    expect(await pagesOf(routing, 60)).toEqual([all.slice(0, 60), all.slice(60, 120), all.slice(120)]);
    expect(await pagesOf(routing, 125)).toEqual([all.slice(0, 125), all.slice(125)]);
    expect(late.map(({ id }) => id)).toEqual(all.slice(115));
  });

  it('are nobody else’s', async () => {
    await routingOf('mine').record(recordOf('secret'));
    const other = routingOf('other');
    expect([
      await exportedIds(other),
      await other.feedback({ kind: 'regenerate', stream: 'secret' }, 0),
    ]).toEqual([[], 'unknown']);
  });

  it('that were never asked for write nothing', async () => {
    const routing = routingOf('empty');
    await exportedIds(routing);
    const tables = await runInDurableObject(routing, (_object, state) => {
      return state.storage.sql
        .exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_%' ESCAPE '\\'")
        .toArray();
    });
    expect(tables).toEqual([]);
  });
});

describe('feedback', () => {
  const up = (stream: string) => ({ kind: 'thumbs', stream, isUp: true }) as const;

  it('is joined with a decision in memory, in a batch, and in one of before a restart', async () => {
    const routing = routingOf('joins');
    const createdMs = Date.now();
    await routing.record(recordOf('a'));
    const outcomes = [await routing.feedback(up('a'), createdMs)];
    await routing.export(START, 1);
    outcomes.push(await routing.feedback(up('a'), createdMs));
    await abortAllDurableObjects();
    outcomes.push(await routingOf('joins').feedback(up('a'), createdMs));
    expect([outcomes, await exportedIds(routingOf('joins'))]).toEqual([
      ['joined', 'joined', 'joined'],
      ['decision a', 'feedback a'],
    ]);
  });

  it('that comes while the answer still runs waits for its decision, also through a crash', async () => {
    const outcome = await routingOf('early').feedback(up('running'), Date.now());
    await abortAllDurableObjects();
    const routing = routingOf('early');
    const before = await exportedIds(routing);
    await routing.record(recordOf('running'));
    expect([outcome, before, await exportedIds(routing)]).toEqual([
      'waiting',
      [],
      ['decision running', 'feedback running'],
    ]);
  });

  it('about a stream that can no longer be running is about nothing', async () => {
    expect(await routingOf('late').feedback(up('gone'), Date.now() - 3_600_000)).toBe('unknown');
  });

  it('about too many running answers is refused', async () => {
    const routing = routingOf('floods');
    const outcomes = new Set<string>();
    await runInDurableObject(routing, async (object) => {
      for (let at = 0; at <= 1_000; at++) outcomes.add(await object.feedback(up(`s${at}`), Date.now()));
    });
    expect([...outcomes]).toEqual(['waiting', 'full']);
  });
});

describe('what was learnt', () => {
  it('is a threshold that gives the target on the tenant’s own traffic, the same after a crash', async () => {
    const routing = routingOf('learns');
    const { snapshot: before } = await routing.snapshot(QUESTION);
    await runInDurableObject(routing, async (object) => {
      for (let at = 0; at < 400; at++)
        await object.record(recordOf(`r${at}`, { rawProbability: 0.9 + at / 4_000 }));
    });
    const { snapshot } = await routing.snapshot(QUESTION);
    await routing.export(START, 1);
    await abortAllDurableObjects();
    const again = await routingOf('learns').snapshot(QUESTION);
    expect(snapshot.threshold).toMatchObject({ basis: 'traffic', isReachable: true });
    expect(snapshot.threshold?.value).toBeCloseTo(0.925, 3);
    expect([before.decisions, snapshot.decisions, again.snapshot.decisions]).toEqual([0, 400, 400]);
    expect(again.snapshot.version).toEqual(snapshot.version);
  });

  it('is a calibration from what was said, stored when it changes and not each time it is asked for', async () => {
    const routing = routingOf('calibrates');
    await runInDurableObject(routing, async (object) => {
      for (let at = 0; at < 60; at++) {
        await object.record(recordOf(`r${at}`));
        await object.feedback({ kind: 'thumbs', stream: `r${at}`, isUp: at % 3 === 0 }, Date.now());
      }
    });
    const { snapshot } = await routing.snapshot(QUESTION);
    const [isStored, writes] = await runInDurableObject(routing, async (object, { storage }) => {
      const stored = JSON.stringify(storage.sql.exec('SELECT body FROM memory').toArray());
      const queries = vi.spyOn(storage.sql, 'exec');
      await object.snapshot(QUESTION);
      return [stored.includes('platt'), queries.mock.calls.filter(([query]) => !query.startsWith('SELECT'))];
    });
    expect([snapshot.labels, isStored, writes]).toEqual([{ 'edge-small': 60 }, true, []]);
    expect(snapshot.calibrations['edge-small']?.type).toBe('platt');
  });

  it('counts what judges cost, also when they gave no verdict', async () => {
    const routing = routingOf('judges');
    const about = { id: 'a', createdMs: Date.now(), costUsd: 0.002 };
    await routing.record(recordOf('a'));
    await routing.judged({ id: 'a', atMs: Date.now(), kind: 'judge', reward: 0.75, edgeGood: 1 }, about);
    await routing.judged(null, about);
    const { shadow } = await routing.snapshot(QUESTION);
    expect([shadow, await exportedIds(routing)]).toEqual([
      { pairs: 2, labels: 1, costUsd: 0.004 },
      ['decision a', 'feedback a'],
    ]);
  });

  it('compares each day with the days before, and forgets everything when nothing is left', async () => {
    const routing = routingOf('days');
    await runInDurableObject(routing, async (object) => {
      for (let at = 0; at < 320; at++) await object.record(recordOf(`r${at}`, { rawProbability: at / 320 }));
    });
    await runDurableObjectAlarm(routing);
    const { snapshot } = await routing.snapshot(QUESTION);
    const days = (): Promise<unknown> =>
      runInDurableObject(
        routing,
        (_object, { storage }) => storage.sql.exec('SELECT * FROM days').toArray().length,
      );
    const kept = await days();
    await runInDurableObject(routing, (_object, { storage }) => {
      storage.sql.exec('UPDATE batches SET key = key - ?', 40 * 86_400_000);
    });
    await runDurableObjectAlarm(routing);
    const alarm = await runInDurableObject(routing, (_object, { storage }) => storage.getAlarm());
    expect([snapshot.drift.level, snapshot.drift.against]).toEqual(['stable', 'own_traffic']);
    expect([kept, await days(), alarm]).toEqual([1, 0, null]);
  });
});
