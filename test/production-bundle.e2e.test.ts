// The promise: what is deployed is what was tested. The very bundle of a deployment, made smaller than any other, runs on
// workerd: it answers, resumes, counts, and lets only operators see the counts.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHeldUpstream, type HeldUpstream } from './support/held-upstream.ts';
import { TEST_SECRET, testModels } from './support/product.ts';
import { startWorkerd, type Workerd } from './support/workerd.ts';

const ROOT = join(import.meta.dirname, '..');

const TENANT_KEY = 'ew_a-tenant';
const OPERATOR_KEY = 'ew_an-operator';

let upstream: HeldUpstream;
let product: Workerd;

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [join(ROOT, 'scripts', 'production.mjs')]);
  upstream = await startHeldUpstream();
  const config = {
    models: testModels,
    tenants: [{ id: 'acme', key_sha256: [sha256(TENANT_KEY)] }],
    operators: [{ id: 'ops', key_sha256: [sha256(OPERATOR_KEY)] }],
  };
  product = await startWorkerd({
    bundle: join(ROOT, 'dist', 'worker'),
    entry: 'index.js',
    compatibilityDate: '2026-10-23',
    compatibilityFlags: ['enable_request_signal'],
    vars: {
      EDGEWAYS_ENV: 'production',
      EDGEWAYS_SECRET: TEST_SECRET,
      EDGEWAYS_CONFIG: JSON.stringify(config),
      EDGE_BASE_URL: upstream.url,
      OPENAI_BASE_URL: upstream.url,
      OPENAI_API_KEY: 'not-a-key',
    },
    objects: {
      CONVERSATIONS: 'Conversation',
      TENANTS: 'Tenant',
      ROUTING: 'Routing',
      HEALTH: 'Health',
      ANSWER_CACHES: 'AnswerCache',
      STATS: 'Stats',
    },
    entrypoints: {},
    persistDir: null,
    port: 0,
  });
});

afterAll(async () => {
  await product.dispose();
  await upstream.dispose();
});

it('answers a tenant, and resumes the answer after any of its frames', async () => {
  upstream.play((call) => {
    call.text('Two ', 'and two ', 'is four.');
    call.finish();
  });
  const body = { model: 'edge', stream: true, messages: [{ role: 'user', content: 'Add two and two.' }] };
  const response = await send('/v1/chat/completions', { key: TENANT_KEY, body });
  const whole = await response.text();
  const [, first = ''] = /^id: (\S+)$/m.exec(whole) ?? [];
  const path = `/v1/streams/${response.headers.get('x-edgeways-stream')}?format=chat&after=${first}`;
  const rest = await (await send(path, { key: TENANT_KEY })).text();
  expect({
    status: response.status,
    hasEnded: whole.includes('[DONE]'),
    isRest: rest !== '' && whole.endsWith(rest.slice(rest.indexOf('id: '))),
  }).toEqual({ status: 200, hasEnded: true, isRest: true });
});

it('shows its counts to operators and to nobody else', async () => {
  const paths = ['/v1/analytics/summary', '/v1/analytics/streams', '/v1/analytics/live', '/metrics'];
  const asked = await Promise.all(
    paths.map(async (path) => {
      const statuses = [undefined, TENANT_KEY, 'ew_unknown', OPERATOR_KEY].map(async (key) => {
        const response = await send(path, { key });
        await response.body?.cancel();
        return response.status;
      });
      return Promise.all(statuses);
    }),
  );
  expect(asked).toEqual(paths.map(() => [401, 403, 401, 200]));
});

it('has counted the answer', async () => {
  const response = await send('/v1/analytics/summary', { key: OPERATOR_KEY });
  expect(await response.json()).toMatchObject({
    totals: { requests: 1, outcomes: { completed: 1 }, tokens: { input: 7, output: 3 } },
  });
});

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
