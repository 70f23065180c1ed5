// Under the policy `abort` a client that leaves takes every upstream call with it, whatever the router is doing for it
// at that moment. The times are those at which the upstream's own sockets close.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHeldUpstream, type HeldCall, type HeldUpstream } from './support/held-upstream.ts';
import { inTurns } from './support/in-turns.ts';
import { LeavingClient, type Leaving } from './support/leaving-client.ts';
import { startProduct, testModels, type Product } from './support/product.ts';
import { Random } from './support/replay-random.ts';

/** From a stop, a reset, or the first write after a polite close, to the upstream's socket being closed. */
const CLOSED_WITHIN_MS = 250;

const HEARTBEAT_MS = 200;
/** A heartbeat may be late by a quarter; it is the write that tells of a polite close while nothing else is sent. */
const NEXT_WRITE_MS = HEARTBEAT_MS * 1.25;

/** So short that the client has its head before the upstream has said anything: a stop needs the stream's name. */
const HEAD_HOLD_MS = 100;

/** A question that is answered at once. */
const QUICK = 'quick question';

/** Before a first token can be late the usual time has to be known, and each hedge needs twenty requests of budget. */
const ANSWERS_BEFORE_HEDGES = 100;

const ABORTS = 100;
/** More failovers at once than the retry budget saves up would be refused, and never reach their moment. */
const AT_ONCE = 5;
const SEED = 4;

let upstream: HeldUpstream;
let product: Product;
/** The same, but it holds its head until there is content, and what it is asked first is what the test asks. */
let patient: Product;

beforeAll(async () => {
  upstream = await startHeldUpstream();
  upstream.play((call) => {
    if (call.body.model === 'broken-upstream') call.refuse(503);
    if (JSON.stringify(call.body.messages).includes(QUICK)) answerWell(call);
  });
  product = await startAborting(HEAD_HOLD_MS);
  patient = await startAborting(5000);
  for (let answers = 0; answers < ANSWERS_BEFORE_HEDGES; answers++) await askQuickly(product, 'late');
});

afterAll(async () => {
  await product.dispose();
  await patient.dispose();
  await upstream.dispose();
});

function answerWell(call: HeldCall): void {
  call.text('all of it');
  call.finish();
}

function askQuickly(on: Product, model: string): Promise<void> {
  return new LeavingClient(on, model, `${QUICK} ${++asked}`).until('[DONE]');
}

function startAborting(head_hold_ms: number): Promise<Product> {
  const [small, large] = testModels;
  return startProduct({
    vars: { OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url },
    config: {
      models: [
        small,
        large,
        { ...large, id: 'broken', upstream_model: 'broken-upstream' },
        { ...large, id: 'late', upstream_model: 'late-upstream' },
      ],
      failover: {
        fallbacks: { broken: ['large'], late: ['large'], large: [] },
        hedge: true,
        retry_ratio: 1,
      },
      timeouts: {
        connect_ms: 30_000,
        first_content_ms: 30_000,
        idle_ms: 30_000,
        head_hold_ms,
        heartbeat_ms: HEARTBEAT_MS,
      },
    },
  });
}

let asked = 0;

type Started = {
  readonly client: LeavingClient;
  readonly content: string;
  readonly calls: readonly HeldCall[];
};

/** A moment brings a fresh request to the point at which its client leaves; `calls` are those still open there. */
type Moment = (on: Product) => Promise<Started>;

async function ask(
  on: Product,
  model: string,
  upstreamModel: string | null = 'large-upstream',
): Promise<Started> {
  const started = askOnly(on, model);
  return { ...started, calls: [await callOf(started.content, upstreamModel)] };
}

function askOnly(on: Product, model: string): Started {
  const content = `question ${++asked}`;
  return { client: new LeavingClient(on, model, content), content, calls: [] };
}

/** The call that carries this question, to this model if one is named; others may come at the same time. */
async function callOf(content: string, model: string | null): Promise<HeldCall> {
  for (let at = 0; ; at++) {
    const call = await upstream.call(at);
    const isAsked = model === null || call.body.model === model;
    if (isAsked && JSON.stringify(call.body.messages).includes(`"${content}"`)) return call;
  }
}

/** Here nobody knows which calls are under way, or will be. */
const ANY_MOMENTS: readonly Moment[] = [
  async (on) => askOnly(on, 'large'),
  (on) => ask(on, 'broken', null), // between two candidates, unless the breaker is open by now
  (on) => ask(on, 'late', null), // a hedge may or may not follow
];

const WAITING_FOR_HEAD: Moment = (on) => ask(on, 'large');
const AFTER_FAILOVER: Moment = (on) => ask(on, 'broken');

const MOMENTS: Readonly<Record<string, Moment>> = {
  'waiting for the head': WAITING_FOR_HEAD,
  'waiting for the first content': async (on) => {
    const started = await ask(on, 'large');
    for (const call of started.calls) call.head();
    return started;
  },
  'in mid-answer': async (on) => {
    const started = await ask(on, 'large');
    for (const call of started.calls) call.text('first words');
    await started.client.until('first words');
    return started;
  },
  'after a failover, before content': AFTER_FAILOVER,
  'after a failover, in mid-answer': async (on) => {
    const started = await ask(on, 'broken');
    for (const call of started.calls) call.text('second try');
    await started.client.until('second try');
    return started;
  },
  'during a hedge': async (on) => {
    const started = await ask(on, 'late', 'late-upstream');
    const hedge = await callOf(started.content, 'large-upstream');
    return { ...started, calls: [...started.calls, hedge] };
  },
};

/** When each call was closed by the router, by `performance.now()`. */
function closings(calls: readonly HeldCall[]): Promise<readonly number[]> {
  return Promise.all(
    calls.map(async (call) => {
      expect(await call.closed).toBe('peer');
      return performance.now();
    }),
  );
}

describe.each(Object.entries(MOMENTS))('a client that leaves %s', (_, reach) => {
  it.each<[Leaving, number]>([
    ['stop', CLOSED_WITHIN_MS],
    ['reset', CLOSED_WITHIN_MS],
    ['fin', NEXT_WRITE_MS + CLOSED_WITHIN_MS],
  ])('by %s closes its upstream calls within %i ms', async (how, withinMs) => {
    const { client, calls } = await reach(product);
    await client.headSeen();
    const closing = closings(calls);
    const leftMs = await client.leave(how);
    expect(Math.max(...(await closing)) - leftMs).toBeLessThan(withinMs);
  });
});

it('a polite close in mid-answer is noticed with the next piece of the answer', async () => {
  const { client, calls } = await ask(product, 'large');
  const [call] = calls;
  call?.text('first words');
  await client.until('first words');
  const closing = closings(calls);
  await client.leave('fin');
  const wroteMs = performance.now();
  call?.text('nobody reads this');
  expect(Math.max(...(await closing)) - wroteMs).toBeLessThan(CLOSED_WITHIN_MS);
});

it.each([
  ['waiting for the head', WAITING_FOR_HEAD],
  ['after a failover, before content', AFTER_FAILOVER],
])('a reset before the client has any head closes the upstream call as well (%s)', async (_, reach) => {
  const { client, calls } = await reach(patient);
  const closing = closings(calls);
  const leftMs = await client.leave('reset');
  expect(Math.max(...(await closing)) - leftMs).toBeLessThan(CLOSED_WITHIN_MS);
});

it(`${ABORTS} aborts at random moments leave no upstream call behind`, async () => {
  const random = new Random(SEED);
  const before = upstream.calls.length;
  const { 'during a hedge': _needsBudget, ...certain } = MOMENTS;
  const moments = [...Object.values(certain), ...ANY_MOMENTS];
  const leavings = Array.from({ length: ABORTS }, () => ({
    reach: random.pick(moments),
    how: random.pick<Leaving>(['stop', 'reset', 'fin']),
  }));
  await inTurns(leavings, AT_ONCE, async ({ reach, how }) => {
    const { client } = await reach(product);
    if (how === 'stop') await client.headSeen();
    await client.leave(how);
  });
  // One more answer, to its end: whatever the aborts had still wanted to call has been called by then.
  await askQuickly(product, 'large');
  const all = (): readonly HeldCall[] => upstream.calls.slice(before);
  await expect.poll(() => all().filter((call) => call.isOpen).length, { timeout: 5000 }).toBe(0);
  expect(all().length).toBeGreaterThan(ABORTS / 2);
});
