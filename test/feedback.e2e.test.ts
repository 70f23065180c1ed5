// The promise: a tenant says what it thinks of its own answers, sees its own decisions and what they taught, and no
// other tenant's; and all of it is there after a crash.

import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHeldUpstream, type HeldUpstream } from './support/held-upstream.ts';
import { startProduct, testModels, type Product } from './support/product.ts';

const ALICE = 'ek_alice_only_for_tests';
const BOB = 'ek_bob_only_for_tests';

let upstream: HeldUpstream;
let product: Product;

beforeEach(async () => {
  upstream = await startHeldUpstream();
  upstream.play((call) => {
    call.text('an answer');
    call.finish();
  });
});

afterEach(async () => {
  await product.dispose();
  await upstream.dispose();
});

/** Two tenants, as in production. */
async function deploy(routing: object = {}): Promise<void> {
  const tenants = [ALICE, BOB].map((key, at) => {
    return { id: `tenant-${at}`, key_sha256: [createHash('sha256').update(key).digest('hex')] };
  });
  product = await startProduct({
    vars: { EDGEWAYS_ENV: 'production', OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url },
    config: { tenants, routing, models: testModels },
  });
}

type Sent = {
  readonly key?: string;
  readonly body?: unknown;
  readonly type?: string;
  readonly method?: string;
};

function send(
  path: string,
  { key = ALICE, body, type = 'application/json', method }: Sent = {},
): Promise<Response> {
  return fetch(product.url + path, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { authorization: `Bearer ${key}`, 'content-type': type },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

function chat(more: object = {}, key = ALICE): Promise<Response> {
  return send('/v1/chat/completions', {
    key,
    body: { model: 'auto', messages: [{ role: 'user', content: 'Hi there' }], ...more },
  });
}

/** The id of an answer that has ended. */
async function answered(key = ALICE): Promise<string> {
  const response = await chat({}, key);
  await response.text();
  return response.headers.get('x-edgeways-stream') ?? '';
}

/** The id of an answer whose decision is there: its record travels after the answer. */
async function recorded(key = ALICE): Promise<string> {
  const stream = await answered(key);
  await expect.poll(async () => (await decisions('', key)).map(({ id }) => id)).toContain(stream);
  return stream;
}

function feedback(body: unknown, key = ALICE): Promise<Response> {
  return send('/v1/feedback', { key, body });
}

async function refusalOf(response: Response): Promise<readonly unknown[]> {
  const { error } = (await response.json()) as { error: { code: string; param: string | null } };
  return [response.status, error.code, error.param];
}

type Line = Readonly<Record<string, unknown>> & { readonly type: string; readonly id: string };

async function decisions(query = '', key = ALICE): Promise<readonly Line[]> {
  const text = await (await send(`/v1/decisions${query}`, { key })).text();
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));
}

describe('feedback', () => {
  it('on an answer of one’s own is taken, and stands beside its decision', async () => {
    await deploy();
    const stream = await recorded();
    const { status } = await feedback({ stream, thumbs: 'down' });
    expect(status).toBe(204);
    expect(await decisions()).toEqual([
      expect.objectContaining({
        type: 'decision',
        id: stream,
        outcome: expect.objectContaining({ end: 'completed' }),
      }),
      expect.objectContaining({ type: 'feedback', id: stream, kind: 'thumbs', reward: 0 }),
    ]);
  });

  it('on an answer that still runs is taken, and counts when that ends', async () => {
    await deploy();
    upstream.play((call) => call.text('an answer'));
    const running = await chat({ stream: true });
    const stream = running.headers.get('x-edgeways-stream') ?? '';
    const { status } = await feedback({ stream, thumbs: 'up' });
    const before = await decisions();
    upstream.calls[0]?.finish();
    await running.text();
    const types = async (): Promise<readonly string[]> => (await decisions()).map(({ type }) => type);
    await expect.poll(types).toEqual(['decision', 'feedback']);
    expect([status, before]).toEqual([202, []]);
  });

  it('on another tenant’s answer, on a forged one and on none is 404 alike', async () => {
    await deploy();
    const stream = await answered(BOB);
    const forged = `${stream.slice(0, -1)}${stream.endsWith('A') ? 'B' : 'A'}`;
    const refusals = await Promise.all(
      [stream, forged, 's_nothing'].map(async (id) =>
        refusalOf(await feedback({ stream: id, thumbs: 'up' })),
      ),
    );
    expect(refusals).toEqual([
      [404, 'unknown_stream', null],
      [404, 'unknown_stream', null],
      [404, 'unknown_stream', null],
    ]);
  });

  it.each<[string, Sent, readonly unknown[]]>([
    [
      'a comment',
      { body: { stream: 's', thumbs: 'up', comment: 'nice' } },
      [400, 'invalid_request', 'comment'],
    ],
    ['nothing said', { body: { stream: 's' } }, [400, 'invalid_request', 'thumbs']],
    ['a body of another type', { body: '{}', type: 'text/plain' }, [415, 'unsupported_media_type', null]],
    ['a large body', { body: { stream: 's'.repeat(3_000), thumbs: 'up' } }, [413, 'body_too_large', null]],
    ['no JSON', { body: '{' }, [400, 'invalid_json', null]],
    ['an unknown key', { body: { stream: 's', thumbs: 'up' }, key: 'ek_nobody' }, [401, 'unknown_key', null]],
    ['another method', { method: 'GET' }, [405, 'method_not_allowed', null]],
  ])('with %s is refused', async (_, sent, refusal) => {
    await deploy();
    expect(await refusalOf(await send('/v1/feedback', sent))).toEqual(refusal);
  });

  it('where nothing is recorded is refused, with the setting that says so', async () => {
    await deploy({ log_decisions: false });
    const refused = await feedback({ stream: await answered(), thumbs: 'up' });
    expect(await refused.json()).toMatchObject({
      error: { param: 'stream', message: expect.stringContaining('routing.log_decisions') },
    });
    expect(await decisions()).toEqual([]);
  });
});

describe('the decisions of a tenant', () => {
  it('are its own, and hold no word of what was asked or answered', async () => {
    await deploy();
    const secret = 'the code word is xylophone';
    const response = await chat({ messages: [{ role: 'user', content: secret }] });
    await response.text();
    await expect.poll(async () => (await decisions()).length).toBe(1);
    const mine = await decisions();
    expect([mine.length, await decisions('', BOB)]).toEqual([1, []]);
    expect(JSON.stringify(mine)).not.toMatch(/xylophone|code word|an answer/);
  });

  it('come in pages that lead to each other', async () => {
    await deploy();
    const asked = [await recorded(), await recorded(), await recorded()];
    const ids: string[] = [];
    let path: string | null = '/v1/decisions?limit=2';
    while (path !== null) {
      const page: Response = await send(path);
      const lines = (await page.text()).trim().split('\n');
      ids.push(...lines.map((line) => (JSON.parse(line) as Line).id));
      path = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1] ?? null;
    }
    expect(ids).toEqual(asked);
  });

  it.each(['after=yesterday', 'after=-1', 'limit=0', 'limit=5001', 'limit=many', 'after=1.2'])(
    'refuse %s with its name',
    async (query) => {
      await deploy();
      const param = query.slice(0, query.indexOf('='));
      expect(await refusalOf(await send(`/v1/decisions?${query}`))).toEqual([400, 'invalid_request', param]);
    },
  );

  it('are there after the process was killed', async () => {
    await deploy();
    const stream = await recorded();
    await feedback({ stream, preferred_tier: 'edge' });
    const before = await decisions();
    await product.kill9();
    await product.restart();
    expect([before.length, await decisions()]).toEqual([2, before]);
  });
});

it('what was learnt is shown in the words of the wire, for the tenant’s own target', async () => {
  await deploy({ target: { cloud_share: 0.3 } });
  await recorded();
  const shown = await (await send('/v1/routing')).json();
  expect(shown).toMatchObject({
    version: expect.stringMatching(/^[0-9a-f]{8}$/),
    target: { type: 'cloud_share', value: 0.3 },
    threshold: { value: expect.any(Number), basis: 'prior', expected: { cloud_share: expect.any(Number) } },
    drift: { level: 'unknown' },
    share: {
      cloud: expect.any(Number),
      held: expect.any(Number),
      escalated: 0,
      added_ttft_ms: expect.any(Number),
    },
    decisions: 1,
    shadow: { pairs: 0, labels: 0, cost_usd: 0 },
  });
  const others = (await (await send('/v1/routing', { key: BOB })).json()) as { decisions: number };
  expect(others.decisions).toBe(0);
});

describe('a policy that is not in force', () => {
  it('is scored on the tenant’s own decisions', async () => {
    await deploy({ threshold: 0, stages: { answer_check: false } });
    await recorded();
    const all = { name: 'all-to-the-cloud', threshold: 1 };
    const score = await (await send('/v1/routing', { body: all })).json();
    const none = await (await send('/v1/routing', { body: all, key: BOB })).json();
    expect([score, none]).toEqual([
      {
        name: 'all-to-the-cloud',
        decisions: 1,
        threshold: 1,
        share: { edge: 0, cloud: 1, check: 0 },
        share_in_force: { edge: 1, cloud: 0, check: 0 },
        agreement: 0,
      },
      { name: 'all-to-the-cloud', decisions: 0 },
    ]);
  });

  it('with a key that nobody knows is refused with its name', async () => {
    await deploy();
    const refused = await send('/v1/routing', { body: { name: 'x', threshold: 0.5, treshold: 0.6 } });
    expect(await refusalOf(refused)).toEqual([400, 'invalid_request', 'treshold']);
  });
});
