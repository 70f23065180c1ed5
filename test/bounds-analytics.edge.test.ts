// The promise: neither readers who leave nor questions without measure nor logs of an earlier version wear out what
// keeps the statistics.

import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it, vi } from 'vitest';
import { ConversationLogs } from '../durable-objects/conversation-logs.ts';
import { MAX_STATS_CELLS } from '../policy/analytics/answer-question.ts';
import { Cell } from '../policy/analytics/cell.ts';
import { encodeCell } from '../policy/analytics/cell-codec.ts';
import { Rollup } from '../policy/analytics/rollup.ts';
import type { Plan } from '../protocol/plan.ts';
import { ReplayLog } from '../replay/replay-log.ts';
import { app } from '../worker/app.ts';
import { aPlan } from './support/a-plan.ts';
import { readSse } from './support/read-sse.ts';

const { CONVERSATIONS } = env as unknown as { readonly CONVERSATIONS: DurableObjectNamespace }; // set in wrangler.toml

function ask(path: string, more: { bindings?: object; signal?: AbortSignal } = {}): Promise<Response> {
  const { bindings = {}, signal = null } = more;
  const request = new Request(`http://localhost${path}`, { headers: { host: 'localhost' }, signal });
  return app.fetch(request, { ...env, ...bindings }, { waitUntil: () => undefined });
}

it('a live reader who left before the first event frees its place', async () => {
  const leaving = new AbortController();
  const bodies = [];
  for (let at = 0; at < 16; at++) bodies.push(await ask('/v1/analytics/live', { signal: leaving.signal }));
  leaving.abort();
  const next = await ask('/v1/analytics/live');
  await next.body?.cancel();
  expect([bodies.map(({ status }) => status), next.status]).toEqual([Array(16).fill(200), 200]);
});

it('a question that gives too many points is refused with what to change', async () => {
  const cell = encodeCell(new Cell());
  const cells = Array.from({ length: MAX_STATS_CELLS + 1 }, (_, at) => ({
    startMs: 0,
    group: String(at),
    cell,
  }));
  const STATS = { idFromName: () => '', get: () => ({ answer: () => Promise.resolve(cells) }) };
  const response = await ask('/v1/analytics/timeseries?group_by=tenant', { bindings: { STATS } });
  const { error } = await response.json<{ error: object }>();
  expect([response.status, error]).toEqual([400, expect.objectContaining({ param: 'group_by' })]);
});

it('a filter by a tenant that nobody is wakes no object', async () => {
  const asked: unknown[] = [];
  const TENANTS = { idFromName: (name: string) => asked.push(name), get: () => ({}) };
  const response = await ask('/v1/analytics/summary?tenant=nobody', { bindings: { TENANTS } });
  const body = await response.json<{ active_streams: unknown }>();
  expect([asked, body.active_streams]).toEqual([[], null]);
});

it('an answer that a version without statistics began goes on without a record', async () => {
  const plans = await runInDurableObject(
    CONVERSATIONS.get(CONVERSATIONS.newUniqueId()),
    async (_object, { storage }) => {
      const goneOn: Plan[] = [];
      const logs = new ConversationLogs(storage, { cut: () => undefined, goOn: (plan) => goneOn.push(plan) });
      const plan = aPlan({ failover: { ...aPlan({}).failover, maxContinuations: 3 }, createdMs: Date.now() });
      const { analytics: _, ...unfinished } = plan;
      const { generation, streamId, createdMs, tenant, tenantObject, conversation } = plan;
      const facts = { generation, streamId, model: 'm', createdMs, includeUsage: false };
      const header = { facts, tenant, tenantObject, conversation, epochStarts: [0], finished: null };
      ReplayLog.create(
        logs.storeFor(generation),
        { ...header, retentionMs: 60_000, unfinished },
        'batched',
      ).persistHeader();
      await logs.recoverAll(Date.now());
      return goneOn;
    },
  );
  expect(plans.map(({ analytics }) => analytics)).toEqual([null]);
});

it.each([0, 30_000, 59_000])('the live minute is no longer than one, %i ms into the next', async (intoMs) => {
  const nowMs = 20_700 * 86_400_000 + intoMs;
  vi.setSystemTime(nowMs);
  const minuteOf = (startMs: number, requests: number) => {
    const cell = new Cell();
    cell.sums.requests = requests;
    return { startMs, group: '', cell: encodeCell(cell) };
  };
  const cells = [minuteOf(nowMs - intoMs - 60_000, 60), minuteOf(nowMs - intoMs, intoMs / 1_000)];
  const shard = {
    answer: () => Promise.resolve(cells),
    streams: () => Promise.resolve({ records: [], newestSeq: 0 }),
  };
  const STATS = {
    idFromName: (name: string) => name,
    get: (name: string) => (name === 'stats-0' ? shard : quiet),
  };
  const quiet = { ...shard, answer: () => Promise.resolve([]) };
  const reading = readSse(await ask('/v1/analytics/live', { bindings: { STATS } }));
  await reading.until((events) => events.length > 0);
  await reading.leave();
  vi.useRealTimers();
  const { last_minute } = JSON.parse(reading.events[0]?.data ?? '{}') as {
    last_minute: { requests: number };
  };
  expect(last_minute.requests).toBe(60);
});

it('a series of /metrics is one series, also where a shard had too many models', async () => {
  const totalsOf = (tenant: string): Uint8Array => {
    const rollup = new Rollup();
    const key = { tenant, tier: 'edge', model: 'small', provider: 'toy', chunking: '' };
    rollup.cellOf(key).sums.completed = 1;
    return rollup.encode();
  };
  const STATS = {
    idFromName: (name: string) => name,
    get: (name: string) => ({ totals: () => Promise.resolve(totalsOf(name === 'stats-0' ? '' : 'other')) }),
  };
  const text = await (await ask('/metrics', { bindings: { STATS } })).text();
  const lines = text.split('\n').filter((line) => line.includes('outcome="completed"'));
  expect(lines.map((line) => line.split(' ')[1])).toEqual(['4']);
});
