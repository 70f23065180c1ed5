// The promise, through the running product: a share of answers is also answered by the other tier, after the client has
// its own; a judge's verdict becomes a label, its cost is shown apart, and neither answer is stored.

import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { testModels, startProduct, type Product } from './support/product.ts';
import { says, startScriptedTiers, type ScriptedTiers } from './support/scripted-tiers.ts';

let tiers: ScriptedTiers;
let product: Product;
let folder: string;

afterEach(async () => {
  await product.dispose();
  await tiers.upstream.dispose();
  await rm(folder, { recursive: true });
});

const JUDGE = { ...testModels[1], id: 'wise', upstream_model: 'judge-upstream' };

async function deploy(routing: object, rest: object = {}): Promise<void> {
  tiers = await startScriptedTiers();
  folder = await mkdtemp(join(tmpdir(), 'edgeways-shadows-'));
  product = await startProduct({
    persistDir: folder,
    vars: { OPENAI_BASE_URL: tiers.upstream.url, EDGE_BASE_URL: tiers.upstream.url },
    // The threshold is never reached, so every request is the cloud's and its shadow the edge's.
    config: {
      models: [...testModels, JUDGE],
      routing: {
        threshold: 1,
        stages: { answer_check: false },
        shadow: { dispatch_share: 0.1, judge_model: 'wise' },
        ...routing,
      },
      ...rest,
    },
  });
  tiers.script({
    'large-upstream': says('The cloud answer zyxt.'),
    'small-upstream': says('The edge answer qwzk.'),
    'judge-upstream': says('{"a": 4, "b": 4}'),
  });
}

async function ask(): Promise<string> {
  const response = await fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Name a colour, any.' }] }),
  });
  return response.text();
}

async function shadow(): Promise<{
  readonly pairs: number;
  readonly labels: number;
  readonly cost_usd: number;
}> {
  const shown = (await (await fetch(`${product.url}/v1/routing`)).json()) as {
    shadow: { pairs: number; labels: number; cost_usd: number };
  };
  return shown.shadow;
}

it('a share of the answers gets a shadow and a verdict, in that order, and nobody sees any of it', async () => {
  await deploy({});
  const answers: string[] = [];
  while (!tiers.asked().includes('judge-upstream') && answers.length < 400) answers.push(await ask());
  await expect.poll(async () => (await shadow()).labels).toBeGreaterThanOrEqual(1);
  const asked = tiers.asked();
  const first = asked.indexOf('small-upstream');
  const { pairs, cost_usd: costUsd } = await shadow();
  expect(asked.slice(first - 1, first)).toEqual(['large-upstream']);
  expect(answers.every((text) => text.includes('zyxt') && !text.includes('qwzk'))).toBe(true);
  expect(costUsd / pairs).toBeCloseTo((2 * (7 * 0.1 + 3 * 1)) / 1_000_000, 9);
  const lines = await (await fetch(`${product.url}/v1/decisions`)).text();
  expect(lines).toMatch(/"kind":"judge","reward":0.75,"edgeGood":1/);
  const stored = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  expect(stored.some((text) => text.includes('qwzk'))).toBe(false);
});

it('a prompt that may not leave the edge never gets one', async () => {
  await deploy({ data_locality: 'edge-only' });
  for (let request = 0; request < 40; request++) await ask();
  expect([new Set(tiers.asked()), (await shadow()).pairs]).toEqual([new Set(['small-upstream']), 0]);
});

it('a tenant with a budget has none: they would run after its account is settled', async () => {
  await deploy({}, { local_limits: { budget: { usd_per_day: 1_000 } } });
  // Without the rule one in ten would get one: none in so many happens once in five thousand runs.
  for (let request = 0; request < 80; request++) await ask();
  expect([new Set(tiers.asked()), (await shadow()).pairs]).toEqual([new Set(['large-upstream']), 0]);
});
