// Every bound of the product, at the limit and one beyond it, over real HTTP: what fits is served, what does not gets a
// clear refusal before it costs anything, and no timeout leaves a client without an end.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHeldUpstream, type HeldCall, type HeldUpstream } from './support/held-upstream.ts';
import { startProduct, type Product } from './support/product.ts';
import { rawHttp } from './support/raw-http.ts';
import { fetchSse, type SseReading } from './support/read-sse.ts';

const MIB = 1024 * 1024;
const MESSAGES = 1000;
const FOLLOWERS = 32;
const ANSWER_BYTES = 2048;
const HEARTBEAT_MS = 100;
/** Two cores are shared with workerd, this process and whatever else runs. */
const SLACK_MS = 300;

let upstream: HeldUpstream;
let product: Product;

beforeAll(async () => {
  upstream = await startHeldUpstream();
  product = await productWith({});
});

afterAll(async () => {
  await product.dispose();
  await upstream.dispose();
});

function productWith(config: object): Promise<Product> {
  const vars = { OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url };
  return startProduct({ vars, config });
}

const CHAT = { model: 'cloud', messages: [{ role: 'user', content: 'Hi' }] };
const JSON_TYPE = { 'content-type': 'application/json' };

function post(body: RequestInit['body'], headers: Record<string, string> = {}): Promise<Response> {
  const stream = body instanceof ReadableStream ? { duplex: 'half' as const } : {};
  return fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    body: body ?? null,
    headers: { ...JSON_TYPE, ...headers },
    ...stream,
  });
}

/** `200`, or the status and the code of the refusal. */
async function outcomeOf(response: Response | Promise<Response>): Promise<unknown> {
  const answer = await response;
  const text = await answer.text();
  if (answer.ok) return answer.status;
  const { error } = JSON.parse(text) as { error: { code: string; param: string | null } };
  return error.param === null ? [answer.status, error.code] : [answer.status, error.code, error.param];
}

/** Every call is answered at once while `work` runs; returns also how many calls there were. */
async function answered<Value>(work: () => Promise<Value>): Promise<{ value: Value; calls: number }> {
  const before = upstream.calls.length;
  upstream.play((call) => {
    call.text('ok');
    call.finish();
  });
  const value = await work();
  upstream.play(null);
  return { value, calls: upstream.calls.length - before };
}

describe('a request body', () => {
  /** A valid request of exactly this size: JSON may end in spaces. */
  const bodyOf = (bytes: number): string => JSON.stringify(CHAT).padEnd(bytes, ' ');
  const chunked = (text: string): ReadableStream<Uint8Array> => new Blob([text]).stream();

  it('of 4 MiB is taken and one byte more is a 413, with and without a declared length', async () => {
    const { value, calls } = await answered(async () => ({
      'declared, at the limit': await outcomeOf(post(bodyOf(4 * MIB))),
      'declared, one more': await outcomeOf(post(bodyOf(4 * MIB + 1))),
      'chunked, at the limit': await outcomeOf(post(chunked(bodyOf(4 * MIB)))),
      'chunked, one more': await outcomeOf(post(chunked(bodyOf(4 * MIB + 1)))),
    }));
    expect([value, calls]).toEqual([
      {
        'declared, at the limit': 200,
        'declared, one more': [413, 'body_too_large'],
        'chunked, at the limit': 200,
        'chunked, one more': [413, 'body_too_large'],
      },
      2,
    ]);
  });

  it('that is somewhat too large is read to its end, so that a client that only writes hears the refusal', async () => {
    const outcomes: unknown[] = [];
    for (let round = 0; round < 10; round++) {
      outcomes.push(await outcomeOf(post(bodyOf(6 * MIB))), await outcomeOf(post(chunked(bodyOf(6 * MIB)))));
    }
    expect(outcomes).toEqual(outcomes.map(() => [413, 'body_too_large']));
  });

  it('of a gigabyte is refused by its declared length, before it is sent', async () => {
    const head = [
      'POST /v1/chat/completions HTTP/1.1',
      `host: 127.0.0.1:${product.port}`,
      'content-type: application/json',
      'content-length: 1073741824',
    ];
    const { status } = await rawHttp(product.port, head, '{"model":');
    expect(status).toBe(413);
  });

  it('that is no JSON object, or a strange one, is a 400 that names the field', async () => {
    const bodies = {
      nothing: '',
      cut: '{"model":"auto","messages":[',
      null: 'null',
      'an array': '[]',
      'a number': '1e999',
      'no messages': '{"model":"auto"}',
      'no model': '{"messages":[{"role":"user","content":"Hi"}]}',
      'empty messages': '{"model":"auto","messages":[]}',
      'a role nobody has': '{"model":"auto","messages":[{"role":"wizard","content":"Hi"}]}',
      'content of a wrong type': '{"model":"auto","messages":[{"role":"user","content":7}]}',
      'stream of a wrong type': JSON.stringify({ ...CHAT, stream: 'yes' }),
      'no tokens': JSON.stringify({ ...CHAT, max_tokens: 0 }),
      'a temperature out of range': JSON.stringify({ ...CHAT, temperature: 2.1 }),
      'two answers': JSON.stringify({ ...CHAT, n: 2 }),
    };
    const { value, calls } = await answered(async () => {
      const outcomes: Record<string, unknown> = {};
      for (const [name, body] of Object.entries(bodies)) outcomes[name] = await outcomeOf(post(body));
      return outcomes;
    });
    expect([value, calls]).toEqual([
      {
        nothing: [400, 'invalid_json'],
        cut: [400, 'invalid_json'],
        null: [400, 'invalid_request'],
        'an array': [400, 'invalid_request'],
        'a number': [400, 'invalid_request'],
        'no messages': [400, 'invalid_request', 'messages'],
        'no model': [400, 'invalid_request', 'model'],
        'empty messages': [400, 'invalid_request', 'messages'],
        'a role nobody has': [400, 'invalid_request', 'messages[0].role'],
        'content of a wrong type': [400, 'invalid_request', 'messages[0].content'],
        'stream of a wrong type': [400, 'invalid_request', 'stream'],
        'no tokens': [400, 'invalid_request', 'max_tokens'],
        'a temperature out of range': [400, 'invalid_request', 'temperature'],
        'two answers': [400, 'invalid_request', 'n'],
      },
      0,
    ]);
  });

  it('of 1,000 messages is taken and of 1,001 is not', async () => {
    const of = (count: number): string =>
      JSON.stringify({ ...CHAT, messages: Array.from({ length: count }, () => CHAT.messages[0]) });
    const { value, calls } = await answered(async () => [
      await outcomeOf(post(of(MESSAGES))),
      await outcomeOf(post(of(MESSAGES + 1))),
    ]);
    expect([value, calls]).toEqual([[200, [400, 'invalid_request', 'messages']], 1]);
    expect(upstream.calls.at(-1)?.body.messages.length).toBe(MESSAGES);
  });

  it('may nest 64 levels deep and not 65, and a million levels hurt nobody', async () => {
    /** `levels` objects within each other. */
    const nested = (levels: number): string => '{"a":'.repeat(levels - 1) + '{}' + '}'.repeat(levels - 1);
    // The parameters of a tool stand four levels below the body.
    const withTool = (parameters: string): string =>
      JSON.stringify({
        ...CHAT,
        tools: [{ type: 'function', function: { name: 'f', parameters: 0 } }],
      }).replace('"parameters":0', `"parameters":${parameters}`);
    const { value, calls } = await answered(async () => ({
      'at the limit': await outcomeOf(post(withTool(nested(61)))),
      'one more': await outcomeOf(post(withTool(nested(62)))),
      'a million': await outcomeOf(
        post(`{"model":"auto","messages":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`),
      ),
      afterwards: await outcomeOf(post(JSON.stringify(CHAT))),
    }));
    expect([value, calls]).toEqual([
      {
        'at the limit': 200,
        'one more': [400, 'invalid_request'],
        'a million': [400, 'invalid_request'],
        afterwards: 200,
      },
      2,
    ]);
  });

  it('that is compressed or of another type is a 415', async () => {
    const body = JSON.stringify(CHAT);
    const { value, calls } = await answered(async () => ({
      gzip: await outcomeOf(post(body, { 'content-encoding': 'gzip' })),
      br: await outcomeOf(post(body, { 'content-encoding': 'br' })),
      identity: await outcomeOf(post(body, { 'content-encoding': 'identity' })),
      'text/plain': await outcomeOf(post(body, { 'content-type': 'text/plain' })),
      'a form': await outcomeOf(post(body, { 'content-type': 'application/x-www-form-urlencoded' })),
      'no type': await outcomeOf(post(new Blob([body]), { 'content-type': '' })),
      'with a charset': await outcomeOf(post(body, { 'content-type': 'application/json; charset=utf-8' })),
      'route, text/plain': await outcomeOf(
        fetch(`${product.url}/v1/route`, { method: 'POST', body, headers: { 'content-type': 'text/plain' } }),
      ),
    }));
    expect([value, calls]).toEqual([
      {
        gzip: [415, 'unsupported_encoding'],
        br: [415, 'unsupported_encoding'],
        identity: 200,
        'text/plain': [415, 'unsupported_media_type'],
        'a form': [415, 'unsupported_media_type'],
        'no type': [415, 'unsupported_media_type'],
        'with a charset': 200,
        'route, text/plain': [415, 'unsupported_media_type'],
      },
      2,
    ]);
  });
});

describe('a request header', () => {
  it('with a choice is taken up to its bound, and a misspelt one is refused', async () => {
    const body = JSON.stringify(CHAT);
    const choices: readonly (readonly [string, string])[] = [
      ['x-edgeways-conversation', 'c'.repeat(64)],
      ['x-edgeways-conversation', 'c'.repeat(65)],
      ['x-edgeways-conversation', 'a b'],
      ['idempotency-key', 'k'.repeat(255)],
      ['idempotency-key', 'k'.repeat(256)],
      ['x-edgeways-on-disconnect', 'linger=840'],
      ['x-edgeways-on-disconnect', 'linger=841'],
      ['x-edgeways-on-disconnect', 'linger=0'],
      ['x-edgeways-on-disconnect', 'cancel'],
      ['x-edgeways-durability', 'strict'],
      ['x-edgeways-durability', 'none'],
      ['x-edgeways-resumable', 'no'],
    ];
    const { value } = await answered(async () => {
      const outcomes: unknown[] = [];
      for (const [name, text] of choices) outcomes.push(await outcomeOf(post(body, { [name]: text })));
      return outcomes;
    });
    const refused = (name: string): unknown => [400, 'invalid_request', name];
    expect(value).toEqual([
      200,
      refused('x-edgeways-conversation'),
      refused('x-edgeways-conversation'),
      200,
      refused('idempotency-key'),
      200,
      refused('x-edgeways-on-disconnect'),
      refused('x-edgeways-on-disconnect'),
      refused('x-edgeways-on-disconnect'),
      200,
      refused('x-edgeways-durability'),
      refused('x-edgeways-resumable'),
    ]);
  });
});

describe('an endpoint', () => {
  it('that does not exist is a 404, and one that takes another method a 405 that says which', async () => {
    const calls: readonly (readonly [string, string])[] = [
      ['GET', '/'],
      ['POST', '/v1/embeddings'],
      ['GET', '/v1/streams'],
      ['GET', '/v1/streams/a/b'],
      ['GET', '/v1/chat/completions/'],
      ['GET', '/v1/chat/completions'],
      ['PUT', '/v1/chat/completions'],
      ['DELETE', '/v1/models'],
      ['GET', '/v1/route'],
      ['POST', '/healthz'],
      ['DELETE', '/v1/streams/s_x'],
      ['GET', '/v1/streams/s_x/stop'],
    ];
    const outcomes = await Promise.all(
      calls.map(async ([method, path]) => {
        const response = await fetch(product.url + path, { method });
        return [method, path, await outcomeOf(response), response.headers.get('allow')];
      }),
    );
    const missing = [404, 'unknown_route'];
    const wrong = [405, 'method_not_allowed'];
    expect(outcomes).toEqual([
      ['GET', '/', missing, null],
      ['POST', '/v1/embeddings', missing, null],
      ['GET', '/v1/streams', missing, null],
      ['GET', '/v1/streams/a/b', missing, null],
      ['GET', '/v1/chat/completions/', missing, null],
      ['GET', '/v1/chat/completions', wrong, 'POST'],
      ['PUT', '/v1/chat/completions', wrong, 'POST'],
      ['DELETE', '/v1/models', wrong, 'GET'],
      ['GET', '/v1/route', wrong, 'POST'],
      ['POST', '/healthz', wrong, 'GET'],
      ['DELETE', '/v1/streams/s_x', wrong, 'GET'],
      ['GET', '/v1/streams/s_x/stop', wrong, 'POST'],
    ]);
  });
});

describe('an upstream event', () => {
  /** Data of one event, exactly this long. */
  const eventOf = (bytes: number): { line: string; text: string } => {
    const around = JSON.stringify({ choices: [{ index: 0, delta: { content: '' } }] }).length;
    const text = 'x'.repeat(bytes - around);
    return {
      line: `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] })}\n\n`,
      text,
    };
  };

  it('of 1 MiB arrives whole and can be replayed', async () => {
    const { line, text } = eventOf(MIB);
    const { call, asking } = await start();
    call.raw(line);
    call.finish();
    const reading = await asking;
    const end = await reading.end;
    const replay = await fetchSse(
      `${product.url}/v1/streams/${reading.response.headers.get('x-edgeways-stream')}?format=chat`,
    );
    await replay.end;
    expect([end, chatText(reading) === text, replay.text() === reading.text()]).toEqual([
      'clean',
      true,
      true,
    ]);
  });

  it('of one byte more ends the generation: a 502 before the first content, an error frame after it', async () => {
    const { line } = eventOf(MIB + 1);
    const first = await start();
    first.call.raw(line);
    const refused = (await first.asking).response;
    const second = await start();
    second.call.text('kept');
    const reading = await second.asking;
    second.call.raw(line);
    await reading.end;
    expect([
      refused.status,
      await first.call.closed,
      await second.call.closed,
      chatText(reading),
      codeOf(reading),
    ]).toEqual([502, 'peer', 'peer', 'kept', 'upstream_malformed']);
  });
});

describe('an answer', () => {
  it('up to its limit ends well; one character more is an error that keeps what was said, and closes the upstream', async () => {
    const small = await productWith({ limits: { answer_bytes: ANSWER_BYTES } });
    const outcomes: unknown[] = [];
    for (const extra of [0, 1]) {
      const { call, asking } = await start(small);
      call.text('x'.repeat(ANSWER_BYTES / 2));
      const reading = await asking;
      call.text('y'.repeat(ANSWER_BYTES / 2));
      await reading.until((events) => events.length === 3);
      if (extra > 0) call.text('z');
      else call.finish();
      await reading.end;
      outcomes.push([chatText(reading).length, codeOf(reading), await call.closed]);
    }
    await small.dispose();
    expect(outcomes).toEqual([
      [ANSWER_BYTES, null, 'us'],
      [ANSWER_BYTES, 'answer_too_large', 'peer'],
    ]);
  });
});

describe('a stream', () => {
  it('takes 32 followers; the next one gets a 429, or a busy frame if it is an EventSource, until one leaves', async () => {
    const short = await productWith({ timeouts: { heartbeat_ms: HEARTBEAT_MS } });
    const { call, asking } = await start(short);
    call.text('hello');
    const readers = [await asking];
    const url = `${short.url}/v1/streams/${readers[0]?.response.headers.get('x-edgeways-stream')}`;
    for (let n = 1; n < FOLLOWERS; n++) readers.push(await fetchSse(url));
    await Promise.all(readers.map((reader) => reader.until((events) => events.length === 2)));
    const refused = await fetch(url);
    const retryAfter = Number(refused.headers.get('retry-after'));
    const busy = await fetchSse(url, { headers: { accept: 'text/event-stream' } });
    const busyEnd = await busy.end;
    const retryMs = busy.retryMs() ?? 0;
    await readers[1]?.leave();
    const statusOfOneMore = async (): Promise<number> => {
      const reading = await fetchSse(url, {}, { leaveAfterEvents: 1 });
      await reading.end;
      return reading.response.status;
    };
    await expect.poll(statusOfOneMore, { timeout: 5000, interval: 50 }).toBe(200);
    call.finish();
    const ends = await Promise.all(readers.map((reader) => reader.end));
    await short.dispose();
    expect([
      readers.map(({ response }) => response.status),
      await outcomeOf(refused),
      retryAfter > 0,
    ]).toEqual([readers.map(() => 200), [429, 'too_many_followers'], true]);
    expect([
      busy.response.status,
      busy.events.map(({ event, id }) => [event, id]),
      busyEnd,
      retryMs >= 3000 && retryMs <= 15_000,
    ]).toEqual([200, [['busy', null]], 'clean', true]);
    expect(ends.filter((end) => end !== 'clean')).toEqual(['left']);
  });
});

describe('a timeout', () => {
  let timed: Product;
  const CONNECT_MS = 400;
  const FIRST_CONTENT_MS = 700;
  const IDLE_MS = 500;

  beforeAll(async () => {
    const timeouts = {
      connect_ms: CONNECT_MS,
      first_content_ms: FIRST_CONTENT_MS,
      idle_ms: IDLE_MS,
      heartbeat_ms: HEARTBEAT_MS,
    };
    timed = await productWith({ timeouts });
  });

  afterAll(() => timed.dispose());

  it('ends the wait for an upstream that does not answer at all: 504, and the upstream is closed', async () => {
    const { call, asking, askedMs } = await start(timed);
    const { response } = await asking;
    const tookMs = Date.now() - askedMs;
    expect([response.status, await call.closed, within(tookMs, CONNECT_MS)]).toEqual([504, 'peer', true]);
  });

  it('ends the wait for the first content, counted from the start of the call, whatever comments come', async () => {
    const { call, asking, askedMs } = await start(timed);
    const comments = setInterval(() => call.isOpen && call.raw(': still here\n\n'), 50);
    const { response } = await asking;
    const tookMs = Date.now() - askedMs;
    clearInterval(comments);
    expect([response.status, await call.closed, within(tookMs, FIRST_CONTENT_MS)]).toEqual([
      504,
      'peer',
      true,
    ]);
  });

  it('does not count the time before the head twice', async () => {
    const { call, asking, askedMs } = await start(timed);
    const HEAD_AFTER_MS = CONNECT_MS - 100;
    setTimeout(() => call.head(), HEAD_AFTER_MS);
    const { response } = await asking;
    const tookMs = Date.now() - askedMs;
    expect([
      response.status,
      within(tookMs, FIRST_CONTENT_MS),
      tookMs < HEAD_AFTER_MS + FIRST_CONTENT_MS,
    ]).toEqual([504, true, true]);
  });

  it('ends an answer that stops in the middle: an error frame, with what was said', async () => {
    const { call, asking } = await start(timed);
    call.text('half');
    const reading = await asking;
    await reading.until((events) => events.length === 2);
    const silentMs = Date.now();
    const end = await reading.end;
    const tookMs = Date.now() - silentMs;
    expect([end, chatText(reading), codeOf(reading), await call.closed, within(tookMs, IDLE_MS)]).toEqual([
      'clean',
      'half',
      'upstream_timeout',
      'peer',
      true,
    ]);
  });

  it('is not reached by an upstream that pauses for less', async () => {
    const { call, asking } = await start(timed);
    call.text('1');
    const reading = await asking;
    for (let n = 2; n <= 4; n++) {
      const heartbeats = reading.comments.length;
      await reading.until((_events, comments) => comments.length >= heartbeats + 3);
      call.text(String(n));
    }
    call.finish();
    await reading.end;
    expect([chatText(reading), codeOf(reading)]).toEqual(['1234', null]);
  });

  it('bounds the whole generation, however lively it is', async () => {
    const TOTAL_MS = 600;
    const whole = await productWith({ timeouts: { total_ms: TOTAL_MS } });
    const { call, asking, askedMs } = await start(whole);
    const tokens = setInterval(() => call.isOpen && call.text('.'), 20);
    const reading = await asking;
    const end = await reading.end;
    const tookMs = Date.now() - askedMs;
    clearInterval(tokens);
    await whole.dispose();
    expect([end, codeOf(reading), chatText(reading).length > 5, within(tookMs, TOTAL_MS)]).toEqual([
      'clean',
      'upstream_timeout',
      true,
      true,
    ]);
  });

  it('ends the hold of the head: 200, the first event and heartbeats, and a failure after it is an error frame', async () => {
    const HOLD_MS = 300;
    const held = await productWith({ timeouts: { head_hold_ms: HOLD_MS, heartbeat_ms: HEARTBEAT_MS } });
    const { call, asking, askedMs } = await start(held);
    const reading = await asking;
    const tookMs = Date.now() - askedMs;
    await reading.until((events, comments) => events.length === 1 && comments.length >= 2);
    call.refuse(500);
    const end = await reading.end;
    const second = await start(held);
    second.call.refuse(500);
    const early = await second.asking;
    await held.dispose();
    expect([
      reading.response.status,
      within(tookMs, HOLD_MS),
      end,
      codeOf(reading),
      early.response.status,
    ]).toEqual([200, true, 'clean', 'upstream_failed', 502]);
  });

  it('of silence is filled with a heartbeat at its interval, between events only', async () => {
    const { call, asking } = await start(timed);
    call.text('a');
    const reading = await asking;
    await reading.until((events) => events.length === 2);
    const silentMs = Date.now();
    await reading.until((_events, comments) => comments.length === 3);
    const tookMs = Date.now() - silentMs;
    call.finish();
    await reading.end;
    // A comment line without a blank line of its own: with one, some clients would deliver an empty message.
    const isLineOfItsOwn = reading.text().includes('\n\n: keep-alive\n: keep-alive\n: keep-alive\ndata: ');
    // The silence began when the product wrote, a little before we saw it: two whole intervals are sure.
    const isOnTime = tookMs >= 2 * HEARTBEAT_MS && tookMs <= 3 * HEARTBEAT_MS * 1.25 + SLACK_MS;
    expect([isOnTime, isLineOfItsOwn]).toEqual([true, true]);
  });

  function within(tookMs: number, limitMs: number): boolean {
    const isRight = tookMs >= limitMs - 20 && tookMs <= limitMs * 1.25 + SLACK_MS;
    if (!isRight) console.error(`took ${tookMs} ms for a limit of ${limitMs} ms`);
    return isRight;
  }
});

type Started = { readonly call: HeldCall; readonly asking: Promise<SseReading>; readonly askedMs: number };

/** A streamed request whose upstream call has arrived. */
async function start(at: Product = product): Promise<Started> {
  const calling = upstream.next();
  const askedMs = Date.now();
  const body = JSON.stringify({ ...CHAT, stream: true });
  const asking = fetchSse(`${at.url}/v1/chat/completions`, { method: 'POST', body, headers: JSON_TYPE });
  return { call: await calling, asking, askedMs };
}

type Chunk = {
  readonly choices?: readonly { readonly delta: { readonly content?: string } }[];
  readonly error?: { readonly code: string };
};

function chunksOf(reading: SseReading): Chunk[] {
  return reading.events.filter(({ data }) => data !== '[DONE]').map(({ data }) => JSON.parse(data) as Chunk);
}

function chatText(reading: SseReading): string {
  return chunksOf(reading)
    .map(({ choices }) => choices?.[0]?.delta.content ?? '')
    .join('');
}

/** The code of the error frame; null when the stream ended well. */
function codeOf(reading: SseReading): string | null {
  if (reading.events.at(-1)?.data === '[DONE]') return null;
  return chunksOf(reading).at(-1)?.error?.code ?? 'no terminal frame';
}
