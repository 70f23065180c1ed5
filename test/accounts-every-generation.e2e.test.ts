// The promise: what an operator sees is what happened. Thousands of generations of every kind go through the running
// product; their clients and their upstream know what became of them, and every total must be exactly that. Then the
// process is killed in the middle, and nothing is counted twice.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTurns } from './support/in-turns.ts';
import {
  failuresOf,
  isEscalated,
  KNOWN_MODELS,
  moneyOf,
  quantileOf,
  streamOf,
  totalsOf,
  type Truth,
} from './support/known-truth.ts';
import * as answered from './support/known-answers.ts';
import * as ended from './support/known-endings.ts';
import type { Kind, Stage } from './support/known-question.ts';
import * as read from './support/known-readers.ts';
import { answers, NumberedUpstream, questionOf } from './support/numbered-upstream.ts';
import { startProduct, type Product } from './support/product.ts';
import { seededRandom } from '../classifier/train/seeded-random.ts';

const GENERATIONS = Number(process.env['ACCOUNTED_GENERATIONS'] ?? 5_000);
const AT_ONCE = 40;

/** Beyond any machine's need; the traffic itself has no clock. */
const SENDING_MS = 900_000;

const KEYS = { ann: 'key-of-ann', bob: 'key-of-bob', eve: 'key-of-eve' };
const TENANTS = Object.keys(KEYS);
const OPERATOR_KEY = 'key-of-the-operator';

/** Of a hundred generations. */
const MIX: readonly (readonly [number, Kind])[] = [
  [40, answered.streamed],
  [9, answered.whole],
  [8, answered.direct],
  [8, answered.routed],
  [5, ended.stopped],
  [4, ended.left],
  [1, ended.leftDirect],
  [4, ended.failed],
  [1, ended.empty],
  [2, ended.lost],
  [3, answered.failedOver],
  [2, answered.continued],
  [3, answered.escalated],
  [3, answered.checked],
  [2, answered.repeated],
  [2, read.reconnected],
  [3, read.followed],
];

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

let upstream: NumberedUpstream;
let product: Product;
let stage: Stage;
let truths: readonly Truth[] = [];

beforeAll(async () => {
  upstream = await NumberedUpstream.start();
  const unlimited = {
    concurrent_streams: 1_000,
    streams_per_address: null,
    requests_per_minute: null,
    tokens_per_minute: null,
  };
  product = await startProduct({
    vars: { OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url, EDGEWAYS_ENV: 'production' },
    config: {
      models: KNOWN_MODELS,
      tenants: Object.entries(KEYS).map(([id, key]) => ({ id, key_sha256: [hashOf(key)] })),
      operators: [{ id: 'ops', key_sha256: [hashOf(OPERATOR_KEY)] }],
      limits: unlimited,
      // A heartbeat finds out that a silent reader has left. No slowness of this machine may pass for a failure.
      timeouts: { heartbeat_ms: 250, connect_ms: 60_000, first_content_ms: 60_000, head_hold_ms: 60_000 },
      // Every probability is within half of a half, so that whoever leaves the tier open gets a draft that is checked.
      routing: { threshold: 0.5, answer_check: { band: 0.5, budget_ms: 20_000 } },
      failover: {
        fallbacks: { small: ['other'], large: ['other'], other: [], alone: [] },
        breaker: false,
        retry_ratio: 1,
      },
    },
  });
  const known = { url: product.url, upstream, keys: KEYS, operatorKey: OPERATOR_KEY };
  stage = { ...known, estimatedInput: await learnEstimate() };
  truths = await sendEverything();
}, SENDING_MS);

afterAll(async () => {
  await product.dispose();
  await upstream.dispose();
});

/** Of a model server that tells no usage, the client is told our estimate. Refused by no quota, it is counted as well. */
async function learnEstimate(): Promise<number> {
  const number = 100_000;
  upstream.expect(number, answers(['A word.'], null));
  const response = await fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEYS.ann}` },
    body: JSON.stringify({ model: 'other', messages: [{ role: 'user', content: questionOf(number) }] }),
  });
  const { usage } = (await response.json()) as { readonly usage: { readonly prompt_tokens: number } };
  return usage.prompt_tokens;
}

async function sendEverything(): Promise<readonly Truth[]> {
  const random = seededRandom(7);
  const kinds = MIX.flatMap(([share, kind]) => Array.from({ length: share }, () => kind));
  const list = Array.from({ length: GENERATIONS }, (_none, at) => ({
    kind: kinds[Math.floor(random() * kinds.length)] ?? answered.streamed,
    question: { stage, number: 100_001 + at, tenant: TENANTS[at % TENANTS.length] ?? '' },
  }));
  const found = await inTurns(list, AT_ONCE, ({ kind, question }) => kind(question));
  const first: Truth = {
    id: null,
    tenant: 'ann',
    model: 'other',
    chunking: 'whole',
    outcome: 'completed',
    failure: null,
    isCached: false,
    check: null,
    failovers: 0,
    continuations: 0,
    usage: { input: stage.estimatedInput, output: 2, cached: 0 },
    calls: [{ model: 'other', usage: { input: stage.estimatedInput, output: 2, cached: 0 } }],
    reconnects: 0,
    followers: 0,
    ttftMs: undefined,
    delayMs: 0,
  };
  return [first, ...found.flat()];
}

async function analytics<Body>(path: string): Promise<Body> {
  const headers = { authorization: `Bearer ${OPERATOR_KEY}` };
  const response = await fetch(`${product.url}/v1/analytics/${path}`, { headers });
  const body: unknown = await response.json();
  if (response.status !== 200) throw new Error(`${response.status}: ${JSON.stringify(body)}`);
  return body as Body; // the test's own view of it
}

type Distribution = { readonly count: number } & Readonly<Record<`p${5 | 50 | 95 | 99}`, number>>;
type Totals = { readonly requests: number; readonly ttft_ms: Distribution } & Readonly<
  Record<string, unknown>
>;
type Summary = {
  readonly totals: Totals;
  readonly groups: readonly (Totals & { readonly group: string })[] | null;
};

const HOUR = 'range=1h';

/** Records are told after the end of an answer, when its client is gone already. */
async function counted(): Promise<Summary> {
  for (let attempt = 0; ; attempt++) {
    const summary = await analytics<Summary>(`summary?${HOUR}`);
    if (summary.totals.requests >= truths.length || attempt > 200) return summary;
  }
}

describe('what operators see of thousands of generations', () => {
  it('is every one of them, once, with its outcome, tokens and money', async () => {
    const { totals } = await counted();
    expect(totals).toMatchObject(totalsOf(truths));
  });

  it.each(['tenant', 'tier', 'model', 'chunking'] as const)('is exact for each %s', async (name) => {
    const { groups } = await analytics<Summary>(`summary?${HOUR}&group_by=${name}`);
    const byGroup = Map.groupBy(truths, (truth) => (streamOf(truth) as Record<string, string>)[name] ?? '');
    for (const { group, ...totals } of groups ?? [])
      expect({ group, ...totals }).toMatchObject({ group, ...totalsOf(byGroup.get(group) ?? []) });
    expect(new Set(groups?.map(({ group }) => group))).toEqual(new Set(byGroup.keys()));
  });

  it('names why they failed, model by model', async () => {
    const { models } = await analytics<{ readonly models: readonly ModelTold[] }>(`models?${HOUR}`);
    const byModel = Map.groupBy(truths, ({ model }) => model);
    const told = models.map(({ model, requests, failures }) => [
      model,
      { requests, failures: new Set(failures.map((failure) => JSON.stringify(failure))) },
    ]);
    const known = Array.from(byModel, ([model, found]) => [
      model,
      { requests: found.length, failures: new Set(failuresOf(found).map((one) => JSON.stringify(one))) },
    ]);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(known));
  });

  it('tells what was checked, what was replaced, and what that cost', async () => {
    const routes = await analytics<Routes>(`routes?${HOUR}`);
    const count = (holds: (truth: Truth) => boolean): number => truths.filter(holds).length;
    const escalated = truths.filter(isEscalated);
    const hiddenNano = escalated.reduce((sum, truth) => sum + moneyOf(truth).hidden, 0);
    expect(routes).toMatchObject({
      requests: truths.length,
      checks: { checked: count(({ check }) => check !== null), bad: count(({ check }) => check === 'bad') },
      escalations: { count: escalated.length, hidden_usd: hiddenNano / 1e9 },
    });
    expect(routes.stages.reduce((sum, { requests }) => sum + requests, 0)).toBe(truths.length);
  });

  it('lists the newest of them as their clients know them', async () => {
    const { data } = await analytics<{ readonly data: readonly StreamTold[] }>('streams?limit=1000');
    const byId = new Map(truths.map((truth) => [truth.id, truth]));
    const known = data.flatMap((stream) => {
      const truth = byId.get(stream.id);
      return truth === undefined ? [] : [{ stream, truth }];
    });
    // The others failed before their clients were told an id.
    expect(known.length).toBeGreaterThan(0.9 * Math.min(1_000, truths.length));
    expect(new Set(data.map(({ id }) => id)).size).toBe(data.length);
    const told = known.map(({ stream }) => ({ ...stream, ...roundedMoney(stream) }));
    expect(told).toMatchObject(known.map(({ truth }) => streamOf(truth)));
    // The client is told what was measured where the answer is decoded; the record, where it is logged in the same turn.
    const gapsMs = known.map(({ stream, truth }) =>
      typeof truth.ttftMs === 'number' ? Math.abs((stream.ttft_ms ?? Infinity) - truth.ttftMs) : 0,
    );
    expect(Math.max(...gapsMs)).toBeLessThanOrEqual(1);
  });

  it.each(['small', 'large', 'other'] as const)(
    'has percentiles of the first token of %s within 3 % of what each answer told',
    async (model) => {
      const { totals } = await analytics<Summary>(
        `summary?${HOUR}&model=${model}&chunking=batched,strict&percentiles=5,50,95,99`,
      );
      const asked = truths.filter(
        (truth) => truth.model === model && (truth.chunking === 'batched' || truth.chunking === 'strict'),
      );
      const told = asked.flatMap(({ ttftMs }) => (typeof ttftMs === 'number' ? [ttftMs] : []));
      const delays = asked.map(({ delayMs }) => delayMs);
      expect(totals.ttft_ms.count).toBe(told.length);
      for (const p of [5, 50, 95, 99] as const) {
        const truth = quantileOf(told, p / 100);
        const found = totals.ttft_ms[`p${p}`];
        expect(Math.abs(found - truth), `p${p}: ${found} for ${truth}`).toBeLessThanOrEqual(
          Math.max(1, 0.03 * truth),
        );
        expect(found).toBeGreaterThanOrEqual(0.97 * quantileOf(delays, p / 100) - 1);
      }
    },
  );
});

type ModelTold = {
  readonly model: string;
  readonly requests: number;
  readonly failures: readonly { readonly code: string; readonly count: number }[];
};

type Routes = { readonly stages: readonly { readonly requests: number }[] };

type StreamTold = {
  readonly id: string;
  readonly cost_usd: number;
  readonly hidden_usd: number;
  readonly all_cloud_usd: number;
  readonly ttft_ms: number | null;
};

/** Single records tell money as it was computed, in fractions of a billionth. */
function roundedMoney({ cost_usd, hidden_usd, all_cloud_usd }: StreamTold): object {
  const rounded = (usd: number): number => Math.round(usd * 1e9) / 1e9;
  return {
    cost_usd: rounded(cost_usd),
    hidden_usd: rounded(hidden_usd),
    all_cloud_usd: rounded(all_cloud_usd),
  };
}
