// The official `openai` package against the running product, with a real HTTP upstream behind it.

import { connect } from 'node:net';
import OpenAI, {
  APIError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai';
import type { ChatCompletionChunk, ChatCompletionTool } from 'openai/resources/chat/completions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCuttingProxy, type CuttingProxy } from './support/cutting-proxy.ts';
import { startHeldUpstream, type HeldUpstream } from './support/held-upstream.ts';
import { startProduct, type Product } from './support/product.ts';
import { fetchSse } from './support/read-sse.ts';

const HEARTBEAT_MS = 200;
/**
 * The first heartbeat after a client has left in order is answered by a reset, which the second one finds. They may be late
 * by a quarter, and two cores are shared with workerd, the client and other tests.
 */
const HEARTBEAT_AND_SLACK_MS = 2 * HEARTBEAT_MS * 1.25 + 500;

let upstream: HeldUpstream;
let product: Product;
let proxy: CuttingProxy;
let client: OpenAI;

beforeAll(async () => {
  upstream = await startHeldUpstream();
  const vars = { OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url };
  product = await startProduct({ vars, config: { timeouts: { heartbeat_ms: HEARTBEAT_MS } } });
  proxy = await startCuttingProxy(product.url);
  client = clientOf(product.url, 0);
});

afterAll(async () => {
  await proxy.dispose();
  await product.dispose();
  await upstream.dispose();
});

function clientOf(url: string, maxRetries: number, timeout = 20_000): OpenAI {
  return new OpenAI({ apiKey: 'any', baseURL: `${url}/v1`, maxRetries, timeout });
}

const ask = (content: string) => ({ model: 'cloud', messages: [{ role: 'user' as const, content }] });
const streamed = (content: string) => ({ ...ask(content), stream: true as const });

const TOOLS: ChatCompletionTool[] = [
  {
    type: 'function',
    function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  },
];

async function collect(stream: AsyncIterable<ChatCompletionChunk>): Promise<ChatCompletionChunk[]> {
  const chunks: ChatCompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

function textOf(chunks: readonly ChatCompletionChunk[]): string {
  return chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
}

describe('a streamed answer', () => {
  it('comes in chunks with one role, one finish reason and the same id on each', async () => {
    const calling = upstream.next();
    const answering = client.chat.completions.create(streamed('Say hello')).withResponse();
    const call = await calling;
    call.text('Hel', 'lo 👩‍👩‍👧', '\r\ndata: not an event\n\n');
    call.finish();
    const { data, response } = await answering;
    const chunks = await collect(data);
    const streamId = response.headers.get('x-edgeways-stream');
    const about = chunks.map(({ object, model, choices, usage }) => [
      object,
      model,
      choices[0]?.index,
      usage,
    ]);
    expect({
      about: [...new Set(about.map((fields) => JSON.stringify(fields)))],
      ids: new Set(chunks.map(({ id }) => id)).size,
      choices: chunks.map(({ choices }) => [choices[0]?.delta, choices[0]?.finish_reason]),
      headers: [
        'content-type',
        'cache-control',
        'x-accel-buffering',
        'x-edgeways-route',
        'x-edgeways-model',
      ].map((name) => response.headers.get(name)),
      link: response.headers.get('link'),
    }).toEqual({
      about: [JSON.stringify(['chat.completion.chunk', 'large', 0, undefined])],
      ids: 1,
      choices: [
        [{ role: 'assistant', content: '' }, null],
        [{ content: 'Hel' }, null],
        [{ content: 'lo 👩‍👩‍👧' }, null],
        [{ content: '\r\ndata: not an event\n\n' }, null],
        [{}, 'stop'],
      ],
      headers: ['text/event-stream; charset=utf-8', 'no-cache, no-transform', 'no', 'cloud', 'large'],
      link: expect.stringContaining(`</v1/streams/${streamId}?ticket=`),
    });
  });

  it('ends with a usage chunk without choices when usage is asked for, and only then', async () => {
    const calling = upstream.next();
    const answering = client.chat.completions.create({
      ...streamed('Count'),
      stream_options: { include_usage: true },
    });
    const call = await calling;
    call.text('one');
    call.finish('length', { prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 });
    const chunks = await collect(await answering);
    expect(
      chunks.map(({ choices, usage }) => [
        choices.map((choice) => choice.finish_reason),
        usage?.total_tokens,
      ]),
    ).toEqual([
      [[null], undefined],
      [[null], undefined],
      [['length'], undefined],
      [[], 16],
    ]);
  });

  it('carries tool calls in dense pieces that the client puts together', async () => {
    const calling = upstream.next();
    const running = client.chat.completions.stream({ ...ask('Weather?'), tools: TOOLS });
    const call = await calling;
    call.delta({
      tool_calls: [
        { index: 0, id: 'call_a', type: 'function', function: { name: 'weather', arguments: '' } },
      ],
    });
    call.delta({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] });
    call.delta({ tool_calls: [{ index: 0, function: { arguments: '"Oslo"}' } }] });
    call.delta({
      tool_calls: [
        {
          index: 1,
          id: 'call_b',
          type: 'function',
          function: { name: 'weather', arguments: '{"city":"Rome"}' },
        },
      ],
    });
    call.finish('tool_calls');
    const [choice] = (await running.finalChatCompletion()).choices;
    expect([choice?.finish_reason, choice?.message.tool_calls, call.body['tools']]).toEqual([
      'tool_calls',
      [
        expect.objectContaining({
          id: 'call_a',
          function: expect.objectContaining({ name: 'weather', arguments: '{"city":"Oslo"}' }),
        }),
        expect.objectContaining({
          id: 'call_b',
          function: expect.objectContaining({ name: 'weather', arguments: '{"city":"Rome"}' }),
        }),
      ],
      TOOLS,
    ]);
  });

  it('shows every token of a burst at once, although the model then pauses', async () => {
    const BURST = 5000;
    const calling = upstream.next();
    const answering = client.chat.completions.create(streamed('Burst'));
    const call = await calling;
    for (let at = 0; at < BURST; at++) call.text(`${at} `);
    const stream = await answering;
    let seen = 0;
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) seen++;
      // The upstream says nothing more until the last token of the burst is here: a stranded one would end in a timeout.
      if (seen === BURST && call.isOpen) call.finish();
    }
    expect(seen).toBe(BURST);
  }, 10_000);

  it('keeps reasoning text on the delta', async () => {
    const calling = upstream.next();
    const answering = client.chat.completions.create(streamed('Think'));
    const call = await calling;
    call.delta({ reasoning_content: 'hmm' });
    call.text('42');
    call.finish();
    const chunks = await collect(await answering);
    expect(chunks.map(({ choices }) => choices[0]?.delta)).toContainEqual({
      reasoning_content: 'hmm',
      reasoning: 'hmm',
    });
  });
});

describe('a whole answer', () => {
  it('comes as one completion with usage', async () => {
    const calling = upstream.next();
    const answering = client.chat.completions.create(ask('Say hello'));
    const call = await calling;
    call.text('Hel', 'lo');
    call.finish('stop', { prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 });
    const { object, model, choices, usage } = await answering;
    expect([object, model, choices, usage?.prompt_tokens, usage?.completion_tokens]).toEqual([
      'chat.completion',
      'large',
      [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hello', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      11,
      5,
    ]);
  });

  it('carries tool calls with null content', async () => {
    const calling = upstream.next();
    const answering = client.chat.completions.create({
      ...ask('Weather?'),
      tools: TOOLS,
      tool_choice: 'required',
    });
    const call = await calling;
    call.delta({
      tool_calls: [
        {
          index: 0,
          id: 'call_a',
          type: 'function',
          function: { name: 'weather', arguments: '{"city":"Oslo"}' },
        },
      ],
    });
    call.finish('tool_calls');
    const [choice] = (await answering).choices;
    expect([choice?.message.content, choice?.message.tool_calls, call.body['tool_choice']]).toEqual([
      null,
      [{ id: 'call_a', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }],
      'required',
    ]);
  });

  it('passes response_format on and routes to a tier that can keep it', async () => {
    const calling = upstream.next();
    const format = {
      type: 'json_schema' as const,
      json_schema: { name: 'answer', strict: true, schema: { type: 'object' } },
    };
    const answering = client.chat.completions
      .create({ ...ask('Hi'), model: 'auto', response_format: format })
      .withResponse();
    const call = await calling;
    call.text('{}');
    call.finish();
    const { response } = await answering;
    expect([call.body['response_format'], call.body.model, response.headers.get('x-edgeways-route')]).toEqual(
      [format, 'large-upstream', 'cloud'],
    );
  });
});

describe('an error before the first byte', () => {
  const refusals = [
    { upstreamStatus: 500, status: 502, code: 'upstream_failed', retryAfter: null },
    { upstreamStatus: 400, status: 400, code: 'upstream_rejected', retryAfter: null },
    { upstreamStatus: 401, status: 502, code: 'upstream_denied', retryAfter: null },
    {
      upstreamStatus: 429,
      status: 503,
      code: 'upstream_rate_limited',
      retryAfter: expect.stringMatching(/^[1-9]\d*$/),
    },
    { upstreamStatus: 504, status: 504, code: 'upstream_timeout', retryAfter: null },
  ];
  for (const { upstreamStatus, status, code, retryAfter } of refusals) {
    for (const stream of [true, false]) {
      it(`is a real ${status} when the upstream says ${upstreamStatus} (${stream ? 'stream' : 'whole'})`, async () => {
        const calling = upstream.next();
        const failing = failureOf(client.chat.completions.create({ ...ask('Hi'), stream }));
        (await calling).refuse(upstreamStatus, { error: { message: 'secret of the upstream' } });
        const error = await failing;
        expect([
          error.constructor,
          error.status,
          error.code,
          error.headers?.get('retry-after') ?? null,
        ]).toEqual([status === 400 ? BadRequestError : InternalServerError, status, code, retryAfter]);
        expect(JSON.stringify(error)).not.toContain('secret');
      });
    }
  }

  it('is of the class that the client knows for each kind of mistake', async () => {
    const wrongField = await failureOf(client.chat.completions.create({ ...ask('Hi'), temperature: 9 }));
    const wrongModel = await failureOf(client.chat.completions.create({ ...ask('Hi'), model: 'nobody' }));
    const wrongKind = await failureOf(client.embeddings.create({ model: 'auto', input: 'x' }));
    expect(
      [wrongField, wrongModel, wrongKind].map((error) => [
        error.constructor,
        error.status,
        error.code,
        error.param,
      ]),
    ).toEqual([
      [BadRequestError, 400, 'invalid_request', 'temperature'],
      [NotFoundError, 404, 'unknown_model', 'model'],
      [NotFoundError, 404, 'unknown_route', null],
    ]);
  });
});

describe('an error after the first byte', () => {
  for (const how of ['reset', 'end'] as const) {
    it(`is thrown with its code and the partial is kept (upstream: ${how})`, async () => {
      const calling = upstream.next();
      const answering = client.chat.completions.create(streamed('Hi'));
      const call = await calling;
      call.text('half an ans');
      const stream = await answering;
      const chunks: ChatCompletionChunk[] = [];
      const failing = (async () => {
        for await (const chunk of stream) {
          chunks.push(chunk);
          if (textOf(chunks) === 'half an ans') call[how]();
        }
      })();
      const error = await failureOf(failing);
      expect([error.code, error.type, textOf(chunks)]).toEqual([
        'upstream_failed',
        'upstream_error',
        'half an ans',
      ]);
    });
  }

  it('is a 502 without the partial for a client that asked for the whole answer', async () => {
    const calling = upstream.next();
    const failing = failureOf(client.chat.completions.create(ask('Hi')));
    const call = await calling;
    call.text('half an ans');
    call.end();
    const error = await failing;
    expect([error.status, error.code, JSON.stringify(error).includes('half an')]).toEqual([
      502,
      'upstream_failed',
      false,
    ]);
  });
});

describe('an abort by the client', () => {
  /** Leaves in mid-stream, as the package does it. */
  const leave = async (policy: string) => {
    const calling = upstream.next();
    const abort = new AbortController();
    const options = { signal: abort.signal, headers: { 'x-edgeways-on-disconnect': policy } };
    const answering = client.chat.completions.create(streamed(`Leave by ${policy}`), options).withResponse();
    const call = await calling;
    call.text('first ');
    const { data, response } = await answering;
    for await (const chunk of data) {
      if (chunk.choices[0]?.delta.content === 'first ') abort.abort();
    }
    return { call, leftMs: Date.now(), streamId: response.headers.get('x-edgeways-stream') ?? '' };
  };

  /**
   * The runtime reports a FIN only when it writes, and nothing can be written before the whole answer is there;
   * a connection that is gone (reset) is reported at once.
   */
  const leaveWhole = async (policy: string) => {
    const calling = upstream.next();
    const socket = connect(product.port, '127.0.0.1');
    const body = JSON.stringify(ask(`Leave the whole by ${policy}`));
    const head = [
      'POST /v1/chat/completions HTTP/1.1',
      `host: 127.0.0.1:${product.port}`,
      'content-type: application/json',
    ];
    const more = [`content-length: ${Buffer.byteLength(body)}`, `x-edgeways-on-disconnect: ${policy}`];
    socket.write(`${[...head, ...more].join('\r\n')}\r\n\r\n${body}`);
    const call = await calling;
    call.text('first ');
    socket.resetAndDestroy();
    return { call, leftMs: Date.now() };
  };

  for (const [what, leaving] of Object.entries({ streamed: leave, whole: leaveWhole })) {
    it(`closes the upstream within a heartbeat under the policy abort (${what})`, async () => {
      const { call, leftMs } = await leaving('abort');
      expect(await call.closed).toBe('peer');
      expect(Date.now() - leftMs).toBeLessThan(HEARTBEAT_AND_SLACK_MS);
    });

    it(`closes the upstream after the linger under linger=1 (${what})`, async () => {
      const { call, leftMs } = await leaving('linger=1');
      expect(await call.closed).toBe('peer');
      const tookMs = Date.now() - leftMs;
      expect(tookMs).toBeGreaterThan(950);
      expect(tookMs).toBeLessThan(1000 + HEARTBEAT_AND_SLACK_MS);
    });
  }

  it('leaves the upstream alone under the policy continue, and the answer can be read later', async () => {
    const { call, streamId } = await leave('continue');
    const second = await fetchSse(`${product.url}/v1/streams/${streamId}?format=chat`);
    await second.until((events) => events.length === 2);
    call.text('second');
    call.finish();
    expect([await call.closed, await second.end, second.events.length, second.events.at(-1)?.data]).toEqual([
      'us',
      'clean',
      5,
      '[DONE]',
    ]);
  });
});

describe('a retry', () => {
  it('after a lost head joins the running generation (stream)', async () => {
    proxy.plan('/v1/chat/completions', [{ type: 'drop_head', afterBytes: 0 }]);
    const before = upstream.calls.length;
    const calling = upstream.next();
    const answering = clientOf(proxy.url, 2).chat.completions.create(streamed('Lost head')).withResponse();
    const call = await calling;
    call.text('one ');
    const { data, response } = await answering;
    const reading = collect(data);
    call.text('two');
    call.finish();
    expect([
      textOf(await reading),
      response.headers.get('x-edgeways-joined'),
      upstream.calls.length - before,
    ]).toEqual(['one two', 'true', 1]);
  });

  it('after a lost head joins the completed generation (whole answer)', async () => {
    proxy.plan('/v1/chat/completions', [{ type: 'drop_head', afterBytes: 10 }]);
    const before = upstream.calls.length;
    const calling = upstream.next();
    const answering = clientOf(proxy.url, 2).chat.completions.create(ask('Lost head of a whole answer'));
    const call = await calling;
    call.text('all of it');
    call.finish();
    const answer = await answering;
    expect([answer.choices[0]?.message.content, upstream.calls.length - before]).toEqual(['all of it', 1]);
  });

  it('after a timeout, while no head was there yet, joins the running generation', async () => {
    const before = upstream.calls.length;
    const tried = proxy.requests.length;
    const calling = upstream.next();
    const answering = clientOf(proxy.url, 1, 700).chat.completions.create(streamed('Slow to start'));
    const call = await calling;
    await expect.poll(() => proxy.requests.length - tried, { timeout: 5000, interval: 10 }).toBe(2);
    call.text('late');
    call.finish();
    expect([textOf(await collect(await answering)), upstream.calls.length - before]).toEqual(['late', 1]);
  });

  for (const reaches of [true, false]) {
    it(`after a 502 of something in between ${reaches ? 'joins what runs behind it' : 'starts what never started'}`, async () => {
      proxy.plan('/v1/chat/completions', [{ type: 'status', status: 502, reaches }]);
      const before = upstream.calls.length;
      const calling = upstream.next();
      const answering = clientOf(proxy.url, 2)
        .chat.completions.create(streamed(`In between, ${reaches}`))
        .withResponse();
      const call = await calling;
      call.text('here');
      call.finish();
      const { data, response } = await answering;
      expect([
        textOf(await collect(data)),
        response.headers.get('x-edgeways-joined'),
        upstream.calls.length - before,
      ]).toEqual(['here', reaches ? 'true' : null, 1]);
    });
  }

  it('after a 503 does not join: it is a new generation', async () => {
    const before = upstream.calls.length;
    const first = upstream.call(before);
    const second = upstream.call(before + 1);
    const answering = clientOf(product.url, 2).chat.completions.create(streamed('Busy')).withResponse();
    (await first).refuse(429);
    const call = await second;
    call.text('now');
    call.finish();
    const { data, response } = await answering;
    expect([
      textOf(await collect(data)),
      response.headers.get('x-edgeways-joined'),
      upstream.calls.length - before,
    ]).toEqual(['now', null, 2]);
  });
});

it('a client over its quota gets a RateLimitError that says when to come back', async () => {
  const vars = { OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url };
  const small = await startProduct({ vars, config: { local_limits: { concurrent_streams: 1 } } });
  const calling = upstream.next();
  const answering = clientOf(small.url, 0).chat.completions.create(streamed('first'));
  const call = await calling;
  call.text('running');
  const running = await answering;
  const error = await failureOf(clientOf(small.url, 0).chat.completions.create(streamed('second')));
  call.finish();
  await collect(running);
  await small.dispose();
  expect([error.constructor, error.status, error.code, error.headers?.get('retry-after')]).toEqual([
    RateLimitError,
    429,
    'too_many_streams',
    '1',
  ]);
});

it('lists the models that a client may name', async () => {
  const names = (await collectModels()).map((model) => [model.id, model.object]);
  expect(names).toEqual(['auto', 'edge', 'cloud', 'small', 'large'].map((id) => [id, 'model']));
});

async function collectModels(): Promise<OpenAI.Model[]> {
  const models: OpenAI.Model[] = [];
  for await (const model of client.models.list()) models.push(model);
  return models;
}

async function failureOf(promise: PromiseLike<unknown>): Promise<APIError> {
  const outcome = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(outcome instanceof APIError))
    throw new Error('the client did not throw an APIError', { cause: outcome });
  return outcome;
}
