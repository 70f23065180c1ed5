// An answer that nobody keeps is kept alive all the same: other models stand in before its first word and after it.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startProduct, testModels, type Product } from './support/product.ts';
import { readSse } from './support/read-sse.ts';
import { refuses, says, startScriptedTiers, type ScriptedTiers } from './support/scripted-tiers.ts';

const [, LARGE] = testModels;
const OTHER = { ...LARGE, id: 'other', upstream_model: 'other-upstream' };
const FAILOVER = { fallbacks: { large: ['other'] }, max_calls: 2, retry_ratio: 1, breaker: false };

let tiers: ScriptedTiers;
let product: Product;

beforeAll(async () => {
  tiers = await startScriptedTiers();
  const vars = { OPENAI_BASE_URL: tiers.upstream.url, EDGE_BASE_URL: tiers.upstream.url };
  product = await startProduct({
    vars,
    config: { models: [...testModels, OTHER], failover: FAILOVER },
  });
});

afterAll(async () => {
  await product.dispose();
  await tiers.upstream.dispose();
});

beforeEach(() => tiers.script({}));

async function ask(stream: boolean): Promise<Response> {
  return fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-edgeways-resumable': 'false' },
    body: JSON.stringify({ model: 'large', stream, messages: [{ role: 'user', content: 'Hi' }] }),
  });
}

describe.each([
  ['a stream', true],
  ['a whole answer', false],
])('%s without a log', (_how, stream) => {
  it('names the model that answers when the first one fails', async () => {
    tiers.script({ 'large-upstream': refuses(500), 'other-upstream': says('Hello from the other one.') });
    const response = await ask(stream);
    const text = await response.text();
    expect([
      response.status,
      response.headers.get('x-edgeways-model'),
      response.headers.get('x-edgeways-reason')?.startsWith('failover:large'),
      text.includes('"model":"other"'),
    ]).toEqual([200, 'other', true, true]);
  });

  it('is a real status when all of them fail', async () => {
    tiers.script({ 'large-upstream': refuses(500), 'other-upstream': refuses(500) });
    const response = await ask(stream);
    const body = (await response.json()) as { readonly error: { readonly code: string } };
    expect([response.status, body.error.code, tiers.asked().length]).toEqual([502, 'upstream_failed', 2]);
  });
});

it('a stream without a log goes on with the other model when it is lost', async () => {
  tiers.script({
    'large-upstream': (call) => {
      call.text('one two three four five ');
      call.reset();
    },
    'other-upstream': says('one two three four five six seven.'),
  });
  const reading = readSse(await ask(true));
  expect(await reading.end).toBe('clean');
  const texts = reading.events
    .filter(({ data }) => data !== '[DONE]')
    .map(({ data }) => JSON.parse(data) as { choices: { delta: { content?: string } }[]; model: string });
  expect([texts.map(({ choices }) => choices[0]?.delta.content ?? '').join(''), texts.at(-1)?.model]).toEqual(
    ['one two three four five six seven.', 'other'],
  );
});
