// An upstream that is lost in mid-answer: the reader gets the whole answer all the same, over real HTTP, as one stream.
// CONTINUATION_STEP says how many of the losses are tried (1 = every one); the numbers that were tried are printed.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTurns } from './support/in-turns.ts';
import { MOST_TOKENS } from './support/joined-answer.ts';
import { lostPartOf, LosingUpstream, wholeOf, type Loss } from './support/losing-upstream.ts';
import { startProduct, testModels, type Product } from './support/product.ts';
import { GrowingText, readChat, readTyped, type ReadAnswer } from './support/read-answer.ts';
import { fetchSse } from './support/read-sse.ts';
import { SCRIPTED_ANSWERS } from './support/scripted-answers.ts';

const STEP = Number(process.env['CONTINUATION_STEP'] ?? '5');
const AT_ONCE = 40;
const FAITHFUL_SHARE = 0.99;

let upstream: LosingUpstream;
let product: Product;

beforeAll(async () => {
  upstream = await LosingUpstream.start();
  const [small, large] = testModels;
  const json = { ...large, capabilities: ['tools', 'json'] };
  product = await startProduct({
    vars: { OPENAI_BASE_URL: upstream.held.url, EDGE_BASE_URL: upstream.held.url },
    config: {
      models: [
        small,
        { ...json, id: 'anchored', upstream_model: 'anchored-upstream' },
        {
          ...json,
          id: 'prefilled',
          provider: 'openai-compatible',
          endpoint: 'second',
          upstream_model: 'prefilled-upstream',
          capabilities: ['json', 'prefill'],
        },
      ],
      endpoints: { second: { base_url: upstream.held.url, flavour: 'vllm' } },
      failover: {
        on_upstream_loss: 'continue',
        fallbacks: { anchored: [], prefilled: [] },
        breaker: false,
      },
      local_limits: { concurrent_streams: AT_ONCE * 2 },
    },
  });
});

afterAll(async () => {
  await product.dispose();
  await upstream.dispose();
});

/** An array as well: `json_object` would demand an object. */
const ANY_JSON = { type: 'json_schema', json_schema: { name: 'any', schema: {} } };

type Seen = { readonly loss: Loss; readonly chat: ReadAnswer; readonly typed: ReadAnswer };

/** As it comes in the chat format, then once more in the typed one. */
async function ask(model: string, loss: Loss, headers: Record<string, string> = {}): Promise<Seen> {
  const { isJson } = SCRIPTED_ANSWERS.find(({ name }) => name === loss.answer) ?? { isJson: false };
  const chat = await fetchSse(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      model,
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: JSON.stringify(loss) }],
      ...(isJson ? { response_format: ANY_JSON } : {}),
    }),
  });
  const said = lostPartOf(loss).length;
  const text = new GrowingText();
  await chat.until((events) => text.unitsOf(events) >= said);
  upstream.lose(loss.ask);
  await chat.end;
  const stream = chat.response.headers.get('x-edgeways-stream');
  const typed = await fetchSse(`${product.url}/v1/streams/${stream}?format=typed`);
  await typed.end;
  return { loss, chat: readChat(chat), typed: readTyped(typed) };
}

const LOSSES = SCRIPTED_ANSWERS.flatMap(({ name }, answer) =>
  Array.from({ length: MOST_TOKENS }, (_, at) => ({ answer: name, tokens: at + 1, at: answer + at })),
).filter(({ at }) => at % STEP === 0);

/** What is wrong about an answer beside its text; one line, or nothing. */
function faultsOf({ loss, chat, typed }: Seen): readonly string[] {
  const faults = [...chat.faults, ...typed.faults];
  if (chat.ends.join() !== 'stop') faults.push(`chat ends with ${chat.ends}`);
  if (typed.ends.join() !== 'stop') faults.push(`typed ends with ${typed.ends}`);
  if (!isSummed({ loss, chat, typed })) faults.push(`usage ${JSON.stringify(chat.account)}`);
  if (typed.text !== chat.text) faults.push('typed is another text than chat');
  if (typed.names.filter((name) => name === 'continued').length !== 1) faults.push(`not continued once`);
  return faults.map((fault) => `${loss.ask}: ${fault}`);
}

/** The upstream tells 7 and 3 for the call that ends; of the lost one we count four characters a token. */
function isSummed({ loss, chat }: Seen): boolean {
  const { usage, x_edgeways } = chat.account;
  const [input, total] = [Number(usage?.prompt_tokens), x_edgeways?.usage_total];
  const output = Math.ceil(lostPartOf(loss).length / 4) + 3;
  return (
    input > 7 &&
    usage?.completion_tokens === output &&
    total?.prompt_tokens === input + 7 &&
    total.completion_tokens === output
  );
}

/** How the call that goes on was asked to. */
function askedBy(model: string, loss: Loss): string {
  const call = upstream.callsOf(loss.ask)[1];
  if (call?.body['continue_final_message'] === true) return 'prefilled';
  return call?.body.messages.length === 3 && model === 'anchored' ? 'anchored' : 'no continuation';
}

describe('an answer that is lost after any number of tokens', () => {
  it.each(['anchored', 'prefilled'])(
    'goes on as one answer (%s)',
    async (model) => {
      const startedMs = performance.now();
      const losses = LOSSES.map(({ answer, tokens }) => ({
        answer,
        tokens,
        ask: `${model} ${answer} ${tokens}`,
      }));
      const seen = await inTurns(losses, AT_ONCE, (loss) => ask(model, loss));
      const other = seen.filter(({ loss, chat }) => chat.text !== wholeOf(loss));
      console.log(
        `${model}: ${seen.length - other.length} of ${seen.length} equal, ${Math.round((performance.now() - startedMs) / 1000)} s; others: ${other.map(({ loss }) => loss.ask).join('; ')}`,
      );
      expect(seen.flatMap(faultsOf)).toEqual([]);
      expect(losses.filter((loss) => askedBy(model, loss) !== model)).toEqual([]);
      expect(1 - other.length / seen.length).toBeGreaterThanOrEqual(FAITHFUL_SHARE);
    },
    300_000,
  );
});
