// What a tenant may spend, counted where it is paid: at the upstream. Everything over real HTTP.

import { createHash } from 'node:crypto';
import { afterEach, expect, it, vi } from 'vitest';
import { startHeldUpstream, type HeldCall, type HeldUpstream } from './support/held-upstream.ts';
import { startProduct, type Product } from './support/product.ts';

const KEY = 'ek_only_for_tests';

let upstream: HeldUpstream;
let product: Product;

afterEach(async () => {
  await product.dispose();
  await upstream.dispose();
});

type Limits = Readonly<Record<string, number | null>>;

/** A deployment with one tenant, as in production: local mode has neither keys nor limits per minute. */
async function deploy(limits: Limits, timeouts: object = {}): Promise<void> {
  upstream = await startHeldUpstream();
  upstream.play((call) => call.text('a word'));
  product = await startProduct({
    vars: { EDGEWAYS_ENV: 'production', OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url },
    config: {
      tenants: [{ id: 'tests', key_sha256: [createHash('sha256').update(KEY).digest('hex')], limits }],
      timeouts: { heartbeat_ms: 100, ...timeouts },
    },
  });
}

type Ask = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly signal?: AbortSignal;
};

function ask({ headers = {}, body = {}, signal }: Ask = {}): Promise<Response> {
  return fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}`, ...headers },
    body: JSON.stringify({
      model: 'cloud',
      stream: true,
      messages: [{ role: 'user', content: 'Hello' }],
      ...body,
    }),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function askMany(
  count: number,
): Promise<{ readonly started: Response[]; readonly refused: Response[] }> {
  const responses = await Promise.all(Array.from({ length: count }, () => ask()));
  return {
    started: responses.filter(({ status }) => status === 200),
    refused: responses.filter(({ status }) => status !== 200),
  };
}

async function refusalOf(response: Response): Promise<object> {
  const { error } = (await response.json()) as { readonly error: { readonly code: string } };
  return {
    status: response.status,
    code: error.code,
    waits: Number(response.headers.get('retry-after')) >= 1,
  };
}

const TOO_MANY = { status: 429, code: 'too_many_streams', waits: true };

it('runs exactly N upstream calls when 4 N requests of a cold tenant come at once', async () => {
  const limit = 6;
  await deploy({ concurrent_streams: limit });
  const { started, refused } = await askMany(4 * limit);
  expect([started.length, upstream.calls.length]).toEqual([limit, limit]);
  expect(await Promise.all(refused.map(refusalOf))).toEqual(refused.map(() => TOO_MANY));
});

it('pays no upstream call for a tenant that is known to be over its limit', async () => {
  await deploy({ concurrent_streams: 2 });
  await askMany(3);
  const { refused } = await askMany(20);
  expect([refused.length, upstream.calls.length]).toEqual([20, 2]);
});

it('never runs more than N calls when a warm tenant with much headroom storms', async () => {
  const limit = 12;
  await deploy({ concurrent_streams: limit });
  await askMany(1);
  const { started, refused } = await askMany(4 * limit);
  expect([started.length, refused.length]).toEqual([limit - 1, 4 * limit - (limit - 1)]);
  // A hint that was too good costs an aborted call, never a running one.
  await vi.waitFor(() => expect(upstream.calls.filter((call) => call.isOpen)).toHaveLength(limit));
});

it.each([
  ['abort', {}],
  ['linger=1', {}],
  ['continue', { 'x-edgeways-resumable': 'false' }],
])('gives the lease of a client that is gone back (%s %o)', async (policy, more) => {
  await deploy({ concurrent_streams: 1 });
  const client = new AbortController();
  const leaving = await ask({
    headers: { 'x-edgeways-on-disconnect': policy, ...more },
    signal: client.signal,
  });
  expect([leaving.status, await refusalOf(await ask())]).toEqual([200, TOO_MANY]);
  client.abort();
  const call = await upstream.call(0);
  expect(await call.closed).toBe('peer');
  await vi.waitFor(async () => expect((await ask()).status).toBe(200), { timeout: 5000, interval: 100 });
  expect(upstream.calls).toHaveLength(2);
});

it.each([
  ['ends', (call: HeldCall) => call.finish()],
  ['dies', (call: HeldCall) => call.reset()],
])('gives the lease back when the upstream %s', async (_, end) => {
  await deploy({ concurrent_streams: 1 });
  const response = await ask();
  end(await upstream.call(0));
  await response.text();
  await vi.waitFor(async () => expect((await ask()).status).toBe(200), { timeout: 5000, interval: 100 });
});

it('limits the streams of one address, and of that address alone', async () => {
  await deploy({ concurrent_streams: 20, streams_per_address: 2 });
  const from = (address: string): Promise<Response> => ask({ headers: { 'cf-connecting-ip': address } });
  const here = await Promise.all([from('198.51.100.7'), from('198.51.100.7'), from('198.51.100.7')]);
  const refused = here.filter(({ status }) => status !== 200);
  expect(await Promise.all(refused.map(refusalOf))).toEqual([
    { status: 429, code: 'too_many_streams_from_address', waits: true },
  ]);
  expect((await from('203.0.113.9')).status).toBe(200);
  expect(upstream.calls).toHaveLength(3);
});

it.each([
  ['requests', { requests_per_minute: 3 }, {}, 'too_many_requests'],
  ['tokens', { tokens_per_minute: 400 }, { max_tokens: 100 }, 'too_many_tokens'],
])('limits the %s of a minute', async (_, limits, body, code) => {
  await deploy({ concurrent_streams: 20, ...limits });
  for (let turn = 0; turn < 3; turn++) expect((await ask({ body })).status).toBe(200);
  expect(await refusalOf(await ask({ body }))).toEqual({ status: 429, code, waits: true });
  expect(upstream.calls).toHaveLength(3);
});

it.each([
  [5000, 64],
  [undefined, 64],
  [10, 10],
])('asks the upstream for at most the clamp when a client asks for %s tokens', async (asked, sent) => {
  await deploy({ max_output_tokens: 64 });
  await ask({ body: asked === undefined ? {} : { max_tokens: asked } });
  expect((await upstream.call(0)).body['max_completion_tokens']).toBe(sent);
});
