// The answer-side check over real HTTP: the edge model drafts, the draft is judged, and the client gets exactly one
// coherent answer, from whichever tier, with every call accounted for. Every prompt here is uncertain by configuration.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProduct, testModels, type Product } from './support/product.ts';
import { fetchSse, readSse, type SseEvent } from './support/read-sse.ts';
import {
  callsTool,
  refuses,
  says,
  startScriptedTiers,
  UPSTREAM_USAGE,
  type ScriptedTiers,
  type TierScript,
} from './support/scripted-tiers.ts';

const HOLD_MS = 300;

const EDGE = 'small-upstream';
const SECOND = 'second-upstream';
const CLOUD = 'large-upstream';

const [small, large] = testModels;

const CONFIG = {
  models: [
    { ...small, capabilities: ['tools', 'json'] },
    { ...small, id: 'second', upstream_model: SECOND, capabilities: ['tools', 'json'] },
    large,
  ],
  routing: {
    threshold: 0.5,
    // Every probability is within half of a half: the classifier is never sure enough.
    answer_check: { band: 0.5, hold_ms: HOLD_MS, budget_ms: 2000, second_opinion: 'second' },
  },
  timeouts: { heartbeat_ms: 200, head_hold_ms: 500 },
};

let tiers: ScriptedTiers;
let product: Product;

beforeAll(async () => {
  tiers = await startScriptedTiers();
  const vars = { OPENAI_BASE_URL: tiers.upstream.url, EDGE_BASE_URL: tiers.upstream.url };
  product = await startProduct({ vars, config: CONFIG });
});

afterAll(async () => {
  await product.dispose();
  await tiers.upstream.dispose();
});

const CLOUD_TEXT = 'The answer is 42, because 6 times 7 is 42.';

type Asked = { readonly body?: object; readonly headers?: Record<string, string>; readonly text?: string };

function post({
  body = {},
  headers = {},
  text = 'How many apples are six times seven?',
}: Asked): Promise<Response> {
  return fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: text }], ...body }),
  });
}

type Completion = {
  readonly model: string;
  readonly choices: readonly [
    {
      readonly message: {
        readonly content: string | null;
        readonly tool_calls?: readonly {
          readonly function: { readonly name: string; readonly arguments: string };
        }[];
      };
      readonly finish_reason: string;
    },
  ];
  readonly usage: { readonly total_tokens: number };
  readonly x_edgeways?: { readonly usage_total?: { readonly total_tokens: number } };
};

const one = UPSTREAM_USAGE.total_tokens;

const SCHEMA = {
  type: 'json_schema',
  json_schema: {
    name: 'sum',
    schema: {
      type: 'object',
      properties: { sum: { type: 'number' } },
      required: ['sum'],
      additionalProperties: false,
    },
  },
};

const TOOLS = [
  {
    type: 'function',
    function: {
      name: 'weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
];

const GOOD_SECOND: TierScript = says('I get 42 as well. The answer is 42.');

type Case = {
  readonly name: string;
  readonly edge: TierScript;
  readonly second?: TierScript;
  readonly cloud?: TierScript;
  readonly body?: object;
  readonly verdict: string;
  readonly shown: 'small' | 'large';
  readonly content: string | null;
  /** Calls that were paid for in full, the shown one included; each uses the same number of tokens. */
  readonly paid: number;
  /** The draft is bad by itself, so nobody waits for the second opinion: of that the input was paid. */
  readonly isBadAlone?: true;
};

const CASES: readonly Case[] = [
  {
    name: 'a right draft with an agreeing second opinion is shown',
    edge: says('Six times seven is 42. The answer is 42.'),
    verdict: 'good; mode=full',
    shown: 'small',
    content: 'Six times seven is 42. The answer is 42.',
    paid: 2,
  },
  {
    name: 'a wrong draft is replaced when the second opinion disagrees',
    edge: says('Six times seven is 48. The answer is 48.'),
    verdict: 'escalated; fault=disagreement; mode=full',
    shown: 'large',
    content: CLOUD_TEXT,
    paid: 3,
  },
  {
    name: 'a refusal is replaced',
    edge: says("I'm sorry, but I can't help with that request."),
    verdict: 'escalated; fault=refusal; mode=full',
    shown: 'large',
    content: CLOUD_TEXT,
    paid: 2,
    isBadAlone: true,
  },
  {
    name: 'a truncated draft is replaced',
    edge: says('Six times seven is the same as seven plus seven plus', 'length'),
    verdict: 'escalated; fault=truncated; mode=full',
    shown: 'large',
    content: CLOUD_TEXT,
    paid: 2,
    isBadAlone: true,
  },
  {
    name: 'JSON that does not fit the schema is replaced',
    edge: says('{"sum": "forty-two"}'),
    cloud: says('{"sum": 42}'),
    body: { response_format: SCHEMA },
    verdict: 'escalated; fault=invalid_json; mode=full',
    shown: 'large',
    content: '{"sum": 42}',
    paid: 2,
    isBadAlone: true,
  },
  {
    name: 'JSON that fits the schema is shown',
    edge: says('{"sum": 42}'),
    second: says('{"sum": 42}'),
    body: { response_format: SCHEMA },
    verdict: 'good; mode=full',
    shown: 'small',
    content: '{"sum": 42}',
    paid: 2,
  },
  {
    name: 'a busy edge model costs nothing and the cloud answers',
    edge: refuses(429),
    verdict: 'escalated; fault=upstream_failed; mode=full',
    shown: 'large',
    content: CLOUD_TEXT,
    paid: 1,
    isBadAlone: true,
  },
  {
    name: 'a second opinion that fails says nothing',
    edge: says('Six times seven is 42. The answer is 42.'),
    second: refuses(500),
    verdict: 'good; mode=full',
    shown: 'small',
    content: 'Six times seven is 42. The answer is 42.',
    paid: 1,
  },
  {
    name: 'a refused draft is still shown when the cloud does not answer at all',
    edge: says("I'm sorry, but I can't help with that request."),
    cloud: refuses(503),
    verdict: 'doubted; fault=refusal; mode=full',
    shown: 'small',
    content: "I'm sorry, but I can't help with that request.",
    paid: 1,
    isBadAlone: true,
  },
];

describe('a whole answer', () => {
  it.each(CASES)(
    '$name',
    async ({ edge, second, cloud, body, verdict, shown, content, paid, isBadAlone }) => {
      const other = second ?? (isBadAlone === true ? (call) => call.head() : GOOD_SECOND);
      tiers.script({ [EDGE]: edge, [SECOND]: other, [CLOUD]: cloud ?? says(CLOUD_TEXT) });
      const response = await post(body === undefined ? {} : { body });
      const completion = (await response.json()) as Completion;
      expect({
        status: response.status,
        check: response.headers.get('x-edgeways-answer-check')?.replace(/; held_ms=\d+$/, ''),
        model: completion.model,
        route: response.headers.get('x-edgeways-route'),
        content: completion.choices[0].message.content,
        usage: completion.usage.total_tokens,
        total: completion.x_edgeways?.usage_total?.total_tokens ?? completion.usage.total_tokens,
      }).toEqual({
        status: 200,
        check: verdict,
        model: shown,
        route: shown === 'small' ? 'edge' : 'cloud',
        content,
        usage: one,
        total: isBadAlone === true ? expect.toSatisfy((total: number) => total > paid * one) : paid * one,
      });
    },
  );

  it('replaces a tool call with arguments that the tool does not take', async () => {
    tiers.script({
      [EDGE]: callsTool('weather', '{"town": 7}'),
      [SECOND]: callsTool('weather', '{"city":"Oslo"}'),
      [CLOUD]: callsTool('weather', '{"city":"Oslo"}'),
    });
    const response = await post({ body: { tools: TOOLS }, text: 'What is the weather in Oslo?' });
    const completion = (await response.json()) as Completion;
    expect([
      response.headers.get('x-edgeways-answer-check')?.split('; held')[0],
      completion.choices[0].finish_reason,
      completion.choices[0].message.tool_calls?.map((call) => call.function.arguments),
    ]).toEqual(['escalated; fault=invalid_tool_call; mode=full', 'tool_calls', ['{"city":"Oslo"}']]);
  });

  it('answers with the failure when both tiers fail', async () => {
    tiers.script({ [EDGE]: refuses(500), [SECOND]: refuses(500), [CLOUD]: refuses(503) });
    const response = await post({});
    const { error } = (await response.json()) as { error: { code: string } };
    expect([response.status, error.code]).toEqual([502, 'upstream_failed']);
  });

  it('takes the cloud when the edge model is not done within the budget', async () => {
    tiers.script({ [EDGE]: (call) => call.text('Well, '), [SECOND]: GOOD_SECOND, [CLOUD]: says(CLOUD_TEXT) });
    const response = await post({});
    const completion = (await response.json()) as Completion;
    expect([
      response.headers.get('x-edgeways-answer-check')?.split('; held')[0],
      completion.choices[0].message.content,
    ]).toEqual(['escalated; fault=timeout; mode=full', CLOUD_TEXT]);
  });

  it('counts the thinking of a draft that was not shown, also when its upstream told no usage', async () => {
    tiers.script({
      [EDGE]: (call) => {
        call.delta({ reasoning_content: 'x'.repeat(40) });
        call.text("I'm sorry, but I can't help with that request.");
        call.finish('stop', null);
      },
      [SECOND]: refuses(500),
      [CLOUD]: says(CLOUD_TEXT),
    });
    const completion = (await (await post({})).json()) as Completion;
    expect(completion.x_edgeways?.usage_total).toMatchObject({
      completion_tokens_details: { reasoning_tokens: 10 },
    });
  });

  it('is checked the same without a conversation object', async () => {
    tiers.script({ [EDGE]: says('The answer is 48.'), [SECOND]: GOOD_SECOND, [CLOUD]: says(CLOUD_TEXT) });
    const response = await post({ headers: { 'x-edgeways-resumable': 'false' } });
    const completion = (await response.json()) as Completion;
    expect([completion.model, completion.choices[0].message.content, completion.x_edgeways]).toEqual([
      'large',
      CLOUD_TEXT,
      {
        usage_total: expect.objectContaining({ total_tokens: 3 * one }),
        cost_usd: expect.any(Number),
      },
    ]);
  });
});

const streamed = { stream: true, stream_options: { include_usage: true } };

type Chunk = {
  readonly model?: string;
  readonly choices?: readonly { readonly delta: { readonly content?: string } }[];
  readonly usage?: { readonly total_tokens: number } | null;
  readonly x_edgeways?: { readonly usage_total?: { readonly total_tokens: number } };
};

async function framesOf(response: Response): Promise<readonly SseEvent[]> {
  const reading = readSse(response);
  await reading.end;
  return reading.events;
}

async function chunksOf(
  response: Response,
): Promise<{ text: string; models: string[]; last: Chunk | undefined }> {
  const frames = await framesOf(response);
  const chunks = frames.filter(({ data }) => data !== '[DONE]').map(({ data }) => JSON.parse(data) as Chunk);
  return {
    text: chunks.map((chunk) => chunk.choices?.[0]?.delta.content ?? '').join(''),
    models: [...new Set(chunks.flatMap((chunk) => chunk.model ?? []))],
    last: chunks.findLast((chunk) => chunk.usage !== undefined && chunk.usage !== null),
  };
}

describe('a streamed answer', () => {
  it('streams a good draft after a short hold and asks nobody else', async () => {
    tiers.script({ [EDGE]: says('Six times seven is 42.') });
    const response = await post({ body: streamed });
    const { text, models } = await chunksOf(response);
    expect([text, models, tiers.asked()]).toEqual(['Six times seven is 42.', ['small'], [EDGE]]);
  });

  it('releases a draft that is still going on when the hold is over', async () => {
    let edge: { finish: () => void } | null = null;
    tiers.script({
      [EDGE]: (call) => {
        call.text('Six times ', 'seven is ');
        edge = {
          finish: () => {
            call.text('42.');
            call.finish('stop', UPSTREAM_USAGE);
          },
        };
      },
    });
    const response = await post({ body: streamed });
    // The head came although the upstream said nothing more: the hold ended by itself.
    expect(response.headers.get('x-edgeways-answer-check')).toMatch(/^good; mode=prefix; held_ms=\d+$/);
    (edge as { finish: () => void } | null)?.finish();
    expect((await chunksOf(response)).text).toBe('Six times seven is 42.');
  });

  it('replaces a refusal before its first byte, with one model name on every chunk', async () => {
    tiers.script({ [EDGE]: says("I'm sorry, but I can't help with that."), [CLOUD]: says(CLOUD_TEXT) });
    const response = await post({ body: streamed });
    const { text, models, last } = await chunksOf(response);
    expect([text, models, last?.usage?.total_tokens, last?.x_edgeways?.usage_total?.total_tokens]).toEqual([
      CLOUD_TEXT,
      ['large'],
      one,
      2 * one,
    ]);
  });

  it('is judged whole, with a second opinion, when it asks for that', async () => {
    tiers.script({ [EDGE]: says('The answer is 48.'), [SECOND]: GOOD_SECOND, [CLOUD]: says(CLOUD_TEXT) });
    const response = await post({ body: streamed, headers: { 'x-edgeways-answer-check': 'full' } });
    const { text } = await chunksOf(response);
    expect([text, tiers.asked().toSorted()]).toEqual([CLOUD_TEXT, [CLOUD, SECOND, EDGE]]);
  });

  it('sends its head and heartbeats while a long check goes on, and says that the route is pending', async () => {
    let finishDraft = (): void => undefined;
    tiers.script({
      [EDGE]: (call) => {
        finishDraft = () => says('The answer is 48.')(call);
      },
      [SECOND]: GOOD_SECOND,
      [CLOUD]: says(CLOUD_TEXT),
    });
    const response = await post({ body: streamed, headers: { 'x-edgeways-answer-check': 'full' } });
    const head = [response.headers.get('x-edgeways-route'), response.headers.get('x-edgeways-answer-check')];
    finishDraft();
    const { text, models } = await chunksOf(response);
    expect([head, text, models]).toEqual([['pending', 'pending'], CLOUD_TEXT, ['large']]);
  });

  it('keeps to the draft after its first byte: a later failure is an error with the partial kept', async () => {
    let die = (): void => undefined;
    tiers.script({
      [EDGE]: (call) => {
        call.text('Six times seven is ');
        die = () => call.end();
      },
    });
    const response = await post({ body: streamed });
    die(); // the head is there, so the draft was released
    const frames = await framesOf(response);
    expect([frames.at(-1)?.data, tiers.asked()]).toEqual([
      expect.stringContaining('"code":"upstream_failed"'),
      [EDGE],
    ]);
  });

  it('is the same answer on a resumed connection, and its route event tells what was checked', async () => {
    tiers.script({ [EDGE]: says("I'm sorry, but I can't help with that."), [CLOUD]: says(CLOUD_TEXT) });
    const response = await post({ body: streamed });
    const whole = (await chunksOf(response)).text;
    const streamId = response.headers.get('x-edgeways-stream') ?? '';
    const replay = await fetchSse(`${product.url}/v1/streams/${streamId}?format=typed`);
    await replay.end;
    const typed = replay.events.map(({ data }) => JSON.parse(data) as Record<string, unknown>);
    const text = typed.map((event) => (event['type'] === 'text_delta' ? event['text'] : '')).join('');
    expect([whole, text, typed[0]]).toEqual([
      CLOUD_TEXT,
      CLOUD_TEXT,
      expect.objectContaining({
        type: 'route',
        tier: 'cloud',
        stage: 'answer_check',
        answer_check: expect.objectContaining({ mode: 'prefix', verdict: 'refusal' }),
      }),
    ]);
  });
});

describe('what is never checked', () => {
  it('an explicit tier', async () => {
    tiers.script({ [EDGE]: says("I'm sorry, but I can't help with that.") });
    const response = await post({ body: { model: 'edge' } });
    expect([response.headers.get('x-edgeways-answer-check'), tiers.asked()]).toEqual([null, [EDGE]]);
  });

  it('a request that switches it off', async () => {
    tiers.script({ [EDGE]: says("I'm sorry, no."), [CLOUD]: says(CLOUD_TEXT) });
    const response = await post({ headers: { 'x-edgeways-answer-check': 'off' } });
    await response.json();
    expect([response.headers.get('x-edgeways-answer-check'), tiers.asked()]).toEqual([
      null,
      [expect.any(String)],
    ]);
  });

  it('a prompt that may not leave the edge', async () => {
    tiers.script({ [EDGE]: says("I'm sorry, but I can't help with that."), [SECOND]: GOOD_SECOND });
    const response = await post({ headers: { 'x-edgeways-data-locality': 'edge-only' } });
    await response.json();
    expect([response.status, tiers.asked()]).toEqual([200, [EDGE]]);
  });
});

describe('a check that is left', () => {
  it('closes both drafts when the stream is stopped, and starts no other call', async () => {
    tiers.script({ [EDGE]: (call) => call.text('Well, '), [SECOND]: (call) => call.text('Hm, ') });
    const response = await post({ body: streamed, headers: { 'x-edgeways-answer-check': 'full' } });
    const streamId = response.headers.get('x-edgeways-stream') ?? '';
    const reading = readSse(response);
    await fetch(`${product.url}/v1/streams/${streamId}/stop`, { method: 'POST' });
    await reading.end;
    const calls = tiers.upstream.calls.slice(-2);
    expect([await Promise.all(calls.map((call) => call.closed)), tiers.asked().toSorted()]).toEqual([
      ['peer', 'peer'],
      [SECOND, EDGE],
    ]);
  });
});
