// The promise: what one isolate sees of an upstream is known to the others, no request waits for that, and whoever has a
// key can look at it.

import { env, exports } from 'cloudflare:workers';
import { afterEach, expect, it, vi } from 'vitest';
import config from '../edgeways.config.json';
import { healthOf } from '../durable-objects/isolate-health.ts';
import type { CallOutcome } from '../policy/failover/upstream-record.ts';
import { app } from '../worker/app.ts';

const FAILED: CallOutcome = { type: 'failure', code: 'upstream_failed' };
const GOOD: CallOutcome = { type: 'success', firstTokenMs: 120 };

afterEach(() => vi.restoreAllMocks());

/** An isolate of its own: it shares the object and nothing else. */
function isolate(object: unknown = env.HEALTH): {
  health: ReturnType<typeof healthOf>;
  sync: () => Promise<number>;
} {
  const health = healthOf({ HEALTH: object as typeof env.HEALTH });
  /** Resolves when the exchange is over, to how many were started. */
  const sync = async (): Promise<number> => {
    const waiting: Promise<unknown>[] = [];
    health.sync((promise) => waiting.push(promise));
    await Promise.all(waiting);
    return waiting.length;
  };
  return { health, sync };
}

function requestOf(method: 'GET' | 'POST'): Request {
  const request = new Request('http://localhost/v1/upstreams', { method });
  request.headers.set('host', 'localhost');
  return request;
}

function failThreeTimes(health: ReturnType<typeof healthOf>, key: string): void {
  for (let call = 0; call < 3; call++) health.upstreams.outcome(key, FAILED, Date.now());
}

it('a breaker that opens in one isolate is open in every other after its next exchange', async () => {
  const [first, second] = [isolate(), isolate()];
  failThreeTimes(first.health, 'cloud/shared');
  expect(await first.sync()).toBe(1);
  expect(second.health.upstreams.state('cloud/shared')).toBe('closed');
  expect(await second.sync()).toBe(1);
  expect(second.health.upstreams.state('cloud/shared')).toBe('open');
});

it('what an isolate told is counted once, in its own view and in that of the others', async () => {
  const [first, second] = [isolate(), isolate()];
  for (let call = 0; call < 4; call++) first.health.upstreams.outcome('cloud/counted', GOOD, Date.now());
  await first.sync();
  await first.health.exchange();
  await second.sync();
  const calls = [first, second].map(({ health }) => {
    return health.upstreams.view(Date.now()).find(({ key }) => key === 'cloud/counted')?.calls;
  });
  expect(calls).toEqual([4, 4]);
});

/** An isolate whose clock and timers are the test's, and the moments at which it exchanges. */
function timedIsolate(onExchange: () => void = () => undefined): {
  health: ReturnType<typeof healthOf>;
  asked: readonly number[];
  end: (afterMs: number, outcome: CallOutcome) => Promise<void>;
} {
  const startMs = 1_700_000_000_000;
  let nowMs = startMs;
  vi.spyOn(Date, 'now').mockImplementation(() => nowMs);
  const { setTimeout: real } = globalThis;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation((run: () => void, ms = 0) => {
    if (ms >= 5_000) return real(run, ms); // the patience with an object that hangs
    nowMs += ms;
    return real(run, 0);
  });
  const asked: number[] = [];
  const exchange = (): Promise<object> => {
    asked.push(nowMs - startMs);
    onExchange();
    return Promise.resolve({});
  };
  const { health, sync } = isolate({ idFromName: () => '', get: () => ({ exchange }) });
  const end = async (afterMs: number, outcome: CallOutcome): Promise<void> => {
    nowMs = startMs + afterMs;
    health.upstreams.outcome('cloud/a', outcome, nowMs);
    await sync();
  };
  return { health, asked, end };
}

it('successes are told at most once a second and a moment after they came, a failure within a quarter of one', async () => {
  const { asked, end } = timedIsolate();
  for (const afterMs of [0, 400, 1_249, 1_250]) await end(afterMs, GOOD);
  await end(1_800, FAILED);
  await end(1_900, FAILED);
  expect(asked).toEqual([250, 1_500, 1_800, 2_050]);
});

it('a failure that is seen while an exchange is under way is told a quarter of a second later', async () => {
  let hasFailed = false;
  const { health, asked, end } = timedIsolate(() => {
    if (!hasFailed) health.upstreams.outcome('cloud/a', FAILED, Date.now());
    hasFailed = true;
  });
  await end(0, GOOD);
  expect([asked, health.upstreams.news]).toEqual([[250, 500], 'none']);
});

it('without the shared object an isolate goes on with what it sees, and does not ask again at once', async () => {
  const logged = vi.spyOn(console, 'error').mockReturnValue();
  const exchange = (): Promise<object> => Promise.reject(new Error('gone'));
  const { health, sync } = isolate({ idFromName: () => '', get: () => ({ exchange }) });
  failThreeTimes(health, 'cloud/a');
  expect(await sync()).toBe(1);
  failThreeTimes(health, 'cloud/b');
  expect([await sync(), logged.mock.calls.length]).toEqual([0, 1]);
  expect(['cloud/a', 'cloud/b'].map((key) => health.upstreams.mayCall(key, Date.now()))).toEqual([
    'no',
    'no',
  ]);
});

it('GET /v1/upstreams shows the state of every upstream that was called', async () => {
  const { health, sync } = isolate();
  for (let call = 0; call < 40; call++) health.upstreams.outcome('edge/vendor/fast', GOOD, Date.now());
  failThreeTimes(health, 'cloud/down');
  await sync();
  const response = await exports.default.fetch(requestOf('GET'));
  const { data } = await response.json<{ data: readonly Record<string, unknown>[] }>();
  const shown = data.filter(({ model }) => model === 'vendor/fast' || model === 'down');
  expect([response.status, response.headers.get('cache-control'), shown]).toEqual([
    200,
    'no-store',
    [
      {
        endpoint: 'edge',
        model: 'vendor/fast',
        state: 'closed',
        cause: null,
        last_failure: null,
        open_until: null,
        calls: 40,
        error_rate: 0,
        first_token_ms: { p50: 125, p95: 125 },
      },
      {
        endpoint: 'cloud',
        model: 'down',
        state: 'open',
        cause: 'failing',
        last_failure: 'upstream_failed',
        open_until: expect.stringMatching(/^\d{4}-.*Z$/),
        calls: 3,
        error_rate: 1,
        first_token_ms: { p50: null, p95: null },
      },
    ],
  ]);
});

it('GET /v1/upstreams of a deployment with keys is only for those who have one', async () => {
  const tenants = [{ id: 'alice', key_sha256: ['0'.repeat(64)] }];
  const bindings = {
    ...env,
    EDGEWAYS_ENV: 'production',
    EDGEWAYS_CONFIG: JSON.stringify({ ...config, tenants }),
  };
  const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };
  const statuses = await Promise.all(
    (['GET', 'POST'] as const).map(async (method) => {
      return (await app.fetch(requestOf(method), bindings, context)).status;
    }),
  );
  expect(statuses).toEqual([401, 405]);
});
