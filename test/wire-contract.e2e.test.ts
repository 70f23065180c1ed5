// The parts of docs/protocol.md that belong to no single feature: headers of every answer, the held head, answers
// without a log, what an upstream may not do, and the shape of errors. Resume, stop, joins and access have their own files.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHeldUpstream, type HeldCall, type HeldUpstream } from './support/held-upstream.ts';
import { startProduct, type Product } from './support/product.ts';
import { fetchSse, readSse } from './support/read-sse.ts';

const HEAD_HOLD_MS = 300;

let upstream: HeldUpstream;
let product: Product;

beforeAll(async () => {
  upstream = await startHeldUpstream();
  product = await startProduct({
    vars: { OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url },
    config: { timeouts: { head_hold_ms: HEAD_HOLD_MS } },
  });
});

afterAll(async () => {
  await product.dispose();
  await upstream.dispose();
});

type Asking = { readonly stream?: boolean; readonly headers?: Readonly<Record<string, string>> };

function ask({ stream = true, headers = {} }: Asking = {}): Promise<Response> {
  return fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'cloud', stream, messages: [{ role: 'user', content: 'Hi' }] }),
  });
}

/** Asks and plays the upstream; resolves when our head is there. */
async function answered(play: (call: HeldCall) => void, asking?: Asking): Promise<Response> {
  const calling = upstream.next();
  const response = ask(asking);
  play(await calling);
  return response;
}

function wholeAnswer(call: HeldCall): void {
  call.text('Hello', ' there');
  call.finish();
}

async function codeOf(response: Response): Promise<string> {
  const body: unknown = await response.json();
  expect(body).toEqual({
    error: {
      message: expect.any(String),
      type: expect.any(String),
      param: expect.toBeOneOf([null, expect.any(String)]),
      code: expect.any(String),
    },
  });
  return `${response.status} ${Reflect.get(Reflect.get(Object(body), 'error'), 'code')}`;
}

describe('every generation', () => {
  it.each([true, false])(
    'names its stream, conversation, route, model and reason (stream: %s)',
    async (stream) => {
      const response = await answered(wholeAnswer, {
        stream,
        headers: { 'x-edgeways-conversation': 'my-chat' },
      });
      const streamId = response.headers.get('x-edgeways-stream') ?? '';
      const own = [...response.headers].filter(([name]) => name.startsWith('x-') || name === 'link');
      expect(Object.fromEntries(own)).toEqual({
        'x-edgeways-stream': expect.stringMatching(/^s_[A-Za-z0-9._-]{60,80}$/),
        'x-edgeways-conversation': 'my-chat',
        'x-edgeways-route': 'cloud',
        'x-edgeways-model': 'large',
        'x-edgeways-reason': expect.stringMatching(/^tier:explicit; stage=gate; /),
        'x-edgeways-resumable': 'true',
        'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
        link: expect.stringContaining(`</v1/streams/${streamId}?ticket=`),
        ...(stream ? { 'x-accel-buffering': 'no' } : {}),
      });
      expect(response.headers.get('server-timing')).toMatch(/^auth;dur=\d+, .*total;dur=\d+$/);
      await response.text();
    },
  );

  it('gets a conversation of its own when it names none', async () => {
    const [first, second] = [await answered(wholeAnswer), await answered(wholeAnswer)];
    const names = [first, second].map((response) => response.headers.get('x-edgeways-conversation'));
    expect(names[0]).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(names[0]).not.toBe(names[1]);
  });

  it('that streams tells proxies to pass it on unchanged, live and resumed', async () => {
    const live = await answered(wholeAnswer);
    await live.text();
    const resumed = await fetch(`${product.url}/v1/streams/${live.headers.get('x-edgeways-stream')}`);
    await resumed.text();
    for (const { headers } of [live, resumed]) {
      expect(['content-type', 'cache-control', 'x-accel-buffering'].map((name) => headers.get(name))).toEqual(
        ['text/event-stream; charset=utf-8', 'no-cache, no-transform', 'no'],
      );
    }
  });
});

describe('the response head', () => {
  it('waits for the first content, so that an early failure is a real status', async () => {
    const response = await answered((call) => call.refuse(500));
    expect(await codeOf(response)).toBe('502 upstream_failed');
  });

  it('waits no longer than the hold; a failure after it is an error frame without [DONE]', async () => {
    const calling = upstream.next();
    const asked = fetchSse(`${product.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'cloud', stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
    });
    const call = await calling;
    const reading = await asked; // the upstream has said nothing: only the end of the hold can have sent this head
    call.reset();
    expect(await reading.end).toBe('clean');
    expect(reading.response.status).toBe(200);
    expect(reading.events.map(({ data }) => JSON.parse(data))).toMatchObject([
      { choices: [{ delta: { role: 'assistant' } }] },
      { error: { code: 'upstream_unreachable', type: 'upstream_error' } },
    ]);
  });
});

describe('an answer without a log', () => {
  const headers = { 'x-edgeways-resumable': 'false' };

  it('has the same frames without ids, and says that it cannot be resumed', async () => {
    const response = await answered(wholeAnswer, { headers });
    const reading = readSse(response);
    expect(await reading.end).toBe('clean');
    expect([response.headers.get('x-edgeways-resumable'), response.headers.get('link')]).toEqual([
      'false',
      null,
    ]);
    expect(reading.events.map(({ id }) => id)).toEqual([null, null, null, null, null]);
    expect(reading.text()).toContain('"content":" there"');
    expect(reading.events.at(-1)?.data).toBe('[DONE]');
  });

  it('is a real status when it fails before its first content', async () => {
    expect(await codeOf(await answered((call) => call.refuse(503), { headers }))).toBe('502 upstream_failed');
  });

  it('ends with an error frame when it fails later', async () => {
    const calling = upstream.next();
    const asked = ask({ headers });
    const call = await calling;
    call.text('half');
    const reading = readSse(await asked);
    await reading.until((events) => events.some(({ data }) => data.includes('half')));
    call.end();
    await reading.end;
    expect(JSON.parse(reading.events.at(-1)?.data ?? '')).toMatchObject({
      error: { code: 'upstream_failed' },
    });
  });
});

describe('an upstream', () => {
  it('that redirects is not followed, because the key would travel along', async () => {
    const calls = upstream.calls.length;
    const response = await answered((call) =>
      call.refuse(302, {}, { location: `${upstream.url}/elsewhere` }),
    );
    expect([await codeOf(response), upstream.calls.length - calls]).toEqual(['502 upstream_malformed', 1]);
  });

  it('that compresses although identity was asked for is refused', async () => {
    const response = await answered((call) => {
      call.head({ 'content-encoding': 'gzip' });
      call.raw(new Uint8Array([0x1f, 0x8b, 8, 0]));
    });
    expect(await codeOf(response)).toBe('502 upstream_malformed');
  });
});

it('who asked for an answer always has a place among its readers, also when there is only one', async () => {
  const single = await startProduct({
    vars: { OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url },
    config: { limits: { followers_per_stream: 1 } },
  });
  try {
    const calling = upstream.next();
    const asked = fetchSse(`${single.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'cloud', stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
    });
    const call = await calling;
    call.text('Hello');
    const reading = await asked;
    const second = await fetch(
      `${single.url}/v1/streams/${reading.response.headers.get('x-edgeways-stream')}`,
    );
    expect([reading.response.status, await codeOf(second)]).toEqual([200, '429 too_many_followers']);
    call.finish();
    expect([await reading.end, reading.events.at(-1)?.data]).toEqual(['clean', '[DONE]']);
  } finally {
    await single.dispose();
  }
});

it('every endpoint answers a mistake in the same shape', async () => {
  const url = `${product.url}/v1`;
  const json = { 'content-type': 'application/json' };
  const mistakes = await Promise.all([
    fetch(`${url}/nowhere`),
    fetch(`${url}/chat/completions`),
    fetch(`${url}/chat/completions`, { method: 'POST', headers: json, body: '{' }),
    fetch(`${url}/chat/completions`, { method: 'POST', headers: json, body: '{"model":"auto"}' }),
    fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{}',
    }),
    fetch(`${url}/route`, { method: 'POST', headers: json, body: '[]' }),
    fetch(`${url}/streams/s_1`),
    fetch(`${url}/streams/s_1?format=morse`),
    fetch(`${url}/streams/s_1/stop`, { method: 'POST' }),
    fetch(`${url}/models`, { method: 'DELETE' }),
  ]);
  expect(await Promise.all(mistakes.map(codeOf))).toEqual([
    '404 unknown_route',
    '405 method_not_allowed',
    '400 invalid_json',
    '400 invalid_request',
    '415 unsupported_media_type',
    '400 invalid_request',
    '404 unknown_stream',
    '400 invalid_request',
    '404 unknown_stream',
    '405 method_not_allowed',
  ]);
});
