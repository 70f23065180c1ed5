// The promise: what a client tells of how it painted an answer, and that it came back for one that was over, is counted
// once, for its own streams only, and nothing else is taken for it.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startHeldUpstream, type HeldUpstream } from './support/held-upstream.ts';
import { startProduct, TEST_SECRET, testModels, type Product } from './support/product.ts';

const KEYS = { acme: 'ew_acme', other: 'ew_other', ops: 'ew_ops' };

let upstream: HeldUpstream;
let product: Product;

beforeAll(async () => {
  upstream = await startHeldUpstream();
  upstream.play((call) => {
    call.text('Two ', 'and two ', 'is four.');
    call.finish();
  });
  const owner = (id: keyof typeof KEYS) => ({ id, key_sha256: [sha256(KEYS[id])] });
  product = await startProduct({
    config: { models: testModels, tenants: [owner('acme'), owner('other')], operators: [owner('ops')] },
    vars: {
      EDGEWAYS_ENV: 'production',
      EDGEWAYS_SECRET: TEST_SECRET,
      EDGE_BASE_URL: upstream.url,
      OPENAI_BASE_URL: upstream.url,
      OPENAI_API_KEY: 'not-a-key',
    },
  });
});

afterAll(async () => {
  await product.dispose();
  await upstream.dispose();
});

it('is counted once, however often it is sent', async () => {
  const { id } = await answer();
  const statuses = [await report(id, { render_lag_ms: 12 }), await report(id, { render_lag_ms: 900 })];
  expect([statuses, await lagOf(id)]).toEqual([[204, 204], 12]);
});

it('is taken with the ticket of its stream, and with no other', async () => {
  const [own, another] = [await answer(), await answer()];
  const statuses = [another.ticket, own.ticket].map((ticket) =>
    report(own.id, { render_lag_ms: 7 }, { ticket }),
  );
  expect([await Promise.all(statuses), await lagOf(own.id)]).toEqual([[401, 204], 7]);
});

it('of another tenant’s stream is the same 404 as of none', async () => {
  const { id } = await answer();
  const told = { render_lag_ms: 5 };
  const statuses = [await report(id, told, { key: KEYS.other }), await report('s_none', told)];
  expect([statuses, await lagOf(id)]).toEqual([[404, 404], null]);
});

it.each([{}, { render_lag_ms: -1 }, { render_lag_ms: 60_001 }, { render_lag_ms: '12' }, []])(
  'refuses %j by the name of the field',
  async (told) => {
    const { id } = await answer();
    const response = await send(`/v1/streams/${id}/report`, { key: KEYS.acme, body: told });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { param: 'render_lag_ms' } },
    ]);
  },
);

it('counts who comes back for what was missed after the end, and not who finds that nothing was', async () => {
  const { id, ids } = await answer();
  await lagOf(id); // its record is there
  const after = (cursor: string | undefined): Promise<string> =>
    send(`/v1/streams/${id}?format=chat&after=${cursor}`, { key: KEYS.acme }).then((read) => read.text());
  const [missed, nothing] = [await after(ids[0]), await after(ids.at(-1))];
  await vi.waitFor(async () => {
    const { stream } = await detailOf(id);
    expect(stream?.reconnects).toBe(1);
  });
  expect([missed.includes('[DONE]'), nothing]).toEqual([true, '']);
});

type Answer = { readonly id: string; readonly ticket: string; readonly ids: readonly string[] };

async function answer(): Promise<Answer> {
  const body = { model: 'edge', stream: true, messages: [{ role: 'user', content: 'Add two and two.' }] };
  const response = await send('/v1/chat/completions', { key: KEYS.acme, body });
  const ids = Array.from((await response.text()).matchAll(/^id: (\S+)$/gm), ([, id = '']) => id);
  const [, ticket = ''] = /ticket=([^>&]+)/.exec(response.headers.get('link') ?? '') ?? [];
  return { id: response.headers.get('x-edgeways-stream') ?? '', ticket, ids };
}

type By = { readonly key: string } | { readonly ticket: string };

async function report(id: string, body: object, by: By = { key: KEYS.acme }): Promise<number> {
  const query = 'ticket' in by ? `?ticket=${by.ticket}` : '';
  const key = 'key' in by ? by.key : undefined;
  return (await send(`/v1/streams/${id}/report${query}`, { key, body })).status;
}

/** What the operator sees of it, as soon as there is a record. */
async function lagOf(id: string): Promise<unknown> {
  return vi.waitFor(async () => {
    const { stream } = await detailOf(id);
    if (stream === null) throw new Error('no record yet');
    return stream.render_lag_ms;
  });
}

type Detail = { readonly stream: { readonly render_lag_ms: unknown; readonly reconnects: number } | null };

async function detailOf(id: string): Promise<Detail> {
  const response = await send(`/v1/analytics/streams/${id}`, { key: KEYS.ops });
  return (await response.json()) as Detail;
}

type Sent = { readonly key?: string | undefined; readonly body?: object };

function send(path: string, { key, body }: Sent): Promise<Response> {
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const headers = { 'content-type': 'application/json', ...authorization };
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  return fetch(`${product.url}${path}`, { headers, ...sent });
}

function sha256(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
