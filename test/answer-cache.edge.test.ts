// The promise: a tenant's kept answers outlive the object that keeps them, vanish when their time is over, and cost
// nothing when nobody keeps any.

import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { storeAnswer } from '../durable-objects/store-answer.ts';
import type { CacheBounds } from '../protocol/cached-answer.ts';
import type { StreamEvent } from '../protocol/events.ts';
import { cacheKey, lookUp } from '../worker/answer-cache-client.ts';
import { aRouteEvent } from './support/a-route.ts';

const BOUNDS: CacheBounds = { ttlMs: 3_600_000, maxEntries: 10, maxAnswerBytes: 64 * 1024 };
const USAGE = { input_tokens: 3, output_tokens: 2, cached_tokens: 0, reasoning_tokens: 0, estimated: false };

const LOG: readonly StreamEvent[] = [
  aRouteEvent(),
  { type: 'text_delta', text: 'an ' },
  { type: 'text_delta', text: 'answer' },
  { type: 'done', finish_reason: 'stop', usage: USAGE, timing: { first_token_ms: 1, total_ms: 2 } },
];

function store(cacheObject: string, key: string, bounds: Partial<CacheBounds> = {}): Promise<void> {
  return storeAnswer(env, { cacheObject, key, ...BOUNDS, ...bounds }, LOG);
}

type CacheStub = ReturnType<typeof env.ANSWER_CACHES.get>;

function objectOf(name: string): CacheStub {
  return env.ANSWER_CACHES.get(env.ANSWER_CACHES.idFromName(name));
}

function tablesOf(object: CacheStub): Promise<readonly unknown[]> {
  return runInDurableObject(object, (_object, { storage }) =>
    storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_%' ESCAPE '\\'").toArray(),
  );
}

describe('a kept answer', () => {
  it('is found under its key by its tenant only, also after a crash', async () => {
    await store('alice', 'k');
    await abortAllDurableObjects();
    const found = await lookUp(env, 'alice', 'k');
    expect(found).toMatchObject({ model: 'edge-small', tier: 'edge', finishReason: 'stop', usage: USAGE });
    expect([await lookUp(env, 'alice', 'other'), await lookUp(env, 'bob', 'k')]).toEqual([null, null]);
  });

  it('is gone when its time is over: never found again, and deleted by an alarm', async () => {
    await store('expires', 'short', { ttlMs: 0 });
    await store('expires', 'long');
    const before = await lookUp(env, 'expires', 'short');
    await runDurableObjectAlarm(objectOf('expires'));
    const [rows, alarmMs] = await runInDurableObject(objectOf('expires'), async (_object, { storage }) => {
      const left = storage.sql.exec('SELECT key FROM answers').toArray();
      return [left, (await storage.getAlarm()) ?? 0];
    });
    expect([before, rows]).toEqual([null, [{ key: 'long' }]]);
    expect(alarmMs).toBeGreaterThan(Date.now());
  });

  it('is gone when the tenant forgets all of them; no alarm is left behind for nothing', async () => {
    await store('forgets', 'k');
    await objectOf('forgets').empty();
    const found = await lookUp(env, 'forgets', 'k');
    await runDurableObjectAlarm(objectOf('forgets'));
    const alarm = await runInDurableObject(objectOf('forgets'), (_object, { storage }) => storage.getAlarm());
    expect([found, alarm]).toEqual([null, null]);
  });

  it('takes the place of the one that was not used for longest', async () => {
    for (const key of ['a', 'b', 'c']) await store('bounded', key, { maxEntries: 2 });
    const rows = await runInDurableObject(objectOf('bounded'), (_object, { storage }) =>
      storage.sql.exec('SELECT COUNT(*) AS kept FROM answers').one(),
    );
    expect(rows).toEqual({ kept: 2 });
  });
});

it('looking up writes nothing', async () => {
  await lookUp(env, 'never', 'k');
  await objectOf('never').empty();
  expect(await tablesOf(objectOf('never'))).toEqual([]);
});

it('a hit within a minute of the last one writes no row', async () => {
  await store('reads', 'k');
  const before = await runInDurableObject(objectOf('reads'), (_object, { storage }) =>
    storage.sql.exec('SELECT used_ms FROM answers').one(),
  );
  await lookUp(env, 'reads', 'k');
  const after = await runInDurableObject(objectOf('reads'), (_object, { storage }) =>
    storage.sql.exec('SELECT used_ms FROM answers').one(),
  );
  expect(after).toEqual(before);
});

it('a cache that fails, or does not answer in time, has nothing, and fails nobody', async () => {
  const log = vi.spyOn(console, 'error').mockReturnValue();
  const never = { ANSWER_CACHES: namespaceWith(() => new Promise(() => undefined)) };
  const broken = { ANSWER_CACHES: namespaceWith(() => Promise.reject(new Error('away'))) };
  const found = [await lookUp(never, 'o', 'k'), await lookUp(broken, 'o', 'k')];
  await storeAnswer(broken, { cacheObject: 'o', key: 'k', ...BOUNDS }, LOG);
  expect([found, log.mock.calls.length]).toEqual([[null, null], 2]);
  log.mockRestore();
});

it('a key is the SHA-256 of the canonical text', async () => {
  expect(await cacheKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

/** The part of a namespace that is used. */
function namespaceWith(answer: () => Promise<unknown>): typeof env.ANSWER_CACHES {
  const namespace: unknown = { idFromName: () => '', get: () => ({ find: answer, keep: answer }) };
  return namespace as typeof env.ANSWER_CACHES;
}
