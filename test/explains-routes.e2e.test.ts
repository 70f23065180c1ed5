// Why a request was routed as it was, told everywhere alike; and what settings of the request and the deployment do to
// its route, over real HTTP.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProduct, testModels, type Product } from './support/product.ts';
import { fetchSse } from './support/read-sse.ts';
import { rule } from './support/route-question.ts';
import { says, startScriptedTiers, type ScriptedTiers } from './support/scripted-tiers.ts';

const EDGE = 'small-upstream';
const CLOUD = 'large-upstream';

let tiers: ScriptedTiers;
let product: Product;

beforeAll(async () => {
  tiers = await startScriptedTiers();
  const vars = { OPENAI_BASE_URL: tiers.upstream.url, EDGE_BASE_URL: tiers.upstream.url };
  const config = {
    models: testModels,
    routing: {
      rules: [
        rule('ward', { contains_any: ['patient'] }, { data_locality: 'edge-only' }),
        rule('team', { metadata: { team: 'night' } }, { tier: 'cloud' }),
        rule('law', { contains_any: ['contract'], whole_words: true }, { tier: 'cloud' }),
      ],
    },
  };
  product = await startProduct({ vars, config });
});

afterAll(async () => {
  await product.dispose();
  await tiers.upstream.dispose();
});

function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(product.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

function asked(content: string, more: object = {}): object {
  return { model: 'auto', messages: [{ role: 'user', content }], ...more };
}

type Told = Readonly<Record<string, unknown>> & {
  readonly tier: string;
  readonly stage: string;
  readonly probability: number | null;
  readonly threshold: number;
  readonly signals: readonly { readonly name: string; readonly weight: number }[];
  readonly policy_version: string;
  readonly propensity: number;
  readonly counterfactual: string;
};

/** `key=value` of the header, the bare reasons left out. */
function facts(header: string): Map<string, string> {
  const parts = header.split('; ').flatMap((part) => {
    const at = part.indexOf('=');
    return /^[a-z_]+=/.test(part) ? [[part.slice(0, at), part.slice(at + 1)] as const] : [];
  });
  return new Map(parts);
}

describe('a decision', () => {
  it.each([
    'Hi there, how are you?',
    'Prove that every bounded monotone sequence of reals converges.',
    'Please look over this contract for me.',
  ])('is told alike by the header, the route event and POST /v1/route', async (text) => {
    tiers.script({ [EDGE]: says('Well.'), [CLOUD]: says('Well.') });
    const off = { 'x-edgeways-answer-check': 'off' };
    const explained = (await (await post('/v1/route', asked(text), off)).json()) as Told;
    const response = await post('/v1/chat/completions', asked(text), off);
    await response.json();
    const streamId = response.headers.get('x-edgeways-stream') ?? '';
    const replay = await fetchSse(`${product.url}/v1/streams/${streamId}?format=typed`);
    await replay.end;
    const event = JSON.parse(replay.events[0]?.data ?? '{}') as Told;
    const header = facts(response.headers.get('x-edgeways-reason') ?? '');
    const {
      type: _type,
      answer_check: _check,
      ...told
    } = event as Told & { type: string; answer_check: unknown };
    expect(explained).toMatchObject(told);
    expect({
      stage: header.get('stage'),
      policy: header.get('policy'),
      propensity: Number(header.get('propensity')),
      signals:
        header
          .get('signals')
          ?.split(',')
          .map((signal) => Number(signal.split(':')[1])) ?? [],
      probability: header.has('p') ? Number(header.get('p')) : null,
      because: header.get('if'),
    }).toEqual({
      stage: told.stage,
      policy: told.policy_version,
      propensity: told.propensity,
      signals: told.signals.map(({ weight }) => Number(weight.toFixed(4))),
      probability: told.probability === null ? null : Number(told.probability.toFixed(4)),
      because: `"${told.counterfactual}"`,
    });
  });

  it('changes its version when what decides changes, and not when it is asked again', async () => {
    const versionOf = async (url: string): Promise<unknown> => {
      const response = await fetch(`${url}/v1/route`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(asked('Hi')),
      });
      return ((await response.json()) as Told).policy_version;
    };
    const other = await startProduct({ config: { models: testModels, routing: { threshold: 0.7 } } });
    try {
      const [first, again, changed] = [
        await versionOf(product.url),
        await versionOf(product.url),
        await versionOf(other.url),
      ];
      expect([first === again, first === changed]).toEqual([true, false]);
    } finally {
      await other.dispose();
    }
  });
});

describe('a rule', () => {
  it('finds the labels that the request carries, which no upstream sees', async () => {
    tiers.script({ [CLOUD]: says('Well.') });
    const response = await post('/v1/chat/completions', asked('Hi', { metadata: { team: 'night' } }));
    await response.json();
    const { body } = tiers.upstream.calls.at(-1) ?? {};
    expect([response.headers.get('x-edgeways-reason'), body?.['metadata']]).toEqual([
      expect.stringMatching(/^rule:team; stage=rule; .*rule=team; /),
      undefined,
    ]);
  });
});

describe('an edge-only request', () => {
  it.each([
    ['the header', asked('Prove the prime number theorem.'), { 'x-edgeways-data-locality': 'edge-only' }],
    ['a rule', asked('Prove the prime number theorem to my patient.'), {}],
  ] as const)('reaches no cloud model, whatever asks for it', async (_how, body, headers) => {
    tiers.script({ [EDGE]: says('Well.') });
    const response = await post('/v1/chat/completions', body, headers);
    await response.json();
    const named = await post('/v1/chat/completions', { ...body, model: 'cloud' }, headers);
    const { error } = (await named.json()) as { error: { code: string } };
    expect([
      response.status,
      response.headers.get('x-edgeways-route'),
      named.status,
      error.code,
      tiers.asked(),
    ]).toEqual([200, 'edge', 403, 'data_locality', [EDGE]]);
  });
});

describe('a ceiling', () => {
  it('takes the arm away that is too expensive, and refuses what nothing can serve', async () => {
    const hard = asked('Prove the prime number theorem.', { max_tokens: 1000 });
    const cheap = await post('/v1/route', hard, { 'x-edgeways-max-usd': '0.000001' });
    const { error } = (await cheap.json()) as { error: { code: string; message: string } };
    expect([cheap.status, error.code, error.message]).toEqual([
      402,
      'over_budget',
      expect.stringContaining('0.000001 USD'),
    ]);
  });

  it.each([
    ['x-edgeways-max-usd', 'plenty'],
    ['x-edgeways-max-usd', '1e3'],
    ['x-edgeways-data-locality', 'moon'],
    ['x-edgeways-answer-check', 'yes'],
  ])('and its neighbours are refused when misspelt: %s: %s', async (name, value) => {
    const response = await post('/v1/chat/completions', asked('Hi'), { [name]: value });
    const { error } = (await response.json()) as { error: { param: string } };
    expect([response.status, error.param]).toEqual([400, name]);
  });
});

describe('thinking in a history', () => {
  it('that another model made does not reach the upstream', async () => {
    tiers.script({ [EDGE]: says('Well.'), [CLOUD]: says('Well.') });
    const thinking = { type: 'thinking', thinking: 'secret steps', signature: 'abc' };
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [thinking, { type: 'text', text: 'Hello!' }] },
      { role: 'user', content: 'Thanks' },
    ];
    const response = await post('/v1/chat/completions', { model: 'auto', messages });
    await response.json();
    const sent = tiers.upstream.calls.at(-1)?.body.messages;
    expect([response.status, sent]).toEqual([
      200,
      [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello!' },
        { role: 'user', content: 'Thanks' },
      ],
    ]);
  });
});
