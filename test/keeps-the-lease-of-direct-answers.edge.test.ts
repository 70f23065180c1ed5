// The promise: an answer without an object is within the quota for as long as it runs. Its lease is renewed, ends with
// it whatever happens, and cannot be ended by asking for its stream.

import { env, exports } from 'cloudflare:workers';
import { afterEach, expect, it, vi } from 'vitest';
import type { LeaseEnd } from '../protocol/admission.ts';
import config from '../edgeways.config.json';
import { app } from '../worker/app.ts';

const TEXT =
  'data: {"choices":[{"index":0,"delta":{"content":"0123456789abcdef"},"finish_reason":null}]}\n\n';

type Calls = {
  renewed: number;
  readonly released: { readonly end: LeaseEnd; readonly usedTokens: number | null }[];
};

afterEach(() => vi.restoreAllMocks());

function post(headers: Record<string, string> = {}): Request {
  const request = new Request('http://localhost/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-edgeways-resumable': 'false', ...headers },
    body: JSON.stringify({ model: 'edge', stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
  });
  request.headers.set('host', 'localhost');
  return request;
}

/** Sends one request to a deployment whose tenant only notes what it is told, and whose model is `run`. */
async function direct(
  run: () => Promise<unknown>,
): Promise<{ response: Response; calls: Calls; over(): Promise<unknown> }> {
  const calls: Calls = { renewed: 0, released: [] };
  const tenant = {
    admit: () => Promise.resolve({ type: 'granted', headroom: 9 }),
    renew: () => Promise.resolve(void calls.renewed++),
    release: (_id: string, end: LeaseEnd, usedTokens: number | null) =>
      Promise.resolve(void calls.released.push({ end, usedTokens })),
  };
  const waits: Promise<unknown>[] = [];
  const context = {
    waitUntil: (promise: Promise<unknown>) => void waits.push(promise),
    passThroughOnException: () => undefined,
    props: {},
  };
  const EDGEWAYS_CONFIG = JSON.stringify({ ...config, timeouts: { head_hold_ms: 10 } });
  const environment = {
    ...env,
    EDGEWAYS_CONFIG,
    AI: { run },
    TENANTS: { idFromName: () => '', get: () => tenant },
  };
  const response = await app.fetch(post(), environment, context);
  return { response, calls, over: () => Promise.all(waits) };
}

function speaking(): Promise<ReadableStream> {
  return Promise.resolve(
    new ReadableStream({
      type: 'bytes',
      start: (controller) => controller.enqueue(new TextEncoder().encode(TEXT)),
    }),
  );
}

it('renews it while the answer runs, and gives it back with what was used when the client leaves', async () => {
  const intervals = vi.spyOn(globalThis, 'setInterval');
  const cleared = vi.spyOn(globalThis, 'clearInterval');
  const { response, calls, over } = await direct(speaking);
  const [renew, everyMs] = intervals.mock.calls[0] ?? [];
  renew?.();
  await response.body?.cancel();
  await over();
  expect([everyMs, calls.renewed, calls.released.map(({ end }) => end), cleared.mock.calls.length]).toEqual([
    30_000,
    1,
    ['stopped'],
    1,
  ]);
  expect(calls.released[0]?.usedTokens).toBeLessThan(100);
});

it('gives it back when the model cannot even be asked', async () => {
  const broken = (): Promise<unknown> => Promise.resolve(new ReadableStream({ pull: () => undefined })); // no bytes
  const { response, calls, over } = await direct(broken);
  await response.body?.cancel();
  await over();
  expect([response.status, calls.released.map(({ end }) => end)]).toEqual([500, ['failed']]);
});

it('holds the response head no longer than that of any other stream', async () => {
  const silent = (): Promise<unknown> => Promise.resolve(new ReadableStream({ type: 'bytes' }));
  const { response, over } = await direct(silent);
  const reader = response.body?.getReader();
  const first = new TextDecoder().decode((await reader?.read())?.value);
  await reader?.cancel();
  await over();
  expect([response.status, first]).toEqual([200, expect.stringContaining('"role":"assistant"')]);
});

it('shows an id that names the answer but opens no stream', async () => {
  const response = await exports.default.fetch(post());
  const id = response.headers.get('x-edgeways-stream') ?? '';
  await response.text();
  const request = new Request(`http://localhost/v1/streams/${id}`);
  request.headers.set('host', 'localhost');
  const read = await exports.default.fetch(request);
  expect([read.status, await read.json()]).toMatchObject([404, { error: { code: 'unknown_stream' } }]);
});

it('no retry joins it, and an Idempotency-Key is refused: there is nothing to join', async () => {
  const retry = { 'x-stainless-retry-count': '1' };
  const first = await exports.default.fetch(post());
  const answers = [first, await exports.default.fetch(post(retry))];
  for (const answer of answers) await answer.text();
  const keyed = await exports.default.fetch(post({ 'idempotency-key': 'k' }));
  await keyed.text();
  expect([...answers, keyed].map(({ status }) => status)).toEqual([200, 200, 400]);
});
