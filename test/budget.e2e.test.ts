// What a tenant may spend, counted where it is paid: at the upstream. Everything over real HTTP.

import { createHash } from 'node:crypto';
import { afterEach, expect, it, vi } from 'vitest';
import { startHeldUpstream, type HeldUpstream } from './support/held-upstream.ts';
import { startProduct, type Product } from './support/product.ts';

const KEY = 'ek_only_for_tests';

/** What the scripted upstream says that it used, and what that is by the prices of `testModels`. */
const USAGE = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
const USED_USD = (7 * 0.1 + 3 * 1) / 1e6;

let upstream: HeldUpstream | null = null;
let product: Product | null = null;

afterEach(dispose);

async function dispose(): Promise<void> {
  await product?.dispose();
  await upstream?.dispose();
  product = null;
  upstream = null;
}

type Running = { readonly product: Product; readonly upstream: HeldUpstream };

/** A deployment with one tenant, as in production. Every answer begins at once and goes on when the test says so. */
async function deploy(budget: object | null): Promise<Running> {
  await dispose();
  const models = await startHeldUpstream();
  models.play((call) => call.text('a word'));
  const started = await startProduct({
    vars: { EDGEWAYS_ENV: 'production', OPENAI_BASE_URL: models.url, EDGE_BASE_URL: models.url },
    config: {
      tenants: [
        {
          id: 'tests',
          key_sha256: [createHash('sha256').update(KEY).digest('hex')],
          limits: { concurrent_streams: 100, budget },
        },
      ],
    },
  });
  product = started;
  upstream = models;
  return { product: started, upstream: models };
}

/** A deployment whose budget is for so many requests: what one reserves is read where it is told. */
async function deployFor(requests: number, over = 'refuse'): Promise<Running & { readonly eachUsd: number }> {
  const measured = await deploy({ usd_per_day: 1000 });
  await ask(measured);
  const { reserved_usd: eachUsd } = await budgetOf(measured);
  return { ...(await deploy({ usd_per_day: eachUsd * requests, over })), eachUsd };
}

function ask(
  running: Running,
  body: object = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${running.product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}`, ...headers },
    body: JSON.stringify({
      model: 'cloud',
      stream: true,
      max_tokens: 1000,
      messages: [{ role: 'user', content: 'Hello' }],
      ...body,
    }),
  });
}

type Shown = { readonly limit_usd: number | null; readonly spent_usd: number; readonly ends_at: string };
type ShownBudget = {
  readonly over: string;
  readonly reserved_usd: number;
  readonly day: Shown;
  readonly month: Shown;
};

async function budgetOf({ product: { url } }: Running): Promise<ShownBudget> {
  const response = await fetch(`${url}/v1/budget`, { headers: { authorization: `Bearer ${KEY}` } });
  expect(response.status).toBe(200);
  const { budget } = (await response.json()) as { readonly budget: ShownBudget };
  return budget;
}

async function accountOf(running: Running): Promise<readonly number[]> {
  const { reserved_usd: reserved, day, month } = await budgetOf(running);
  return [reserved, day.spent_usd, month.spent_usd];
}

async function refusalOf(response: Response): Promise<readonly unknown[]> {
  const { error } = (await response.json()) as {
    readonly error: { readonly code: string; readonly type: string };
  };
  return [response.status, error.code, error.type, response.headers.get('retry-after')];
}

const SPENT = [402, 'budget_spent', 'budget_error', null];

async function finishAll({ upstream: { calls } }: Running, responses: readonly Response[]): Promise<void> {
  for (const call of calls) if (call.isOpen) call.finish('stop', USAGE);
  await Promise.all(responses.map((response) => response.text()));
}

it('50 requests at once on a budget for 5 make 5 upstream calls; what they really cost is known after a restart', async () => {
  const running = await deployFor(5);
  const responses = await Promise.all(Array.from({ length: 50 }, () => ask(running)));
  const refused = responses.filter(({ status }) => status !== 200);
  expect([refused.length, running.upstream.calls.length]).toEqual([45, 5]);
  expect(await Promise.all(refused.map(refusalOf))).toEqual(refused.map(() => SPENT));
  await finishAll(
    running,
    responses.filter(({ status }) => status === 200),
  );
  const usedUsd = expect.closeTo(5 * USED_USD, 9);
  await vi.waitFor(async () => expect(await accountOf(running)).toEqual([0, usedUsd, usedUsd]));
  await running.product.restart();
  expect(await accountOf(running)).toEqual([0, usedUsd, usedUsd]);
});

it('a warm tenant with many free streams is held to its budget all the same', async () => {
  const running = await deployFor(5);
  await finishAll(running, [await ask(running)]);
  await vi.waitFor(async () => expect((await accountOf(running))[0]).toBe(0));
  const responses = await Promise.all(Array.from({ length: 50 }, () => ask(running)));
  // What the first one cost is missing for a fifth.
  expect(responses.filter(({ status }) => status === 200)).toHaveLength(4);
  expect(running.upstream.calls).toHaveLength(1 + 4);
});

it('a generation that dies with the process stays paid for', async () => {
  const running = await deployFor(1);
  const response = await ask(running);
  await running.product.kill9();
  await expect(response.text()).rejects.toThrow();
  await running.product.restart();
  expect(await refusalOf(await ask(running))).toEqual(SPENT);
});

it('an answer that cannot be resumed is counted like any other', async () => {
  const running = await deployFor(5);
  const response = await ask(running, {}, { 'x-edgeways-resumable': 'false' });
  await finishAll(running, [response]);
  const usedUsd = expect.closeTo(USED_USD, 9);
  await vi.waitFor(async () => expect(await accountOf(running)).toEqual([0, usedUsd, usedUsd]));
});

it('over budget the edge answers when the budget says so, tells why, and is counted', async () => {
  const running = await deploy({ usd_per_day: 0, over: 'edge' });
  const response = await ask(running);
  expect([
    response.status,
    response.headers.get('x-edgeways-route'),
    running.upstream.calls[0]?.body.model,
  ]).toEqual([200, 'edge', 'small-upstream']);
  expect(response.headers.get('x-edgeways-reason')).toContain('budget:spent');
  await finishAll(running, [response]);
  const usedUsd = expect.closeTo(USED_USD, 9);
  await vi.waitFor(async () => expect(await accountOf(running)).toEqual([0, usedUsd, usedUsd]));
});

it('over budget a request that no edge model can serve is refused', async () => {
  const running = await deploy({ usd_per_day: 0, over: 'edge' });
  const format = { type: 'json_object' };
  expect(await refusalOf(await ask(running, { response_format: format }))).toEqual(SPENT);
  expect(running.upstream.calls).toHaveLength(0);
});

it('over budget a client waits until the period ends when the budget says so', async () => {
  const running = await deployFor(1, 'wait');
  await ask(running);
  const [status, code, type, retryAfter] = await refusalOf(await ask(running));
  const { day } = await budgetOf(running);
  const leftSeconds = (Date.parse(day.ends_at) - Date.now()) / 1000;
  expect([status, code, type]).toEqual([429, 'budget_spent', 'budget_error']);
  expect(Math.abs(Number(retryAfter) - leftSeconds)).toBeLessThan(30);
});

it('a tenant sees its own account, and that there is none without a budget', async () => {
  const running = await deploy({ usd_per_day: 2, usd_per_month: 30, over: 'wait' });
  const budget = await budgetOf(running);
  const now = new Date();
  expect(budget).toEqual({
    over: 'wait',
    reserved_usd: 0,
    day: { limit_usd: 2, spent_usd: 0, ends_at: expect.stringMatching(/T00:00:00\.000Z$/) },
    month: {
      limit_usd: 30,
      spent_usd: 0,
      ends_at: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1)).toISOString(),
    },
  });
  expect((await fetch(`${running.product.url}/v1/budget`)).status).toBe(401);
  expect(await budgetOf(await deploy(null))).toBeNull();
});
