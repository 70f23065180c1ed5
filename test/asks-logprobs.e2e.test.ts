// An edge server that tells log probabilities is asked for them when its draft is checked, and an unsure draft is not shown.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProduct, testModels, type Product } from './support/product.ts';
import { mumbles, says, startScriptedTiers, type ScriptedTiers } from './support/scripted-tiers.ts';

const EDGE = 'small-upstream';
const CLOUD = 'large-upstream';

/** Long enough to be judged: a few tokens say nothing. */
const DRAFT =
  'The museum opens at nine on Saturdays, and a ticket for two adults with one child costs thirty. '.repeat(
    3,
  );

let tiers: ScriptedTiers;
let product: Product;

beforeAll(async () => {
  tiers = await startScriptedTiers();
  const [small, large] = testModels;
  const vars = { OPENAI_BASE_URL: tiers.upstream.url, EDGE_BASE_URL: tiers.upstream.url };
  const config = {
    models: [{ ...small, capabilities: ['logprobs'] }, large],
    routing: { threshold: 0.5, answer_check: { band: 0.5 } },
  };
  product = await startProduct({ vars, config });
});

afterAll(async () => {
  await product.dispose();
  await tiers.upstream.dispose();
});

async function ask(stream: boolean): Promise<{ check: string; text: string; asked: unknown }> {
  const response = await fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'auto',
      stream,
      messages: [{ role: 'user', content: 'When does the museum open, and what does it cost?' }],
    }),
  });
  const text = await response.text();
  return {
    check: response.headers.get('x-edgeways-answer-check') ?? '',
    text,
    asked: tiers.upstream.calls
      .slice(-tiers.asked().length)
      .map((call) => [call.body.model, call.body['logprobs'] ?? null]),
  };
}

describe.each([true, false])('a draft (stream: %s)', (stream) => {
  it('whose model was unsure of nearly every word is replaced', async () => {
    tiers.script({ [EDGE]: mumbles(DRAFT, -3), [CLOUD]: says('At nine; thirty.') });
    const { check, text, asked } = await ask(stream);
    expect([check, text.includes('museum'), asked]).toEqual([
      expect.stringContaining('escalated; fault=low_confidence'),
      false,
      [
        [EDGE, true],
        [CLOUD, null],
      ],
    ]);
  });

  it('whose model was sure is shown, and its log probabilities are not', async () => {
    tiers.script({ [EDGE]: mumbles(DRAFT, -0.1) });
    const { check, text } = await ask(stream);
    expect([check, text.includes('-0.1')]).toEqual([expect.stringMatching(/^good; /), false]);
  });
});
