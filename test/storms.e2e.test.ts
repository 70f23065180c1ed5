// Storms of failing upstreams over real HTTP: what the router asks of providers that are down, when it leaves them
// alone, and that everybody else is served as if nothing had happened. Counted where it matters: at the upstream.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HeldCall, startHeldUpstream, type HeldUpstream } from './support/held-upstream.ts';
import { inTurns } from './support/in-turns.ts';
import { LeavingClient, type Leaving } from './support/leaving-client.ts';
import { startProduct, testModels, type Product } from './support/product.ts';

const AT_ONCE = 40;
const IN_A_STORM = 400;

/** What the retry budget lets through: a tenth more, and one call to each of the two candidates. */
const MAX_CALLS = IN_A_STORM + IN_A_STORM / 10 + 2;

const ABORTS = 50;

/** How soon a breaker is open after the first failure. */
const OPENS_WITHIN_MS = 2000;

/** Cool-downs of a few openings, on a machine that has other things to do. */
const STORM_MS = 60_000;

type Player = (call: HeldCall) => void;

let upstream: HeldUpstream;
let product: Product | null = null;

/** By upstream model; those that are not named answer well. */
let players: Readonly<Record<string, Player>> = {};

beforeAll(async () => {
  upstream = await startHeldUpstream();
  upstream.play((call) => (players[call.body.model] ?? answersWell)(call));
});

afterEach(async () => {
  await product?.dispose();
  product = null;
  players = {};
});

afterAll(() => upstream.dispose());

const answersWell: Player = (call) => {
  call.text(`said by ${call.body.model}`);
  call.finish();
};

const isDown: Player = (call) => call.refuse(503);

const [EDGE, CLOUD] = testModels;

/** Models `a`, `b` and `c`, whose upstream models have the same names; `a` is of the tier that is tested. */
async function deploy(tier: string, failover: object, timeouts: object = {}): Promise<Product> {
  const base = [EDGE, CLOUD].find((model) => model?.tier === tier);
  product = await startProduct({
    vars: { OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url },
    config: {
      models: [
        { ...base, id: 'a', upstream_model: 'a' },
        { ...CLOUD, id: 'b', upstream_model: 'b' },
        { ...CLOUD, id: 'c', upstream_model: 'c' },
        EDGE,
      ],
      failover: { fallbacks: { a: ['b'], b: [], c: [] }, ...failover },
      timeouts,
    },
  });
  return product;
}

let asked = 0;

type Answer = { readonly status: number; readonly retryAfter: string | null; readonly saidBy: string | null };

async function ask({ url }: Product, model: string, headers: object = {}): Promise<Answer> {
  const messages = [{ role: 'user', content: `question ${++asked}` }];
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, stream: true, messages }),
  });
  const saidBy = /said by (\w+)/.exec(await response.text())?.[1] ?? null;
  return { status: response.status, retryAfter: response.headers.get('retry-after'), saidBy };
}

function askAll(on: Product, models: readonly string[], atOnce: number): Promise<readonly Answer[]> {
  return inTurns(models, atOnce, (model) => ask(on, model));
}

const times = (count: number, model: string): readonly string[] => Array.from({ length: count }, () => model);

/** Calls of an upstream model since the count `from`. */
function callsOf(model: string, from: number): readonly HeldCall[] {
  return upstream.calls.slice(from).filter((call) => call.body.model === model);
}

/** The call that carries this question, as soon as it is there. */
async function callWith(content: string, from: number): Promise<HeldCall> {
  for (let at = from; ; at++) {
    const call = await upstream.call(at);
    if (JSON.stringify(call.body.messages).includes(`"${content}"`)) return call;
  }
}

type Shown = { readonly state: string; readonly calls: number; readonly error_rate: number };

async function shownOf({ url }: Product, model: string): Promise<Shown | undefined> {
  const response = await fetch(`${url}/v1/upstreams`);
  const { data } = (await response.json()) as {
    readonly data: readonly (Shown & { readonly model: string })[];
  };
  return data.find((shown) => shown.model === model);
}

/** Asks for `a` until a call of it leaves, while its breaker is not closed. The call is not answered yet, nor is who asked. */
async function probeOf(on: Product): Promise<{ readonly probe: HeldCall; readonly asking: Promise<Answer> }> {
  const out = Promise.withResolvers<HeldCall>();
  players = { ...players, a: out.resolve };
  for (;;) {
    const asking = ask(on, 'a');
    const first = await Promise.race([asking, out.promise]);
    if (first instanceof HeldCall) return { probe: first, asking };
  }
}

const saidBy = (answers: readonly Answer[]): readonly (string | null)[] => [
  ...new Set(answers.map((answer) => answer.saidBy)),
];

async function stateOf(on: Product, model: string): Promise<string | undefined> {
  return (await shownOf(on, model))?.state;
}

describe.each(['edge', 'cloud'])('while a model of tier %s and its fallback are down', (tier) => {
  it.each([
    ['with breakers', true],
    ['by the retry budget alone', false],
  ])(`${IN_A_STORM} requests make at most ${MAX_CALLS} upstream calls (%s)`, async (_, breaker) => {
    const on = await deploy(tier, { breaker });
    players = { a: isDown, b: isDown };
    const from = upstream.calls.length;
    const atOnce = await askAll(on, times(IN_A_STORM / 2, 'a'), AT_ONCE);
    const inARow = await askAll(on, times(IN_A_STORM / 2, 'a'), 1);
    const calls = upstream.calls.length - from;
    expect(new Set([...atOnce, ...inARow].map(({ status }) => status))).toEqual(new Set([502]));
    expect(calls).toBeLessThanOrEqual(MAX_CALLS);
  });
});

describe.each(['edge', 'cloud'])('a model of tier %s that is down, with a healthy fallback', (tier) => {
  it(
    'is left alone within two seconds, probed by one call at a time, and used again once it is back',
    async () => {
      const on = await deploy(tier, {});
      const from = upstream.calls.length;
      expect(saidBy(await askAll(on, times(20, 'a'), 4))).toEqual(['a']);

      players = { a: isDown };
      const others = askAll(on, times(IN_A_STORM / 4, 'c'), 2);
      const stormMs = performance.now();
      const storm = askAll(on, times(IN_A_STORM / 4, 'a'), AT_ONCE / 4);
      await expect.poll(() => stateOf(on, 'a'), { interval: 20, timeout: STORM_MS }).not.toBe('closed');
      const openedMs = performance.now() - stormMs;
      const inStorm = await storm;
      expect(openedMs).toBeLessThan(OPENS_WITHIN_MS);
      expect(saidBy(inStorm)).toContain('b');

      const first = await probeOf(on);
      const probes = callsOf('a', from).length;
      expect(saidBy(await askAll(on, times(AT_ONCE, 'a'), 4))).toEqual(['b']);
      expect(callsOf('a', from)).toHaveLength(probes);
      first.probe.refuse(503);
      expect((await first.asking).saidBy).toBe('b');
      expect(await stateOf(on, 'a')).toBe('open');

      const second = await probeOf(on);
      expect(await stateOf(on, 'a')).toBe('half_open');
      answersWell(second.probe);
      expect((await second.asking).saidBy).toBe('a');
      expect(await stateOf(on, 'a')).toBe('closed');
      players = {};
      expect(saidBy(await askAll(on, times(20, 'a'), 4))).toEqual(['a']);

      expect(saidBy(await others)).toEqual(['c']);
      expect(callsOf('c', from)).toHaveLength(IN_A_STORM / 4);
      expect(await shownOf(on, 'c')).toMatchObject({ state: 'closed', error_rate: 0 });
    },
    STORM_MS,
  );
});

it(`${ABORTS} clients that leave before the first token say nothing against the model`, async () => {
  const on = await deploy('cloud', {}, { head_hold_ms: 100, heartbeat_ms: 200, connect_ms: 60_000 });
  expect((await ask(on, 'a')).saidBy).toBe('a');
  players = { a: () => undefined };
  const before = upstream.calls.length;
  const ways: readonly Leaving[] = ['stop', 'reset', 'fin'];
  const leaving = Array.from({ length: ABORTS }, (_, at) => ({ at, how: ways[at % ways.length] ?? 'stop' }));
  await inTurns(leaving, 10, async ({ at, how }) => {
    const client = new LeavingClient(on, 'a', `leaves ${at}`);
    const call = await callWith(`leaves ${at}`, before);
    if (how === 'stop') await client.headSeen();
    await client.leave(how);
    expect(await call.closed).toBe('peer');
  });
  expect(await shownOf(on, 'a')).toMatchObject({ state: 'closed', calls: 1, error_rate: 0 });
  players = {};
  expect((await ask(on, 'a')).saidBy).toBe('a');
});

describe.each(['true', 'false'])(
  'a model without a fallback that asks to wait (resumable: %s)',
  (resumable) => {
    const headers = { 'x-edgeways-resumable': resumable };
    const ALONE = { fallbacks: { a: [] } };

    it('is asked once more when that time is over, and the client has its answer', async () => {
      const on = await deploy('cloud', ALONE);
      const askedMs: number[] = [];
      players = {
        a: (call) => {
          if (askedMs.push(performance.now()) === 1) call.refuse(429, {}, { 'retry-after': '1' });
          else answersWell(call);
        },
      };
      expect(await ask(on, 'a', headers)).toEqual({ status: 200, retryAfter: null, saidBy: 'a' });
      const [first = 0, second = 0] = askedMs;
      expect(askedMs).toHaveLength(2);
      expect(second - first).toBeGreaterThanOrEqual(1000);
    });

    it('is not waited for longer than a head is held: the client is told when to come back', async () => {
      const on = await deploy('cloud', ALONE);
      players = { a: (call) => call.refuse(429, {}, { 'retry-after': '60' }) };
      const from = upstream.calls.length;
      expect(await ask(on, 'a', headers)).toEqual({ status: 503, retryAfter: '60', saidBy: null });
      expect(callsOf('a', from)).toHaveLength(1);
    });

    it('is not asked at all while its breaker is open', async () => {
      const on = await deploy('cloud', ALONE);
      players = { a: (call) => call.refuse(503, {}, { 'retry-after': '30' }) };
      await askAll(on, times(3, 'a'), 1);
      const from = upstream.calls.length;
      const { status, retryAfter } = await ask(on, 'a', headers);
      expect([status, Number(retryAfter) > 20 && Number(retryAfter) <= 30]).toEqual([502, true]);
      expect(callsOf('a', from)).toHaveLength(0);
    });
  },
);

it('a retry that waited does not go to a model whose breaker has opened since', async () => {
  const on = await deploy('cloud', { fallbacks: { a: [] }, retry_ratio: 1 });
  players = { a: (call) => call.refuse(429, {}, { 'retry-after': '1' }) };
  const from = upstream.calls.length;
  await askAll(on, times(10, 'a'), 10);
  // Each was asked once; of those that waited, one is the probe.
  expect(callsOf('a', from).length).toBeLessThanOrEqual(10 + 1);
});
