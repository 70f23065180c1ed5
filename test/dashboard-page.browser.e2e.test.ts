// The dashboard in Chromium over invented analytics, in the states that a page must look well in: what it shows is what
// the API said, what is looked at stands in the address, and a failure hides nothing that was known.

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Summary } from '../dashboard/state/analytics-answers.ts';
import { type AnalyticsFixture, FIXTURE_KEY, startAnalyticsFixture } from './support/analytics-fixture.ts';
import { seriousProblems, startChromium, WHY_SKIPPED } from './support/chromium.ts';
import { shownTiles, tilesOf } from './support/dashboard-tiles.ts';

describe.skipIf(WHY_SKIPPED !== '')(`the dashboard in Chromium${WHY_SKIPPED}`, () => {
  let fixture: AnalyticsFixture;
  let browser: Browser;
  let page: Page;
  let problems: string[];
  /** A range that is over: what is asked twice is answered alike. */
  let past: string;

  beforeAll(async () => {
    fixture = await startAnalyticsFixture();
    browser = await startChromium();
    const to = Date.now() - 60_000;
    past = `from=${new Date(to - 3_000_000).toISOString()}&to=${new Date(to).toISOString()}`;
  });

  afterAll(async () => {
    await browser.close();
    await fixture.close();
  });

  beforeEach(async () => {
    fixture.setState('busy');
    problems = [];
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${fixture.url}/`)) problems.push(`request: ${request.url()}`);
    });
    page.on('console', (message) => {
      if (/Content Security Policy|Trusted/i.test(message.text())) problems.push(message.text());
    });
  });

  afterEach(async () => {
    await page.close();
    expect(problems).toEqual([]);
  });

  async function open(search: string): Promise<void> {
    await page.goto(`${fixture.url}/dashboard${search}`);
  }

  async function tile(id: string): Promise<string | null> {
    return page.locator(`[data-tile=${id}]`).getAttribute('data-value');
  }

  it('shows in every tile what the API says, to the last digit', async () => {
    await open(`?${past}`);
    const answer = await fetch(`${fixture.url}/v1/analytics/summary?${past}`);
    const summary = (await answer.json()) as Summary;
    expect(await shownTiles(page)).toEqual(tilesOf(summary));
  });

  it('keeps filters in the address, and Back takes them away', async () => {
    await open(`?${past}`);
    const all = await tile('requests');
    await page.getByRole('button', { name: /^Model:/ }).click();
    await page.getByRole('checkbox', { name: 'llama-small' }).check();
    await page.waitForURL(/model=llama-small/);
    await page.locator(`[data-tile=requests]:not([data-value="${all}"])`).waitFor();
    await page.goBack();
    await page.locator(`[data-tile=requests][data-value="${all}"]`).waitFor();
    expect(page.url()).not.toContain('model=');
  });

  it('shows a range that was drawn on a chart', async () => {
    await open('?range=1h');
    const box = await page.locator('#requests .u-over').boundingBox();
    if (box === null) throw new Error('the chart is drawn');
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.25, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, y, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/from=/);
    const query = new URL(page.url()).searchParams;
    const minutes = (Date.parse(query.get('to') ?? '') - Date.parse(query.get('from') ?? '')) / 60_000;
    expect(Math.abs(minutes - 30)).toBeLessThan(2);
  });

  it('opens a stream with the keyboard, shares it by its address, and gives the focus back', async () => {
    await open(`?live=off&${past}`);
    const row = page.locator('.row-button').nth(2);
    await row.focus();
    await page.keyboard.press('Enter');
    await page.locator('.drawer .events').waitFor();
    const { search } = new URL(page.url());
    await page.keyboard.press('Escape');
    await page.locator('.drawer').waitFor({ state: 'detached' });
    expect(await row.evaluate((button) => button === document.activeElement)).toBe(true);
    expect(page.url()).not.toContain('stream=');
    await open(search);
    await page.locator('.drawer .events').waitFor();
  });

  it('lets live streams in at the top of the table', async () => {
    await open('');
    await page.getByText('Live', { exact: true }).waitFor();
    const first = await page.locator('.row-button').first().getAttribute('aria-label');
    await page.waitForFunction(
      (before) => document.querySelector('.row-button')?.getAttribute('aria-label') !== before,
      first,
    );
  });

  it('keeps the last good numbers when the API fails, and says since when and why', async () => {
    await open(`?live=off&${past}`);
    const all = await tile('requests');
    fixture.setState('failing');
    await page.getByRole('button', { name: 'Refresh' }).click();
    const mark = page.locator('.glance .stale-mark');
    await mark.waitFor();
    expect(await mark.innerText()).toMatch(/As of \d\d:\d\d:\d\d\. The statistics are overloaded\./);
    expect(await tile('requests')).toBe(all);
  });

  it('says what to do when there is no traffic', async () => {
    fixture.setState('empty');
    await open('');
    await page.getByText('npm run simulate').waitFor();
    expect(await tile('error_rate')).toBe('');
  });

  it('asks for a key with the words of the API, and keeps it no longer than the tab', async () => {
    fixture.setState('locked');
    await open(`?${past}`);
    await page.getByText('npm run key -- --operator').waitFor();
    await page.getByLabel('Operator key').fill(FIXTURE_KEY);
    await page.keyboard.press('Enter');
    await page.locator('[data-tile=requests]').waitFor();
    expect(
      await page.evaluate(() => [localStorage.length, document.cookie, location.href.includes('key')]),
    ).toEqual([0, '', false]);
  });

  it.each([
    ['light', 'busy', 'theme=light'],
    ['dark', 'busy', 'theme=dark&group_by=model&range=30d'],
    ['empty', 'empty', ''],
    ['failing', 'failing', ''],
  ] as const)('has no serious accessibility problem: %s', async (_, state, search) => {
    fixture.setState(state);
    await open(`?live=off&${search}`);
    await page
      .locator(state === 'failing' ? '.problem >> nth=0' : '.streams, #streams .nothing')
      .first()
      .waitFor();
    expect(await seriousProblems(page)).toEqual([]);
  });

  it.each([390, 1_440])('is never wider than a window of %i pixels', async (width) => {
    await page.setViewportSize({ width, height: 844 });
    await open(`?${past}`);
    await page.locator('.streams').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });
});
