// What cannot work is said before anybody is called: a configuration that names what does not exist, and a request that
// the provider of its model has no words for.

import { afterAll, describe, expect, it } from 'vitest';
import { startHeldUpstream } from './support/held-upstream.ts';
import { startProduct, testModels, type Product } from './support/product.ts';

const products: Product[] = [];

afterAll(async () => {
  for (const product of products) await product.dispose();
});

type Answer = { readonly status: number; readonly code: string; readonly message: string };

const HELLO = [{ role: 'user', content: 'Hi' }];

async function asked(options: object, model: string, messages: readonly object[] = HELLO): Promise<Answer> {
  const product = await startProduct(options);
  products.push(product);
  const response = await fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages }),
  });
  const { error } = (await response.json()) as {
    readonly error: { readonly code: string; readonly message: string };
  };
  return { status: response.status, code: error.code, message: error.message };
}

const [SMALL, LARGE] = testModels;

describe('a deployment does not serve', () => {
  it.each([
    [
      'a provider that does not exist',
      { provider: 'nobody' },
      {},
      /models\[1\]\.provider: no provider "nobody"/,
    ],
    [
      'a flavour that its provider does not know',
      { provider: 'openai-compatible', endpoint: 'own' },
      { endpoints: { own: { base_url: 'http://127.0.0.1:9/v1', flavour: 'strange' } } },
      /endpoints\.own\.flavour: no flavour "strange"\. Known to openai-compatible: .*vllm/,
    ],
    [
      'a model whose name cannot stand in an address',
      { provider: 'gemini', upstream_model: 'a/../b' },
      {},
      /models\[1\]\.upstream_model: no model of gemini is called so/,
    ],
  ])('%s, and says where it stands', async (_what, model, rest, sentence) => {
    const config = { models: [SMALL, { ...LARGE, ...model }], ...rest };
    const answer = await asked({ config }, 'large');
    expect([answer.status, answer.code]).toEqual([503, 'not_configured']);
    expect(answer.message).toMatch(sentence);
  });

  it('a model whose key is missing, and names the key', async () => {
    const answer = await asked({ config: { models: [SMALL, { ...LARGE, provider: 'anthropic' }] } }, 'large');
    expect([answer.status, answer.code]).toEqual([503, 'not_configured']);
    expect(answer.message).toContain('ANTHROPIC_API_KEY');
  });
});

it('a request that the provider of its model cannot express is refused, and nobody is called', async () => {
  const upstream = await startHeldUpstream();
  const audio = { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } };
  const vars = { ANTHROPIC_API_KEY: 'only-for-tests', ANTHROPIC_BASE_URL: upstream.url };
  const config = { models: [SMALL, { ...LARGE, provider: 'anthropic' }] };
  const answer = await asked({ vars, config }, 'large', [{ role: 'user', content: [audio] }]);
  expect([answer.status, answer.code, upstream.calls.length]).toEqual([400, 'unsupported_capability', 0]);
  expect(answer.message).toMatch(/'large' does not support parts other than text/);
  await upstream.dispose();
});
