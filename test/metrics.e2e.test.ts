// What Prometheus scrapes from the running product: promtool finds nothing to say about it, and a restart takes nothing
// away from a counter. And who goes away from the live feed leaves nothing behind.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startProduct, testModels, type Product } from './support/product.ts';
import { fetchSse, type SseReading } from './support/read-sse.ts';
import { startScriptedTiers, type ScriptedTiers } from './support/scripted-tiers.ts';

const PROMTOOL = process.env['PROMTOOL_PATH'] ?? '/usr/bin/promtool';
const why = existsSync(PROMTOOL) ? '' : ` (skipped: there is no promtool at ${PROMTOOL})`;

/** Totals are on disk some seconds after an answer. */
const FLUSHED = { timeout: 30_000, interval: 250 };

let tiers: ScriptedTiers;
let persistDir: string;
let product: Product;

beforeAll(async () => {
  tiers = await startScriptedTiers();
  persistDir = await mkdtemp(join(tmpdir(), 'edgeways-metrics-'));
  product = await start();
  for (const model of ['edge', 'cloud']) await answerOf(model);
  await vi.waitFor(async () => expect(await generations()).toBe(2), FLUSHED);
});

afterAll(async () => {
  await product.dispose();
  await tiers.upstream.dispose();
  await rm(persistDir, { recursive: true });
});

function start(): Promise<Product> {
  const vars = { OPENAI_BASE_URL: tiers.upstream.url, EDGE_BASE_URL: tiers.upstream.url };
  return startProduct({ vars, config: { models: testModels }, persistDir });
}

async function answerOf(model: string): Promise<void> {
  const response = await fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
  });
  await response.text();
}

async function scraped(): Promise<string> {
  const response = await fetch(`${product.url}/metrics`);
  if (response.status !== 200) throw new Error(`scrape: ${response.status}`);
  return response.text();
}

async function generations(): Promise<number> {
  const counts = (await scraped()).matchAll(/^edgeways_generations_total\{[^}]*\} (\d+)$/gm);
  return Array.from(counts, ([, count]) => Number(count)).reduce((sum, count) => sum + count, 0);
}

describe.skipIf(why !== '')(`promtool${why}`, () => {
  it('finds no fault in the metrics', async () => {
    const checked = spawnSync(PROMTOOL, ['check', 'metrics'], { input: await scraped(), encoding: 'utf8' });
    expect([checked.status, checked.stdout, checked.stderr]).toEqual([0, '', '']);
  });

  it('would find one', () => {
    const input = '# TYPE edgeways_wrong counter\nedgeways_wrong 1\n';
    expect(spawnSync(PROMTOOL, ['check', 'metrics'], { input }).status).not.toBe(0);
  });
});

it('is the text format that Prometheus asks for', async () => {
  const { headers } = await fetch(`${product.url}/metrics`);
  expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
});

it('keeps its counters over a restart', async () => {
  await product.dispose();
  product = await start();
  expect(await generations()).toBe(2);
});

it('gives the place of a live reader whose connection was cut to the next one', async () => {
  const places = 16;
  const open = (): Promise<SseReading> => fetchSse(`${product.url}/v1/analytics/live`);
  const readings = await Promise.all(Array.from({ length: places }, open));
  const full = await open();
  await Promise.all(readings.map((reading) => reading.leave()));
  const next = await vi.waitFor(async () => {
    const reading = await open();
    expect(reading.response.status).toBe(200);
    return reading;
  }, FLUSHED);
  await next.until((events) => events.some(({ event }) => event === 'summary'));
  await next.leave();
  expect(full.response.status).toBe(429);
});
