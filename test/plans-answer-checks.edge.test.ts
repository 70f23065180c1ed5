// The promise: what POST /v1/route announces of a check is what is then planned, everything it may cost is reserved,
// and a plan carries neither a key nor a header of the client to the object that runs it.

import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import type { LeaseRequest, Plan } from '../protocol/plan.ts';
import { app } from '../worker/app.ts';

const SECRETS = {
  OPENAI_API_KEY: 'sk-only-for-tests-cloud',
  EDGE_API_KEY: 'sk-only-for-tests-edge',
  OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
  EDGE_BASE_URL: 'http://127.0.0.1:9/v1',
};

const EDGE = {
  id: 'small',
  tier: 'edge',
  provider: 'openai',
  endpoint: 'edge',
  upstream_model: 'small-upstream',
  context_tokens: 128_000,
  max_output_tokens: 500,
  price: { input_usd_per_mtok: 0.1, output_usd_per_mtok: 1 },
};

const CONFIG = {
  models: [
    EDGE,
    { ...EDGE, id: 'second', max_output_tokens: 300 },
    { ...EDGE, id: 'large', tier: 'cloud', endpoint: 'cloud', max_output_tokens: 2000 },
  ],
  routing: { threshold: 0.5, answer_check: { band: 0.5, second_opinion: 'second' } },
};

const BODY = { model: 'auto', messages: [{ role: 'user', content: 'How many apples are six times seven?' }] };

type Told = {
  readonly answer_check: { readonly mode: string; readonly escalates_to: string } | null;
  readonly estimated_cost_usd: number;
  readonly arms: readonly { readonly estimated_cost_usd: number }[];
  readonly estimated_tokens: { readonly input: number };
};

type Taken = { readonly plans: Plan[]; readonly leases: LeaseRequest[] };

/** Bindings whose tenants grant every lease and whose conversations take every plan and answer nothing. */
function bindings(taken: Taken, changes: object = {}): object {
  const conversation = {
    fetch: (_url: string, init: { readonly body: string }) => {
      taken.plans.push(JSON.parse(init.body) as Plan);
      return Promise.resolve(new Response('', { headers: { 'content-type': 'text/event-stream' } }));
    },
  };
  const tenant = {
    admit: (lease: LeaseRequest) => {
      taken.leases.push(lease);
      return Promise.resolve({ type: 'granted', headroom: 9 });
    },
  };
  return {
    ...env,
    ...SECRETS,
    EDGEWAYS_CONFIG: JSON.stringify(CONFIG),
    CONVERSATIONS: { idFromName: () => '', get: () => conversation },
    TENANTS: { idFromName: () => '', get: () => tenant },
    ...changes,
  };
}

async function send(path: string, bound: object, headers: Record<string, string> = {}): Promise<Response> {
  const request = new Request(`http://localhost${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', host: 'localhost', ...headers },
    body: JSON.stringify({ ...BODY, stream: true }),
  });
  const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };
  return app.fetch(request, bound, context);
}

it.each(['prefix', 'full'])('a check is announced, planned and reserved alike (%s)', async (mode) => {
  const taken: Taken = { plans: [], leases: [] };
  const bound = bindings(taken);
  const headers = { 'x-edgeways-answer-check': mode };
  const told = await (await send('/v1/route', bound, headers)).json<Told>();
  await send('/v1/chat/completions', bound, headers);
  const check = taken.plans[0]?.answerCheck ?? null;
  const [edge = 0, cloud = 0] = told.arms.map((arm) => arm.estimated_cost_usd);
  const input = told.estimated_tokens.input;
  expect({
    announced: told.answer_check,
    planned: [check?.mode, check?.opinion?.model, check?.escalation.maxOutputTokens],
    reserved: taken.leases.map(({ estimatedTokens }) => estimatedTokens),
    costsMoreThanBoth: told.estimated_cost_usd > edge + cloud,
  }).toEqual({
    announced: { mode, escalates_to: 'large' },
    planned: [mode, mode === 'full' ? 'second' : undefined, 2000],
    reserved: [mode === 'full' ? 3 * input + 500 + 300 + 2000 : 2 * input + 500 + 2000],
    costsMoreThanBoth: true,
  });
});

it('nothing is announced or planned where no cloud could take over', async () => {
  const taken: Taken = { plans: [], leases: [] };
  const bound = bindings(taken, { OPENAI_API_KEY: '', OPENAI_BASE_URL: '', LOCAL_CLOUD: undefined });
  const told = await (await send('/v1/route', bound)).json<Told>();
  await send('/v1/chat/completions', bound);
  expect([told.answer_check, taken.plans.map(({ answerCheck }) => answerCheck)]).toEqual([null, [null]]);
});

it('a plan carries no key and no header', async () => {
  const taken: Taken = { plans: [], leases: [] };
  const headers = { authorization: 'Bearer ek_secret_of_a_client', cookie: 'session=private' };
  await send('/v1/chat/completions', bindings(taken), headers);
  const own: unknown = Reflect.get(env, 'EDGEWAYS_SECRET');
  const secrets = [
    SECRETS.OPENAI_API_KEY,
    SECRETS.EDGE_API_KEY,
    'ek_secret_of_a_client',
    'private',
    String(own),
  ];
  const text = JSON.stringify(taken.plans);
  expect([taken.plans.length, secrets.filter((secret) => text.includes(secret))]).toEqual([1, []]);
});
