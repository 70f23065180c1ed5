// Without its Conversation object an answer still comes, marked as not resumable and paid once; and an object that
// dies in mid-answer is followed again on the same connection.

import { abortAllDurableObjects, createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../worker/environment.ts';
import worker from '../worker/index.ts';
import { ChaosReader, pause, textsOf, type Send, type SharedFrames } from './support/chaos-reader.ts';
import { truthText, type LedgerEntry, type UpstreamScript } from './support/chaos-truth.ts';

const BINDINGS = env as unknown as Environment; // the test project binds what the Worker needs

type Headers = Readonly<Record<string, string>>;

function scriptOf(key: string, more: Partial<UpstreamScript> = {}): UpstreamScript {
  return { key, seed: 7, tokens: 20, bursts: [1], gapsMs: [5], end: 'finish', ...more };
}

function requestOf(script: UpstreamScript, headers: Headers = {}, body: object = {}): Request {
  return new Request('http://localhost/v1/chat/completions', {
    method: 'POST',
    headers: { host: 'localhost', 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      model: 'cloud',
      stream: true,
      messages: [{ role: 'user', content: JSON.stringify(script) }],
      ...body,
    }),
  });
}

/** What the upstream was asked for; `closed` waits until those calls are over. */
async function callsOf(script: UpstreamScript, closed = false): Promise<readonly LedgerEntry[]> {
  const response = await fetch(
    `${BINDINGS.OPENAI_BASE_URL}/ledger?key=${script.key}${closed ? '&closed' : ''}`,
  );
  return response.json();
}

type Chunk = { readonly choices: readonly { readonly delta: { readonly content?: string } }[] };

/** The data of a chat stream without ids: its texts, and what it ended with. */
function readPlain(text: string): {
  readonly texts: readonly string[];
  readonly last: string;
  readonly ids: number;
} {
  const lines = text.split('\n');
  const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice('data: '.length));
  const last = data.at(-1) ?? '';
  const texts = data
    .filter((line) => line.startsWith('{"id"'))
    .map((line) => (JSON.parse(line) as Chunk).choices[0]?.delta.content ?? '')
    .filter((content) => content !== '');
  return { texts, last, ids: lines.filter((line) => line.startsWith('id: ')).length };
}

const DIRECT = { 'x-edgeways-resumable': 'false' };

describe('an answer that asks not to be resumable', () => {
  it('streams the same text without ids and says so', async () => {
    const script = scriptOf('direct-stream');
    const response = await exports.default.fetch(requestOf(script, DIRECT));
    expect([
      response.status,
      response.headers.get('x-edgeways-resumable'),
      response.headers.get('link'),
    ]).toEqual([200, 'false', null]);
    expect(readPlain(await response.text())).toEqual({ texts: truthText(script), last: '[DONE]', ids: 0 });
    expect(await callsOf(script)).toHaveLength(1);
  });

  it('answers whole', async () => {
    const script = scriptOf('direct-whole');
    const response = await exports.default.fetch(requestOf(script, DIRECT, { stream: false }));
    expect(await response.json()).toMatchObject({
      choices: [{ message: { content: truthText(script).join('') } }],
    });
  });

  it.each([true, false])('fails before the first byte with a real status (stream: %s)', async (stream) => {
    const script = scriptOf(`direct-fails-${stream}`, { tokens: 0, end: 'truncate' });
    const response = await exports.default.fetch(requestOf(script, DIRECT, { stream }));
    expect([response.status, await response.json()]).toMatchObject([
      502,
      { error: { code: 'upstream_failed' } },
    ]);
  });

  it('ends with an error and without [DONE] when the upstream dies in the middle', async () => {
    const script = scriptOf('direct-dies', { end: 'truncate' });
    const { texts, last } = readPlain(await (await exports.default.fetch(requestOf(script, DIRECT))).text());
    expect(texts).toEqual(truthText(script));
    expect(JSON.parse(last)).toMatchObject({ error: { code: 'upstream_failed' } });
  });

  it('closes the upstream when the client leaves', async () => {
    const script = scriptOf('direct-left', { tokens: 3, end: 'hang' });
    const response = await exports.default.fetch(requestOf(script, DIRECT));
    await response.body?.cancel();
    expect(await callsOf(script, true)).toEqual([{ key: script.key, closed: 'peer' }]);
  });
});

type Served = { readonly response: Response; readonly over: () => Promise<void> };

/** The product with Conversation objects that fail at every call. */
function brokenEnvironment(config: object = {}, more: object = {}): Environment {
  const failing = {
    idFromName: () => '',
    get: () => ({ fetch: () => Promise.reject(new Error('storage full')) }),
  } as unknown as Environment['CONVERSATIONS']; // all that is called of it
  const EDGEWAYS_CONFIG = JSON.stringify({
    ...(JSON.parse(BINDINGS.EDGEWAYS_CONFIG ?? '') as object),
    ...config,
  });
  return { ...BINDINGS, CONVERSATIONS: failing, EDGEWAYS_CONFIG, ...more };
}

async function withoutObjects(
  request: Request,
  config: object = {},
  environment = brokenEnvironment(config),
): Promise<Served> {
  const context = createExecutionContext();
  const response = await worker.fetch(request, environment, context);
  return { response, over: () => waitOnExecutionContext(context) };
}

describe('an object that fails before it accepted', () => {
  it.each([true, false])('is replaced by one direct call, marked so (stream: %s)', async (stream) => {
    const script = scriptOf(`broken-${stream}`);
    const { response, over } = await withoutObjects(requestOf(script, {}, { stream }));
    expect([response.status, response.headers.get('x-edgeways-resumable')]).toEqual([200, 'false']);
    const text = await response.text();
    await over();
    if (stream) expect(readPlain(text)).toEqual({ texts: truthText(script), last: '[DONE]', ids: 0 });
    else
      expect(JSON.parse(text)).toMatchObject({
        choices: [{ message: { content: truthText(script).join('') } }],
      });
    expect(await callsOf(script, true)).toEqual([{ key: script.key, closed: 'us' }]);
  });

  it('is within the quota', async () => {
    const one = { local_limits: { concurrent_streams: 1 } };
    const first = await withoutObjects(requestOf(scriptOf('broken-quota', { end: 'hang' })), one);
    const second = await withoutObjects(requestOf(scriptOf('broken-refused')), one);
    expect([first.response.status, second.response.status]).toEqual([200, 429]);
    await first.response.body?.cancel();
    await first.over();
    const third = await withoutObjects(requestOf(scriptOf('broken-after')), one);
    expect(third.response.status).toBe(200);
    await third.response.text();
    await third.over();
    expect(await callsOf(scriptOf('broken-refused'))).toEqual([]);
  });
});

describe('a tenant whose object fails too', () => {
  it('is refused and told when to come back, however much room it had', async () => {
    let admissions = 0;
    const tenant = {
      admit: () =>
        admissions++ === 0
          ? Promise.resolve({ type: 'granted', headroom: 100 })
          : Promise.reject(new Error('down')),
      release: () => Promise.resolve(),
    };
    const environment = brokenEnvironment({}, { TENANTS: { idFromName: () => '', get: () => tenant } });
    const first = await withoutObjects(requestOf(scriptOf('tenant-up')), {}, environment);
    await first.response.text();
    const script = scriptOf('tenant-down');
    const { response } = await withoutObjects(requestOf(script), {}, environment);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await response.json()).toMatchObject({ error: { code: 'overloaded' } });
    expect(await callsOf(script)).toEqual([]);
  });
});

describe('a client that leaves while its tenant is asked', () => {
  it.each([
    ['resumable', {}],
    ['not resumable', DIRECT],
  ])('gives its place back and pays nothing (%s)', async (mode, headers) => {
    const client = new AbortController();
    const releases: unknown[] = [];
    const tenant = {
      admit: () => {
        client.abort();
        return Promise.resolve({ type: 'granted', headroom: 100 });
      },
      release: (streamId: string, end: string, usedTokens: number) =>
        releases.push([typeof streamId, end, usedTokens]),
    };
    const TENANTS = { idFromName: () => '', get: () => tenant };
    const script = scriptOf(`left-early-${mode.replace(' ', '-')}`);
    const environment = brokenEnvironment({}, { TENANTS, CONVERSATIONS: BINDINGS.CONVERSATIONS });
    const request = new Request(requestOf(script, headers), { signal: client.signal });
    const { over } = await withoutObjects(request, {}, environment);
    await over();
    expect(releases).toEqual([['string', 'refused', 0]]);
    expect(await callsOf(script)).toEqual([]);
  });
});

const send: Send = (path, init) => {
  const request = new Request(`http://localhost${path}`, init);
  request.headers.set('host', 'localhost');
  return exports.default.fetch(request);
};

describe('an object that dies in mid-answer', () => {
  it('before its first token is a 503 that says when to try again', async () => {
    const script = scriptOf('dies-early', { gapsMs: [60_000] });
    const answering = exports.default.fetch(requestOf(script));
    while ((await callsOf(script)).length === 0) await pause(5);
    await abortAllDurableObjects();
    const response = await answering;
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await response.json()).toMatchObject({ error: { code: 'interrupted' } });
    expect(await callsOf(script, true)).toEqual([{ key: script.key, closed: 'peer' }]);
  });

  it.each(['strict', 'batched'])(
    'is followed again on the unbroken connection to its end (%s)',
    async (durability) => {
      const script = scriptOf(`dies-${durability}`, { tokens: 1000, gapsMs: [10] });
      const started = await exports.default.fetch(requestOf(script, { 'x-edgeways-durability': durability }));
      const shared: SharedFrames = {
        streamId: started.headers.get('x-edgeways-stream') ?? '',
        isStrict: durability === 'strict',
        byId: new Map(),
        hasCrashed: () => true,
      };
      const reader = new ChaosReader('typed', shared, send);
      const sitting = reader.follow({ cutAfterBytes: null, pauseMs: 0 });
      while (reader.applied.length < 10) await pause(5);
      await abortAllDurableObjects();
      // One sitting is one connection: `done` is the terminal frame on it; the reader fails at a clean end without one.
      expect(await sitting).toBe('done');
      expect(reader.applied.at(-1)).toMatchObject({
        event: 'failed',
        data: expect.stringContaining('"interrupted"'),
      });
      const texts = textsOf(reader.applied);
      expect(texts).toEqual(truthText(script).slice(0, texts.length));
      expect(durability === 'strict' ? reader.losses : 0).toBe(0);
      await started.body?.cancel();
    },
  );
});
