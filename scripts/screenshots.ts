// `npm run screenshots`: makes docs/images from the running product. An hour of invented traffic stands in its statistics,
// simulated traffic runs while the pictures are taken, and the models are the local stand-ins, so that nothing is paid.
// It takes two minutes; needs Chromium.

import { spawn } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { DEFAULT_THRESHOLD } from '../classifier/threshold.ts';
import type { StreamRow } from '../dashboard/state/analytics-answers.ts';
import config from '../edgeways.config.json' with { type: 'json' };
import type { BreakerTurn } from '../protocol/generation-record.ts';
import { startChromium, WHY_SKIPPED } from '../test/support/chromium.ts';
import { inventStream, seeded } from '../test/support/invented-streams.ts';
import { startPagesProduct } from '../test/support/pages-product.ts';
import { recordOf, SEEDED_ENTRY, seedStats } from '../test/support/seeded-stats.ts';

const ROOT = path.dirname(import.meta.dirname);
const IMAGES = path.join(ROOT, 'docs', 'images');

/** So that the minutes before the simulation look like those with it. */
const REQUESTS_A_SECOND = 3;

/** The simulation has an outage of the edge in its first minute: the breaker has opened and closed by then. */
const SIMULATED_MS = 75_000;

const MINUTE_MS = 60_000;
const MINUTES = 60;

/** Invented rows are divided here. */
const INVENTED_THRESHOLD = 0.62;

const QUESTION = 'Explain how a B-tree keeps its depth small, and prove the bound on its height.';

async function main(): Promise<void> {
  const site = await startPagesProduct({ entry: SEEDED_ENTRY });
  const browser = await startChromium();
  try {
    const nowMs = Date.now();
    await seedStats(site.url, [...lastHour(nowMs)].map(recordOf), breakerTurns(nowMs));
    const simulator = spawn(
      process.execPath,
      [path.join(import.meta.dirname, 'simulate.ts'), '--url', site.url, '--rate', `${REQUESTS_A_SECOND}`],
      { stdio: 'ignore' },
    );
    await takePlayground(browser, site.url);
    await sleep(Math.max(0, nowMs + SIMULATED_MS - Date.now()));
    await takeDashboard(browser, site.url);
    simulator.kill('SIGINT');
  } finally {
    await browser.close();
    await site.dispose();
  }
}

/** The upper half of the page in the light, the lower one in the dark. */
async function takeDashboard(browser: Browser, url: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 1600 } });
  for (const [theme, name, top] of [
    ['light', 'dashboard', 'h1'],
    ['dark', 'dashboard-dark', '#routing'],
  ] as const) {
    await page.goto(`${url}/dashboard?theme=${theme}`);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.locator('.streams').waitFor();
    await page
      .locator('.strip dd', { hasText: /^[1-9]/ })
      .first()
      .waitFor();
    await page.locator(top).evaluate((element) => element.scrollIntoView({ block: 'start' }));
    await take(page, name);
  }
  await page.close();
}

async function takePlayground(browser: Browser, url: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
  await page.goto(url);
  await page.fill('#question', QUESTION);
  await page.press('#question', 'Enter');
  const answer = page.getByTestId('answer-text').last();
  await answer.filter({ hasText: /\S{2,}(\s+\S+){12}/ }).waitFor();
  await page.getByTestId('drop').click();
  await page.locator('.actions').waitFor({ timeout: 60_000 });
  await take(page, 'playground');
  await page.close();
}

async function take(page: Page, name: string): Promise<void> {
  const file = path.join(IMAGES, `${name}.png`);
  await page.screenshot({ path: file, animations: 'disabled' });
  console.log(`docs/images/${name}.png ${Math.ceil(statSync(file).size / 1024)} KiB`);
}

/** By their ends, oldest first. */
function* lastHour(nowMs: number): Generator<StreamRow> {
  const random = seeded(5);
  for (let minute = MINUTES; minute > 0; minute--) {
    const wave = 1 + 0.25 * Math.sin(minute / 7) + 0.1 * random();
    const count = Math.round(REQUESTS_A_SECOND * 60 * wave);
    for (let at = 0; at < count; at++) {
      const endedMs = nowMs - minute * MINUTE_MS + (at / count) * MINUTE_MS;
      yield withOwnModel(inventStream(random, endedMs), random());
    }
  }
}

type Model = (typeof config.models)[number];

/** As one of the models of the shipped configuration, at its price, and on the right side of its threshold. */
function withOwnModel(row: StreamRow, draw: number): StreamRow {
  const ofTier = config.models.filter(({ tier }) => tier === row.tier);
  const cloud = config.models.find(({ tier }) => tier === 'cloud');
  const model = ofTier[Math.floor(draw ** 4 * ofTier.length)];
  if (model === undefined || cloud === undefined) throw new Error('the configuration has both tiers');
  const hiddenUsd = row.hidden_usd === 0 ? 0 : costOf(cloud, row) / 10;
  return {
    ...row,
    tenant: 'local',
    model: model.id,
    provider: model.provider,
    cost_usd: costOf(model, row) + hiddenUsd,
    hidden_usd: hiddenUsd,
    probability: row.probability === null ? null : moved(row.probability, row.tier),
    all_cloud_usd: costOf(cloud, row),
  };
}

function moved(probability: number, tier: StreamRow['tier']): number {
  const share = probability < INVENTED_THRESHOLD ? probability / INVENTED_THRESHOLD : 1;
  if (tier === 'cloud') return share * DEFAULT_THRESHOLD;
  const above = Math.max(0, (probability - INVENTED_THRESHOLD) / (1 - INVENTED_THRESHOLD));
  return DEFAULT_THRESHOLD + above * (1 - DEFAULT_THRESHOLD);
}

function costOf({ price }: Model, { tokens }: StreamRow): number {
  return (tokens.input * price.input_usd_per_mtok + tokens.output * price.output_usd_per_mtok) / 1_000_000;
}

/** A bad quarter of an hour of the first model. */
function breakerTurns(nowMs: number): readonly BreakerTurn[] {
  const [first] = config.models;
  const upstream = first === undefined ? '' : `${first.endpoint}/${first.id}`;
  const turn = (minutesAgo: number, from: BreakerTurn['from'], to: BreakerTurn['to']): BreakerTurn => ({
    atMs: nowMs - minutesAgo * MINUTE_MS,
    upstream,
    from,
    to,
    cause: to === 'open' ? 'upstream_timeout' : null,
  });
  return [
    turn(34, 'closed', 'open'),
    turn(33, 'open', 'half_open'),
    turn(32.8, 'half_open', 'open'),
    turn(30, 'open', 'half_open'),
    turn(29.7, 'half_open', 'closed'),
  ];
}

if (WHY_SKIPPED !== '') {
  console.error(`Pictures need a browser${WHY_SKIPPED}. Set CHROMIUM_PATH.`);
  process.exitCode = 1;
} else {
  mkdirSync(IMAGES, { recursive: true });
  await main();
}
