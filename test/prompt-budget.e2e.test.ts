// The promise: a conversation that no model has room for goes on, from its newest turns, and the answer's head says
// what was left out; who does not want that is told that the request is too long.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHeldUpstream, type HeldUpstream } from './support/held-upstream.ts';
import { startProduct, testModels, type Product } from './support/product.ts';

let upstream: HeldUpstream;
let product: Product;

beforeAll(async () => {
  upstream = await startHeldUpstream();
  upstream.play((call) => {
    call.text('an answer');
    call.finish();
  });
  const models = testModels.map((model) => ({ ...model, context_tokens: 2_000, max_output_tokens: 500 }));
  const [small, large] = models;
  product = await startProduct({
    vars: { OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url },
    config: { models: [small, { ...large, default_max_tokens: 300 }] },
  });
});

afterAll(async () => {
  await product.dispose();
  await upstream.dispose();
});

const OLD = { role: 'user', content: 'words that were said before. '.repeat(100) };
const NOTED = { role: 'assistant', content: 'noted' };
const SYSTEM = { role: 'system', content: 'Be brief.' };
const LAST = { role: 'user', content: 'And now?' };

function ask(messages: readonly object[], headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'cloud', messages }),
  });
}

const FIRST = { ...OLD, content: `First ${OLD.content}` };
const LONG = [SYSTEM, FIRST, NOTED, OLD, NOTED, OLD, NOTED, LAST];

it('a history that is too long reaches the model without its oldest turns, and the head says so', async () => {
  const asked = upstream.next();
  const response = await ask(LONG);
  const { messages } = (await asked).body;
  expect(response.status).toBe(200);
  expect(messages).toEqual([SYSTEM, OLD, NOTED, OLD, NOTED, LAST]);
  expect(response.headers.get('x-edgeways-reason')).toMatch(/; left-out:2 messages, \d+ tokens; /);
});

it('a history that fits reaches the model whole', async () => {
  const asked = upstream.next();
  const response = await ask([SYSTEM, FIRST, NOTED, LAST]);
  expect((await asked).body.messages).toHaveLength(4);
  expect(response.headers.get('x-edgeways-reason')).not.toContain('left-out');
});

it('nothing is left out for who does not want it, and a misspelt wish is refused', async () => {
  const refusals = await Promise.all(
    ['off', 'yes'].map(async (trim) => {
      const response = await ask(LONG, { 'x-edgeways-trim': trim });
      const { error } = (await response.json()) as { error: { code: string; param: string | null } };
      return [response.status, error.code, error.param];
    }),
  );
  expect(refusals).toEqual([
    [400, 'context_too_long', null],
    [400, 'invalid_request', 'x-edgeways-trim'],
  ]);
});

it('a request without a limit gets the model’s own default', async () => {
  const asked = upstream.next();
  await (await ask([LAST])).text();
  const { body } = await asked;
  expect(body['max_completion_tokens'] ?? body['max_tokens']).toBe(300);
});
