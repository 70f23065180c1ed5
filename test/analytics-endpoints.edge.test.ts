// The promise: what happened is told by every endpoint of the analytics alike, whole and in parts, as JSON and as a
// table; nothing is told to whoever is no operator, and a shard that cannot answer is no hour without traffic.

import { env, exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Cell } from '../policy/analytics/cell.ts';
import { encodeCell } from '../policy/analytics/cell-codec.ts';
import { app } from '../worker/app.ts';
import { randomRecords } from './support/random-records.ts';
import { readSse } from './support/read-sse.ts';

const TIMED = ['summary', 'timeseries', 'routes', 'models', 'quality'];
const TABLES = [...TIMED, 'quota', 'streams'];

const KEYS = { operator: 'the-operators-key', tenant: 'a-tenants-key' };

type Json = Readonly<Record<string, unknown>>;

/** Only what is asked of the answers here. */
type Totals = Json & {
  readonly requests: number;
  readonly cost_usd: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly tokens: Readonly<Record<string, number>>;
  readonly ttft_ms: { readonly count: number };
};
type Summary = { readonly totals: Totals; readonly tiers: Record<string, Totals>; readonly groups: Totals[] };
type Stream = Json & { readonly id: string; readonly tier: string; readonly chunking: string };

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return exports.default.fetch(
    new Request(`http://localhost${path}`, { headers: { host: 'localhost', ...headers } }),
  );
}

async function told<Answer>(path: string): Promise<Answer> {
  const response = await get(`/v1/analytics/${path}`);
  if (response.status !== 200) throw new Error(`${path}: ${await response.text()}`);
  return response.json<Answer>();
}

async function generate(body: object, headers: Record<string, string> = {}): Promise<void> {
  const response = await exports.default.fetch(
    new Request('http://localhost/v1/chat/completions', {
      method: 'POST',
      headers: { host: 'localhost', 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    }),
  );
  await response.text();
}

function asked(content: string, more: object = {}): object {
  return { model: 'auto', stream: true, messages: [{ role: 'user', content }], ...more };
}

/** As told before there was anything; the tests below begin after it. */
const before: Record<string, Json> = {};

beforeAll(async () => {
  for (const name of TABLES) before[name] = await told(name);
  await generate(asked('Hi'));
  await generate(asked('What is the capital of France?'));
  await generate(asked('Prove that every bounded sequence of reals has a limit point.', { model: 'cloud' }));
  await generate(asked('Hi there', { stream: false }));
  await generate(asked('Hello'), { 'x-edgeways-resumable': 'false' });
  await vi.waitFor(async () => expect((await told<{ data: Stream[] }>('streams')).data).toHaveLength(5), {
    timeout: 10_000,
  });
});

const EMPTY = { count: 0, mean: null, p50: null, p95: null, p99: null };

it('says zero and null before anything happened', () => {
  expect(before).toEqual({
    summary: expect.objectContaining({
      object: 'analytics.summary',
      active_streams: 0,
      groups: null,
      totals: expect.objectContaining({ requests: 0, cost_usd: 0, edge_share: null, ttft_ms: EMPTY }),
    }),
    timeseries: expect.objectContaining({
      series: [
        expect.objectContaining({ requests: expect.arrayContaining([0]), edge_share: expect.any(Array) }),
      ],
    }),
    routes: expect.objectContaining({ requests: 0, stages: [], signals: [], overrides: 0 }),
    models: expect.objectContaining({ models: [], turns: [] }),
    quality: expect.objectContaining({
      tenant: null,
      error_rate: null,
      calibration: [],
      ece: null,
      drift: null,
    }),
    quota: { object: 'analytics.quota', tenants: [] },
    streams: { object: 'analytics.streams', data: [] },
  });
});

describe('the summary', () => {
  it('counts every generation once, by its outcome and its tier', async () => {
    const { totals, tiers } = await told<Summary>('summary');
    expect([totals.requests, totals.outcomes, tiers['edge']?.requests, tiers['cloud']?.requests]).toEqual([
      5,
      { completed: 5, stopped: 0, client_gone: 0, failed: 0 },
      4,
      1,
    ]);
  });

  it.each(['tenant', 'tier', 'model', 'provider', 'chunking'])(
    'has groups by %s that add up to the whole',
    async (dimension) => {
      const { totals, groups } = await told<Summary>(`summary?group_by=${dimension}`);
      const sum = (of: (one: Totals) => number | undefined) =>
        groups.reduce((total, one) => total + (of(one) ?? NaN), 0);
      expect([
        sum((one) => one.requests),
        sum((one) => one.tokens['output']),
        sum((one) => one.ttft_ms.count),
      ]).toEqual([totals.requests, totals.tokens['output'], totals.ttft_ms.count]);
      expect(sum((one) => one.cost_usd)).toBeCloseTo(totals.cost_usd, 12);
    },
  );

  it('is of what the filters leave', async () => {
    const requests = async (query: string) => (await told<Summary>(`summary?${query}`)).totals.requests;
    expect([
      await requests('tier=cloud'),
      await requests('tier=edge,cloud'),
      await requests('chunking=whole'),
      await requests('chunking=direct&tier=edge'),
      await requests('model=gpt-5-mini'),
      await requests('tenant=local'),
      await requests('tenant=somebody'),
    ]).toEqual([1, 5, 1, 1, 1, 5, 0]);
  });

  it('shows the percentiles that were asked for', async () => {
    const { totals } = await told<Summary>('summary?percentiles=10,99.9');
    expect(Object.keys(totals.ttft_ms)).toEqual(['count', 'mean', 'p10', 'p99.9']);
  });

  it('shows what the first token waited for, with the goals', async () => {
    const { waterfall } = await told<{ waterfall: Record<string, Json[]> }>('summary');
    expect(waterfall['all']).toEqual(
      ['worker', 'admit', 'detour', 'model', 'hold'].map((phase) => ({
        phase,
        mean: expect.any(Number),
        p50: expect.any(Number),
        p95: expect.any(Number),
        target_ms: phase === 'detour' ? null : expect.any(Number),
      })),
    );
  });
});

type Series = { readonly times: number[]; readonly series: (Json & { readonly requests: number[] })[] };

describe('the time series', () => {
  it('has one value a step and metric, zero or null where nothing happened', async () => {
    const metrics = 'requests,edge_share,ttft_ms';
    const { times, series } = await told<Series>(`timeseries?range=30m&step=5m&metrics=${metrics}`);
    const [all = { requests: [] }] = series;
    const isQuiet = all.requests.map((count) => count === 0);
    const { p50, p99 } = all['ttft_ms'] as Record<string, (number | null)[]>;
    expect([
      [6, 7].includes(times.length),
      all.requests.reduce((sum, count) => sum + count, 0),
      times.map((at) => at % 300),
      ...[all['edge_share'] as (number | null)[], p50, p99].map((values) =>
        values?.map((value) => value === null),
      ),
    ]).toEqual([true, 5, times.map(() => 0), isQuiet, isQuiet, isQuiet]);
  });

  it('has one series a group', async () => {
    const { series } = await told<Series>('timeseries?group_by=tier&metrics=requests');
    const sums = series.map(({ group, requests }) => [
      group,
      requests.reduce((sum, count) => sum + count, 0),
    ]);
    expect(sums).toEqual([
      ['cloud', 1],
      ['edge', 4],
    ]);
  });
});

it('tells why requests went where they went', async () => {
  const routes = await told<{ probability: { requests: number; edge: number }[] }>('routes');
  const sum = (of: 'requests' | 'edge') => routes.probability.reduce((total, bin) => total + bin[of], 0);
  expect(routes).toMatchObject({
    requests: 5,
    stages: [
      { stage: 'classifier', requests: 4 },
      { stage: 'gate', requests: 1 },
    ],
    signals: expect.arrayContaining([{ signal: 'length', for_edge: 4, for_cloud: 0 }]),
    overrides: 1,
    checks: { checked: 0, bad: 0, bad_rate: null },
    escalations: { count: 0, rate: 0, hidden_usd: 0 },
  });
  expect([routes.probability.length, sum('requests'), sum('edge')]).toEqual([20, 4, 4]);
});

it('tells what each model did and how its upstream is', async () => {
  const { models, upstreams } = await told<{ models: Json[]; upstreams: Json[] }>('models');
  expect(models).toEqual([
    expect.objectContaining({ model: 'granite-4.0-h-micro', tier: 'edge', requests: 4, share: 0.8 }),
    expect.objectContaining({ model: 'gpt-5-mini', tier: 'cloud', requests: 1, share: 0.2, failures: [] }),
  ]);
  const { data } = await (await get('/v1/upstreams')).json<{ data: Json[] }>();
  const named = (list: readonly Json[]) => list.map(({ endpoint, model, state }) => [endpoint, model, state]);
  expect([upstreams.length > 0, named(upstreams)]).toEqual([true, named(data)]);
});

it('tells the quality of the busiest tenant, or of the one that is named', async () => {
  const busiest = await told<Json>('quality');
  expect(busiest).toMatchObject({
    tenant: 'local',
    completion_rate: 1,
    feedback: { labels: 0, good_rate: null },
    drift: { against: 'training_mix' },
    threshold: { basis: 'fixed' },
  });
  expect(await told('quality?tenant=somebody')).toMatchObject({
    tenant: 'somebody',
    completion_rate: null,
    drift: null,
  });
});

it('tells what tenants use of what they may', async () => {
  const { tenants } = await told<{ tenants: Json[] }>('quota');
  expect(tenants).toEqual([
    { tenant: 'local', active_streams: 0, limit: expect.any(Number), budget: null, refused: {} },
  ]);
});

describe('the list of streams', () => {
  it('has the newest first and as many as were asked for', async () => {
    const { data } = await told<{ data: Stream[] }>('streams?limit=2');
    expect(data.map(({ chunking }) => chunking)).toEqual(['direct', 'whole']);
  });

  it('takes filters and an outcome', async () => {
    const count = async (query: string) => (await told<{ data: Stream[] }>(`streams?${query}`)).data.length;
    expect([
      await count('tier=cloud'),
      await count('outcome=completed'),
      await count('outcome=failed'),
    ]).toEqual([1, 5, 0]);
  });

  it('leads to one stream with its timeline', async () => {
    const { data } = await told<{ data: Stream[] }>('streams?tier=cloud');
    const answer = await told<{ stream: Stream; timeline: Json }>(`streams/${data[0]?.id}`);
    expect([answer.stream, answer.timeline]).toEqual([
      data[0],
      expect.objectContaining({
        terminal: { type: 'done', reason: 'stop' },
        events: [
          { seq: 0, type: 'route', what: 'gpt-5-mini' },
          { seq: expect.any(Number), type: 'done', what: 'stop' },
        ],
        deliveries: [expect.objectContaining({ kind: 'asked', from_seq: 0 })],
      }),
    ]);
  });

  it('tells the first and the latest of very many readers', async () => {
    const { data } = await told<{ data: Stream[] }>('streams?chunking=batched&limit=1');
    const id = data[0]?.id;
    for (let reads = 0; reads < 30; reads++) await (await get(`/v1/streams/${id}`)).text();
    await (await get(`/v1/streams/${id}?wait=0`)).text();
    type Read = { readonly timeline: { readonly deliveries: readonly { readonly kind: string }[] } };
    const { timeline } = await told<Read>(`streams/${id}`);
    const kinds = timeline.deliveries.map(({ kind }) => kind);
    expect([kinds[0], kinds[1], kinds.at(-1)]).toEqual(['asked', 'joined', 'poll']);
  });

  it('has no timeline of what was not logged', async () => {
    const { data } = await told<{ data: Stream[] }>('streams?chunking=direct');
    expect(await told(`streams/${data[0]?.id}`)).toMatchObject({ stream: data[0], timeline: null });
  });

  it('knows no stream that never was', async () => {
    expect((await get('/v1/analytics/streams/s_nothing')).status).toBe(404);
  });
});

describe('as a table', () => {
  it.each(TABLES)('%s has one header and rows of its width', async (name) => {
    const response = await get(`/v1/analytics/${name}?format=csv`);
    const lines = (await response.text()).trimEnd().split('\r\n');
    const widths = new Set(lines.map((line) => line.split(',').length));
    expect([response.headers.get('content-type'), lines.length > 1, widths.size]).toEqual([
      'text/csv; charset=utf-8',
      true,
      1,
    ]);
  });

  it('is given to whoever accepts nothing else', async () => {
    const response = await get('/v1/analytics/streams?limit=1', { accept: 'text/csv' });
    expect((await response.text()).startsWith('id,tenant,tier,model,')).toBe(true);
  });
});

it('is never stored on its way', async () => {
  const stored = await Promise.all(
    [...TABLES.map((name) => `/v1/analytics/${name}`), '/metrics'].map(async (path) => {
      return (await get(path)).headers.get('cache-control');
    }),
  );
  expect(new Set(stored)).toEqual(new Set(['no-store']));
});

describe('refuses with the name of the parameter', () => {
  it.each([
    ...TABLES.map((name) => [`${name}?colour=red`, 'colour']),
    ...TIMED.map((name) => [`${name}?range=1w`, 'range']),
    ...TIMED.map((name) => [`${name}?tier=middle`, 'tier']),
    ['summary?step=1h', 'step'],
    ['summary?group_by=colour', 'group_by'],
    ['timeseries?step=7m', 'step'],
    ['timeseries?metrics=joy', 'metrics'],
    ['models?percentiles=200', 'percentiles'],
    ['quality?tenant=a,b', 'tenant'],
    ['quota?range=1h', 'range'],
    ['streams?limit=0', 'limit'],
    ['streams?outcome=lost', 'outcome'],
    ['live?range=1h', 'range'],
  ])('%s', async (path, param) => {
    const response = await get(`/v1/analytics/${path}`);
    const { error } = await response.json<{ error: Json }>();
    expect([response.status, error['code'], error['param']]).toEqual([400, 'invalid_request', param]);
  });
});

describe('live', () => {
  it('tells the last minute, then each new generation once', async () => {
    const reading = readSse(await get('/v1/analytics/live?tier=edge'));
    await reading.until((events) => events.some(({ event }) => event === 'summary'));
    await generate(asked('Hi, live'));
    await generate(asked('Prove it', { model: 'cloud' }));
    await reading.until((events) => events.some(({ event }) => event === 'streams'));
    await reading.until((_events, comments) => comments.length > 0);
    await reading.leave();
    const streams = reading.events.flatMap(({ event, data }) =>
      event === 'streams' ? (JSON.parse(data) as { data: Stream[] }).data : [],
    );
    const [first] = reading.events;
    expect([streams.map(({ tier }) => tier), JSON.parse(first?.data ?? '{}')]).toEqual([
      ['edge'],
      expect.objectContaining({
        at: expect.any(String),
        last_minute: expect.objectContaining({ requests: expect.any(Number), ttft_ms: expect.anything() }),
      }),
    ]);
  });

  it('has a bounded number of readers and a place again when one leaves', async () => {
    const readings = [];
    for (let at = 0; at < 16; at++) readings.push(readSse(await get('/v1/analytics/live')));
    const refused = await get('/v1/analytics/live');
    await readings[0]?.leave();
    const next = await vi.waitFor(async () => {
      const response = await get('/v1/analytics/live');
      if (response.status !== 200) await response.body?.cancel();
      expect(response.status).toBe(200);
      return response;
    });
    readings.push(readSse(next));
    for (const reading of readings) await reading.leave();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '2']);
  });
});

describe('outside local mode', () => {
  it.each(['/v1/analytics/summary', '/v1/analytics/live', '/v1/analytics/streams/s_1', '/metrics'])(
    '%s is for operators only',
    async (path) => {
      const config = await productionConfig();
      const statuses = [];
      for (const key of [null, 'nobodys-key', KEYS.tenant])
        statuses.push((await ask(path, config, key)).status);
      expect(statuses).toEqual([401, 401, 403]);
    },
  );

  it('answers an operator', async () => {
    const response = await ask('/v1/analytics/streams', await productionConfig(), KEYS.operator);
    expect(response.status).toBe(200);
  });

  it('says how to make an operator when there is none', async () => {
    const { operators: _, ...config } = await productionConfig();
    const response = await ask('/v1/analytics/summary', config, KEYS.tenant);
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('--operator')]);
  });
});

describe('two shards', () => {
  /** They are told in the order of their ends. */
  const records = randomRecords(11, 60, { prefix: 'two-' }).map((record, at) => ({
    ...record,
    endedMs: at * 1_000,
  }));

  /** Objects of their own, so that nothing else is counted. */
  const bindingsOf = (prefix: string) => ({
    STATS: {
      idFromName: (name: string) => name,
      get: (name: string) => env.STATS.get(env.STATS.idFromName(`${prefix}-${name}`)),
    },
  });

  const answer = async (path: string, prefix: string, shards: number): Promise<unknown> => {
    const config = { ...(await productionConfig()), analytics: { shards } };
    const response = await ask(path, config, KEYS.operator, bindingsOf(prefix));
    const { from: _from, to: _to, ...rest } = await response.json<Json>();
    return rest;
  };

  beforeAll(async () => {
    for (const [at, record] of records.entries()) {
      await bindingsOf('one').STATS.get('stats-0').record(record);
      await bindingsOf('two')
        .STATS.get(`stats-${at % 2}`)
        .record(record);
    }
  });

  it.each([
    'summary?percentiles=1,50,90,95,99',
    'timeseries?range=1d&step=1d&group_by=tier&metrics=requests,cost_usd,ttft_ms',
    'models',
    'routes',
    'streams?limit=40',
  ])('tell together what one would tell: %s', async (path) => {
    const [one, two] = await Promise.all([
      answer(`/v1/analytics/${path}`, 'one', 1),
      answer(`/v1/analytics/${path}`, 'two', 2),
    ]);
    expect(unordered(two)).toEqual(unordered(one));
  });

  it('are both searched for a stream', async () => {
    const ids = records.slice(0, 2).map(({ id }) => id);
    const found = await Promise.all(ids.map((id) => answer(`/v1/analytics/streams/${id}`, 'two', 2)));
    expect(found).toEqual(
      ids.map((id) => expect.objectContaining({ stream: expect.objectContaining({ id }) })),
    );
  });
});

/** Rows that are equally great may come in any order. */
function unordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, unordered(part)]));
  }
  const parts: unknown[] = value.map(unordered);
  return typeof parts[0] === 'object' ? new Set(parts.map((part) => JSON.stringify(part))) : parts;
}

it('refuses more points than an isolate has memory for, and says what to change', async () => {
  const cell = encodeCell(new Cell());
  const cells = Array.from({ length: 10_001 }, (_, at) => ({ startMs: at * 60_000, group: '', cell }));
  const STATS = { idFromName: () => '', get: () => ({ answer: async () => cells }) };
  const config = { ...(await productionConfig()), analytics: { shards: 1 } };
  const response = await ask('/v1/analytics/timeseries', config, KEYS.operator, { STATS });
  expect([response.status, await response.json()]).toEqual([
    400,
    { error: expect.objectContaining({ param: 'group_by' }) },
  ]);
});

it('tells no quota of a tenant whose budget cannot be read', async () => {
  const [record] = randomRecords(12, 1);
  const STATS = {
    idFromName: () => '',
    get: () => env.STATS.get(env.STATS.idFromName('of one tenant with a budget')),
  };
  if (record !== undefined) await STATS.get().record({ ...record, tenant: 'tests' });
  const fails = () => Promise.reject(new Error('no such object'));
  const TENANTS = {
    idFromName: () => '',
    get: () => ({ account: fails, occupancy: async () => ({ activeStreams: 2 }) }),
  };
  const quota = async (budget: object | null): Promise<Response> => {
    const config = await productionConfig();
    const limits = { concurrent_streams: 10, budget };
    return ask('/v1/analytics/quota', { ...config, limits }, KEYS.operator, { STATS, TENANTS });
  };
  const free = await (await quota(null)).json<{ tenants: Json[] }>();
  expect([free.tenants, (await quota({ usd_per_day: 1 })).status]).toEqual([
    [expect.objectContaining({ tenant: 'tests', active_streams: 2, budget: null })],
    503,
  ]);
});

describe('a shard that does not answer', () => {
  it.each([...TABLES.map((name) => `/v1/analytics/${name}`), '/v1/analytics/streams/s_1', '/metrics'])(
    'makes %s say so',
    async (path) => {
      const fails = () => Promise.reject(new Error('no such object'));
      const broken = {
        answer: fails,
        streams: fails,
        find: fails,
        refusals: fails,
        turns: fails,
        totals: fails,
      };
      const whole = env.STATS;
      const STATS = {
        idFromName: (name: string) => name,
        get: (name: string) => (name === 'stats-1' ? broken : whole.get(whole.idFromName(name))),
      };
      const config = { ...(await productionConfig()), analytics: { shards: 2 } };
      const response = await ask(path, config, KEYS.operator, { STATS });
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    },
  );
});

async function productionConfig(): Promise<Json> {
  const { default: config } = await import('../edgeways.config.json');
  const { $schema: _, ...rest } = config;
  return {
    ...rest,
    tenants: [{ id: 'tests', key_sha256: [await sha256(KEYS.tenant)] }],
    operators: [{ id: 'ops', key_sha256: [await sha256(KEYS.operator)] }],
  };
}

function ask(path: string, config: Json, key: string | null, more: object = {}): Promise<Response> {
  const headers = key === null ? {} : { authorization: `Bearer ${key}` };
  const request = new Request(`https://edgeways.example${path}`, { headers });
  const bindings = { ...env, EDGEWAYS_ENV: 'production', EDGEWAYS_CONFIG: JSON.stringify(config), ...more };
  return app.fetch(request, bindings, { waitUntil: () => undefined });
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
