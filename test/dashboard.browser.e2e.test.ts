// The dashboard in Chromium over the running product and simulated traffic: every number is the API's, what happens
// comes in by itself, every stream can be followed to its sequence numbers, and the keyboard is enough.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StreamDetail, Summary } from '../dashboard/state/analytics-answers.ts';
import type { GenerationRecord } from '../protocol/generation-record.ts';
import { seriousProblems, startChromium, WHY_SKIPPED } from './support/chromium.ts';
import { shownTiles, tilesOf, type ShownTiles } from './support/dashboard-tiles.ts';
import { inventStream, seeded } from './support/invented-streams.ts';
import { startPagesProduct, type PagesProduct } from './support/pages-product.ts';
import type { ProductOptions } from './support/product.ts';
import { readChat, readTyped } from './support/read-answer.ts';
import { fetchSse } from './support/read-sse.ts';
import { recordOf, SEEDED_ENTRY, seedStats } from './support/seeded-stats.ts';

const SIMULATE = fileURLToPath(new URL('../scripts/simulate.ts', import.meta.url));
const REQUESTS = 120;
/** One of each tier, by which the simulator sees that no model is real. */
const PROBES = 2;

const DAYS = 30;
const RECORDS_AT_ONCE = 6;
const MINUTE_MS = 60_000;

/** As expressions: what runs in the page is not of this program. */
const WATCH = `
  globalThis.seen = { shift: 0, longestMs: 0 };
  const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  watch('layout-shift', ({ value, hadRecentInput }) => { if (!hadRecentInput) seen.shift += value; });
  watch('longtask', ({ duration }) => { seen.longestMs = Math.max(seen.longestMs, duration); });
`;

type Seen = { readonly shift: number; readonly longestMs: number };

describe.skipIf(WHY_SKIPPED !== '')(`the dashboard over the running product${WHY_SKIPPED}`, () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    browser = await startChromium();
  });

  afterAll(() => browser.close());

  beforeEach(async () => {
    problems = [];
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.addInitScript(WATCH);
    page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || /Content Security Policy|Trusted/i.test(message.text()))
        problems.push(message.text());
    });
  });

  afterEach(async () => {
    await context.close();
    expect(problems).toEqual([]);
  });

  /** The browser's own word on answers that a test wants to fail. */
  function forgiveFailedRequests(): void {
    problems = problems.filter((problem) => !problem.startsWith('Failed to load resource'));
  }

  /** The page leaves before the product does: a connection that breaks is an error in its console. */
  async function withSite(
    options: ProductOptions,
    play: (site: PagesProduct) => Promise<void>,
  ): Promise<void> {
    const site = await startPagesProduct(options);
    try {
      await play(site);
    } finally {
      await page.close();
      await site.dispose();
    }
  }

  const seen = (): Promise<Seen> => page.evaluate<Seen>('seen');

  describe('with traffic', () => {
    let site: PagesProduct;
    /** A range that is over, with everything in it: what is asked twice is answered alike. */
    let past: string;
    let dropped: Dropped;

    beforeAll(async () => {
      site = await startPagesProduct({ vars: { EDGEWAYS_STANDIN_SPEED: '20' } });
      await simulate(site.url);
      dropped = await dropAndResume(site.url);
      await untilRecorded(site.url, REQUESTS + PROBES + 1);
      const toMs = Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS; // records of this minute are in it
      past = `from=${new Date(toMs - 30 * MINUTE_MS).toISOString()}&to=${new Date(toMs).toISOString()}`;
    });

    afterAll(() => site.dispose());

    async function open(search: string): Promise<void> {
      await page.goto(`${site.url}/dashboard${search}`);
      await page.locator('[data-tile]').first().waitFor();
    }

    async function summary(search: string): Promise<Summary> {
      return (await (await fetch(`${site.url}/v1/analytics/summary?${search}`)).json()) as Summary;
    }

    /** Until the tiles say what the API says to `search`. */
    async function untilTiles(search: string): Promise<ShownTiles> {
      const told = tilesOf(await summary(search));
      await expect.poll(() => shownTiles(page)).toEqual(told);
      return told;
    }

    it('shows in every tile what the API says, to the last digit', async () => {
      const answered = page.waitForResponse(/\/v1\/analytics\/summary/);
      await open(`?live=off&${past}`);
      const received = (await (await answered).json()) as Summary;
      expect([await shownTiles(page), received.totals.requests]).toEqual([
        tilesOf(received),
        REQUESTS + PROBES + 1,
      ]);
      expect(tilesOf(await summary(past))).toEqual(tilesOf(received));
    });

    it('filters by its address: Back and Forward follow, and whoever is sent it sees the same', async () => {
      await open(`?live=off&${past}`);
      const all = await untilTiles(past);
      await page.getByRole('button', { name: /^Tier:/ }).click();
      await page.getByRole('checkbox', { name: 'edge' }).check();
      await page.waitForURL(/tier=edge/);
      const edge = await untilTiles(`${past}&tier=edge`);
      expect([edge['edge_share'], edge['requests'] === all['requests']]).toEqual(['1', false]);
      await page.goBack();
      await untilTiles(past);
      await page.goForward();
      await untilTiles(`${past}&tier=edge`);
      const other = await context.newPage();
      await other.goto(page.url());
      await expect.poll(() => shownTiles(other)).toEqual(edge);
      expect(await other.getByRole('button', { name: /^Tier:/ }).innerText()).toMatch(/edge/);
    });

    it('leads to a stream that was dropped and resumed: who read what, and how it ended', async () => {
      await open(`?live=off&stream=${dropped.id}`);
      const rows = page.locator('.drawer table.bars', { hasText: 'Resumed' }).locator('tbody tr');
      await rows.first().waitFor();
      const shown = await rows.evaluateAll((all) =>
        all.map((row) => [row.querySelector('th')?.textContent, row.lastElementChild?.textContent]),
      );
      const { timeline } = await streamDetail(site.url, dropped.id);
      const [asked, resumed] = timeline?.deliveries ?? [];
      expect(shown).toEqual([
        ['Asked', `0–${(asked?.to_seq ?? 0) - 1}`],
        ['Resumed', `${resumed?.from_seq}–${(timeline?.end_seq ?? 0) - 1}`],
      ]);
      const firstMissing = await seqAfter(site.url, dropped);
      expect(asked?.to_seq).toBeGreaterThanOrEqual(firstMissing);
      // From the event that holds the cursor's frame, or from the one after it.
      expect(resumed?.from_seq).toBe(firstMissing);
      await page.locator('.drawer').getByText('It ended: done, stop.').waitFor();
      await page.locator('.drawer').getByText('2 connections, 1 resumed').waitFor();
    });

    it('needs no mouse: a filter, a stream, and the focus is back where it was', async () => {
      await open(`?live=off&${past}`);
      await page.locator('.row-button').first().waitFor();
      const filter = page.getByRole('button', { name: /^Tier:/ });
      await tabTo(() => filter.evaluate(isFocused));
      await page.keyboard.press('Enter');
      await tabTo(() => page.getByRole('checkbox', { name: 'cloud' }).evaluate(isFocused));
      await page.keyboard.press('Space');
      await page.waitForURL(/tier=cloud/);
      await page.keyboard.press('Escape');
      expect(await filter.evaluate(isFocused)).toBe(true);
      await untilTiles(`${past}&tier=cloud`);
      const row = page.locator('.row-button').first();
      await tabTo(() => row.evaluate(isFocused));
      await page.keyboard.press('Enter');
      await page.locator('.drawer .facts').waitFor();
      await page.keyboard.press('Escape');
      await page.locator('.drawer').waitFor({ state: 'detached' });
      expect(await row.evaluate(isFocused)).toBe(true);
    });

    async function tabTo(isThere: () => Promise<boolean>): Promise<void> {
      for (let presses = 0; presses < 150; presses++) {
        await page.keyboard.press('Tab');
        if (await isThere()) return;
      }
      throw new Error('Tab does not lead there');
    }

    it.each(['light', 'dark'] as const)('is usable by everybody in the %s scheme', async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await open(`?live=off&${past}`);
      await page.locator('.streams').waitFor();
      const found: Record<string, unknown> = { populated: await seriousProblems(page) };
      await page.goto(`${page.url()}&stream=${dropped.id}`);
      await page.locator('.drawer .events').waitFor();
      found['drawer'] = await seriousProblems(page);
      const isDark = await page.evaluate<boolean>(
        `getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).slice(0, 3).every((part) => part < 60)`,
      );
      expect({ ...found, isDark }).toEqual({ populated: [], drawer: [], isDark: colorScheme === 'dark' });
    });

    it('does not jump while it loads, nor when news come', async () => {
      await open('');
      await page.locator('.streams').waitFor();
      await page.getByText('Live', { exact: true }).waitFor();
      const before = (await shownTiles(page))['requests'];
      await generate(site.url);
      const refresh = page.getByRole('button', { name: 'Refresh' });
      const hasNews = async (): Promise<boolean> => {
        await refresh.click(); // what the page does by itself every quarter of a minute
        return (await shownTiles(page))['requests'] !== before;
      };
      await expect.poll(hasNews, { timeout: 30_000 }).toBe(true);
      const { shift } = await seen();
      console.log(`layout shift ${shift.toFixed(4)}`);
      expect(shift).toBeLessThan(0.1);
    });
  });

  it('says what to do before the first answer, which then comes in without a reload', async () => {
    await withSite({ vars: { EDGEWAYS_STANDIN_SPEED: '100' } }, async ({ url }) => {
      await page.goto(`${url}/dashboard`);
      await page.getByText('npm run simulate').waitFor();
      await page.getByText('Live', { exact: true }).waitFor();
      const strip = page.locator('.strip div:has(dt:text-is("requests")) dd');
      await expect.poll(() => strip.innerText()).toBe('0');
      expect([await page.locator('.row-button').count(), await seriousProblems(page)]).toEqual([0, []]);
      await generate(url);
      await page.locator('.row-button').waitFor();
      await expect.poll(() => strip.innerText(), { timeout: 10_000 }).toBe('1');
      expect(await page.locator('.row-button').count()).toBe(1);
    });
  });

  it('keeps the last numbers when the product is gone, says so, and comes back with it', async () => {
    await withSite({ vars: { EDGEWAYS_STANDIN_SPEED: '100' } }, async ({ url, product }) => {
      await generate(url);
      await untilRecorded(url, 1);
      await page.goto(`${url}/dashboard`);
      await page.locator('[data-tile=requests][data-value="1"]').waitFor();
      await product.kill9();
      const refresh = page.getByRole('button', { name: 'Refresh' });
      const mark = page.locator('.glance .stale-mark');
      await refresh.click();
      await mark.waitFor();
      expect([await mark.innerText(), (await shownTiles(page))['requests']]).toEqual([
        expect.stringMatching(/As of \d\d:\d\d:\d\d\. The server cannot be reached\./),
        '1',
      ]);
      await page.getByText('Reconnecting').waitFor();
      await product.restart();
      await refresh.click();
      await mark.waitFor({ state: 'detached' });
      await page.getByText('Live', { exact: true }).waitFor({ timeout: 30_000 });
      forgiveFailedRequests();
    });
  });

  it('asks for an operator’s key where one is needed, says when it is wrong, and leaves it nowhere', async () => {
    const [tenantKey, key] = ['ew_a-tenant', 'ew_an-operator'];
    const config = {
      tenants: [{ id: 'acme', key_sha256: [sha256(tenantKey)] }],
      operators: [{ id: 'ops', key_sha256: [sha256(key)] }],
    };
    await withSite({ vars: { EDGEWAYS_ENV: 'production' }, config }, async ({ url }) => {
      await page.goto(`${url}/dashboard`);
      const typed = async (text: string): Promise<void> => {
        await page.getByLabel('Operator key').fill(text);
        await page.keyboard.press('Enter');
      };
      const problem = page.locator('.key-form .problem');
      await typed('ew_wrong');
      await problem.filter({ hasText: 'The API key is not known here.' }).waitFor();
      await typed(tenantKey);
      await problem.filter({ hasText: 'npm run key -- --operator' }).waitFor();
      await typed(key);
      const nothing = page.locator('[data-tile=requests][data-value="0"]');
      await nothing.waitFor();
      await page.reload();
      await nothing.waitFor();
      const kept = await page.evaluate(() => [localStorage.length, document.cookie, location.href]);
      expect(kept).toEqual([0, '', `${url}/dashboard`]);
      forgiveFailedRequests();
    });
  });

  it(`shows ${DAYS} days of ten models`, async () => {
    await withSite({ entry: SEEDED_ENTRY }, async ({ url }) => {
      await seedStats(url, month());
      const timesMs: number[] = [];
      for (let times = 0; times < 5; times++) {
        const startMs = performance.now();
        await (await fetch(`${url}/v1/analytics/timeseries?range=${DAYS}d&group_by=model`)).text();
        timesMs.push(Math.round(performance.now() - startMs));
      }
      await page.goto(`${url}/dashboard?range=${DAYS}d&group_by=model&live=off`);
      await page.locator('#groups tbody tr').first().waitFor();
      await page.locator('.streams').waitFor();
      const groups = await page.locator('#groups tbody th').allTextContents();
      const { longestMs, shift } = await seen();
      console.log(`timeseries over ${DAYS} days by model: ${timesMs.join(', ')} ms`);
      console.log(`dashboard: longest task ${longestMs} ms, layout shift ${shift.toFixed(4)}`);
      expect([new Set(groups).size, shift < 0.1, await page.locator('#requests .u-over').count()]).toEqual([
        10,
        true,
        1,
      ]);
    });
  });
});

/** Some every few minutes: an object writes fewer rows then, and is filled sooner. */
function* month(): Generator<GenerationRecord> {
  const random = seeded(11);
  const nowMs = Date.now();
  for (let agoMs = DAYS * 86_400_000; agoMs > 0; agoMs -= 6 * MINUTE_MS)
    for (let count = 0; count < RECORDS_AT_ONCE; count++) yield recordOf(inventStream(random, nowMs - agoMs));
}

async function simulate(url: string): Promise<void> {
  const child = spawn(process.execPath, [SIMULATE, '--url', url, '--once', `${REQUESTS}`, '--rate', '30'], {
    stdio: 'ignore',
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the simulator ended with ${code}`);
}

/** A record arrives a moment after its answer has ended. */
async function untilRecorded(url: string, requests: number): Promise<void> {
  const summary = async (): Promise<Summary> =>
    (await (await fetch(`${url}/v1/analytics/summary?range=1h`)).json()) as Summary;
  await vi.waitUntil(async () => (await summary()).totals.requests === requests, {
    timeout: 30_000,
    interval: 100,
  });
}

function post(body: object): RequestInit {
  const headers = { 'content-type': 'application/json' };
  const messages = [{ role: 'user', content: 'What is the capital of Norway?' }];
  return { method: 'POST', headers, body: JSON.stringify({ model: 'edge', messages, ...body }) };
}

async function generate(url: string): Promise<void> {
  const answer = await fetch(`${url}/v1/chat/completions`, post({}));
  if (answer.status !== 200) throw new Error(await answer.text());
  await answer.text();
}

/** `text`: what the client had when it went away. */
type Dropped = { readonly id: string; readonly text: string };

/** Reads a few events of an answer that is far from its end, goes away, and reads the rest. */
async function dropAndResume(url: string): Promise<Dropped> {
  const stop = ['standin:first_token_ms=100,tokens_per_s=2,tokens=60'];
  const first = await fetchSse(`${url}/v1/chat/completions`, post({ stream: true, stop }), {
    leaveAfterEvents: 6,
  });
  await first.end;
  const id = first.response.headers.get('x-edgeways-stream') ?? '';
  const rest = await fetchSse(`${url}/v1/streams/${id}?format=chat`, {
    headers: { 'last-event-id': first.events.at(-1)?.id ?? '' },
  });
  if ((await rest.end) !== 'clean' || rest.events.at(-1)?.data !== '[DONE]')
    throw new Error(`the rest of the stream was not read: ${rest.text()}`);
  return { id, text: readChat(first).text };
}

/** The number of the first event whose text the client did not have. */
async function seqAfter(url: string, { id, text }: Dropped): Promise<number> {
  const typed = await fetchSse(`${url}/v1/streams/${id}`);
  await typed.end;
  return typed.events.findIndex((_, at) => {
    const soFar = readTyped({ events: typed.events.slice(0, at + 1) }).text;
    return soFar.length > text.length;
  });
}

async function streamDetail(url: string, id: string): Promise<StreamDetail> {
  return (await (await fetch(`${url}/v1/analytics/streams/${id}`)).json()) as StreamDetail;
}

function isFocused(element: Element): boolean {
  return element === document.activeElement;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
