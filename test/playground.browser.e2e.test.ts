// The playground in Chromium, against the running product: what it promises to show, what it must not let a model do, and
// what it costs to draw. Upstreams are played by hand, so that every moment in an answer can be waited for.

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import hostile from './fixtures/hostile-markdown.json' with { type: 'json' };
import { startHeldUpstream, type HeldCall, type HeldUpstream } from './support/held-upstream.ts';
import { startPagesProduct, type PagesProduct } from './support/pages-product.ts';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const why = existsSync(CHROMIUM) ? '' : ` (skipped: there is no Chromium at ${CHROMIUM})`;

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const run = promisify(execFile);

/** What a model may make of a page, and nothing else. */
const ELEMENTS =
  'A BLOCKQUOTE BR BUTTON CODE DIV EM H3 H4 H5 H6 HR INPUT LI OL P PRE S SPAN STRONG TABLE TBODY TD TH THEAD TR UL';
const ATTRIBUTES = 'aria-label checked class disabled href rel start tabindex target type';

const CHUNKS = 2_000;

describe.skipIf(why !== '')(`the playground in Chromium${why}`, () => {
  let upstream: HeldUpstream;
  let site: PagesProduct;
  let browser: Browser;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    upstream = await startHeldUpstream();
    const vars = { OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url };
    site = await startPagesProduct({ vars, config: { timeouts: { heartbeat_ms: 1_000 } } });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });

  afterAll(async () => {
    await browser.close();
    await site.dispose();
    await upstream.dispose();
  });

  beforeEach(async () => {
    upstream.play(null);
    problems = [];
    page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    watch(page);
    await page.goto(site.url);
  });

  afterEach(async () => {
    await page.close();
    expect(problems).toEqual([]);
  });

  /** Everything that a page must never do is a problem of the test that it happens in. */
  function watch(watched: Page): void {
    watched.on('pageerror', (error) => problems.push(`error: ${error.message}`));
    watched.on('dialog', (dialog) => {
      problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    watched.on('request', (request) => {
      if (!request.url().startsWith(`${site.url}/`)) problems.push(`request: ${request.url()}`);
    });
    watched.on('console', (message) => {
      if (/Content Security Policy|Trusted/i.test(message.text())) problems.push(message.text());
    });
  }

  const at = (id: string): Locator => page.getByTestId(id);

  async function ask(text: string): Promise<HeldCall> {
    const calling = upstream.next();
    await page.fill('#question', text);
    await page.press('#question', 'Enter');
    return calling;
  }

  /** All there is on the screen of the newest answer. */
  const shown = async (): Promise<string> => (await at('answer-text').last().textContent()) ?? '';

  /** Until it is all there, but for the last characters: they may be the beginning of a mark, and are held back. */
  async function untilShown(text: string, where: Page = page): Promise<void> {
    await where.waitForFunction((wanted) => {
      const answer = [...document.querySelectorAll('[data-testid=answer-text]')].at(-1);
      const isHeldBack = answer?.classList.contains('live') === true;
      const shownText = answer?.textContent ?? '';
      return isHeldBack
        ? wanted.startsWith(shownText) && wanted.length - shownText.length <= 2
        : wanted === shownText;
    }, text);
  }

  async function untilEnded(count = 1): Promise<void> {
    await page.waitForFunction((wanted) => document.querySelectorAll('.actions').length === wanted, count);
  }

  async function counters(where: Page = page): Promise<readonly (string | null)[]> {
    const texts = ['gaps', 'duplicates'].map((id) => where.getByTestId(id).last().textContent());
    return Promise.all(texts);
  }

  const words = (from: number, to: number): readonly string[] =>
    Array.from({ length: to - from }, (_, index) => `word${from + index} `);

  describe('an answer', () => {
    it('is asked for with Enter, shown as it comes, and named by its tier', async () => {
      const call = await ask('What is the capital of Norway?');
      call.text('Oslo is');
      await untilShown('Oslo is');
      expect(await at('connection').getAttribute('data-state')).toBe('open');
      call.text(' it.');
      call.finish();
      await untilEnded();
      expect([await shown(), await at('tier').textContent(), ...(await counters())]).toEqual([
        'Oslo is it.',
        'edge',
        '0',
        '0',
      ]);
    });

    it('is written on a new line with Shift+Enter, and not sent', async () => {
      await page.fill('#question', 'one');
      await page.press('#question', 'Shift+Enter');
      await page.type('#question', 'two');
      expect([await page.inputValue('#question'), await page.locator('.turn').count()]).toEqual([
        'one\ntwo',
        0,
      ]);
    });

    it('is stopped with Escape: the upstream is closed, and what came stays', async () => {
      const call = await ask('Count');
      call.text('one two');
      await untilShown('one two');
      await page.keyboard.press('Escape');
      expect(await call.closed).toBe('peer');
      await untilEnded();
      expect([await shown(), await at('ending').textContent()]).toEqual([
        'one two',
        'Stopped. “Continue” goes on from here.',
      ]);
    });

    it('is stopped before its first byte: the upstream is closed all the same, and the page is free at once', async () => {
      const call = await ask('Count');
      await page.keyboard.press('Escape');
      await at('send').waitFor();
      call.text('one');
      expect(await call.closed).toBe('peer');
    });

    it('is not stopped by the second click of a double one', async () => {
      const calling = upstream.next();
      await page.fill('#question', 'Hello');
      await at('send').dblclick();
      const call = await calling;
      call.text('Hi.');
      call.finish();
      await untilEnded();
      expect([await shown(), await at('ending').count()]).toEqual(['Hi.', 0]);
    });

    it('is stopped by a new chat, because nobody can see its end', async () => {
      const call = await ask('Count');
      call.text('one two');
      await untilShown('one two');
      await page.getByRole('button', { name: 'New chat' }).click();
      expect(await call.closed).toBe('peer');
    });

    it('is regenerated from the client’s own history', async () => {
      const first = await ask('Hello');
      first.text('Hi.');
      first.finish();
      await untilEnded();
      const second = await ask('Tell me more');
      second.text('More.');
      second.finish();
      await untilEnded(2);
      const calling = upstream.next();
      await page.getByRole('button', { name: 'Regenerate' }).click();
      const third = await calling;
      third.text('Better.');
      third.finish();
      await untilShown('Better.');
      await untilEnded(2);
      expect(third.body.messages).toEqual(second.body.messages);
      expect(third.body.messages).toEqual([
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Hi.' },
        { role: 'user', content: 'Tell me more' },
      ]);
    });

    it('is continued by a new one that has the partial as its last message', async () => {
      const call = await ask('Recite');
      call.text('To be, or');
      call.finish('length');
      await untilEnded();
      const calling = upstream.next();
      await page.getByRole('button', { name: 'Continue' }).click();
      const next = await calling;
      next.text(' not to be.');
      next.finish();
      await untilShown('To be, or not to be.');
      expect(next.body.messages.at(-1)).toEqual({ role: 'assistant', content: 'To be, or' });
    });

    it('gives its question back to be edited', async () => {
      const call = await ask('Helo');
      call.text('Hi.');
      call.finish();
      await untilEnded();
      await page.getByRole('button', { name: 'Edit question' }).click();
      expect([
        await page.inputValue('#question'),
        await page.locator('.turn').count(),
        await page.evaluate('document.activeElement.id'),
      ]).toEqual(['Helo', 0, 'question']);
    });

    it('shows its thinking, and a tool call until its arguments are whole', async () => {
      await page.getByLabel('offer a weather tool').check();
      const call = await ask('What is the weather in Oslo?');
      call.delta({ reasoning_content: 'I need the weather.' });
      const piece = (fields: object): void => call.delta({ tool_calls: [{ index: 0, ...fields }] });
      piece({ id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":' } });
      await page.locator('[data-testid=tools] [aria-busy=true]').waitFor();
      piece({ function: { arguments: '"Oslo"}' } });
      call.finish('tool_calls');
      await untilEnded();
      expect([
        await page.locator('[data-testid=tools] code').textContent(),
        await page.locator('[data-testid=thinking] pre').textContent(),
      ]).toEqual(['get_weather({"city":"Oslo"})', 'I need the weather.']);
    });

    it('that takes long says so, by how long it takes, until its first word', async () => {
      const call = await ask('Think hard');
      await page.locator('[data-testid=waiting][data-stage=thinking]').waitFor();
      await page.locator('[data-testid=waiting][data-stage=working]').waitFor();
      expect(await at('waiting').textContent()).toBe('Still working on it…');
      call.text('Done thinking.');
      await page.locator('[data-testid=waiting][data-stage=none]').waitFor();
      call.finish();
      await untilShown('Done thinking.');
    });

    it('is read out in whole sentences, without its marks', async () => {
      const call = await ask('Speak');
      call.text('**Hello** there. See [docs](https://example.com/a) n');
      await page.locator('[data-testid=announcer]:text-is("Hello there.")').waitFor({ state: 'attached' });
      call.text('ow');
      call.finish();
      await page.locator('[data-testid=announcer]:text-is("See docs now")').waitFor({ state: 'attached' });
      expect(await at('announcer').getAttribute('aria-live')).toBe('polite');
    });

    it('that fails in the middle says the code, and what came before stays', async () => {
      const call = await ask('Break');
      call.text('Half of it');
      await untilShown('Half of it');
      call.reset();
      await at('problem').waitFor();
      await untilShown('Half of it');
      expect(await at('problem').textContent()).toMatch(/^upstream_failed.*What came before it stays\./);
    });

    it('that is refused says the code, what to do, and counts down', async () => {
      const call = await ask('Hello');
      call.refuse(429, {}, { 'retry-after': '7' });
      await at('problem').waitFor();
      expect(await at('problem').textContent()).toMatch(/^503 upstream_rate_limited.*Try again in \d+ s\.$/);
    });

    it('that wants a key asks for one, keeps it in the tab, and is asked for again', async () => {
      const error = {
        message: 'Send a key.',
        type: 'authentication_error',
        param: null,
        code: 'missing_key',
      };
      await page.route('**/v1/chat/completions', (route) =>
        route.request().headers()['authorization'] === 'Bearer secret'
          ? route.continue({ headers: { ...route.request().headers(), authorization: '' } })
          : route.fulfill({ status: 401, json: { error } }),
      );
      await page.fill('#question', 'Hello');
      await page.press('#question', 'Enter');
      await page.fill('#api-key', 'secret');
      const calling = upstream.next();
      await page.press('#api-key', 'Enter');
      const call = await calling;
      call.text('Hi.');
      call.finish();
      await untilShown('Hi.');
      expect(await at('key-form').count()).toBe(0);
    });
  });

  describe('a connection', () => {
    it('that is dropped in mid-answer is resumed without a gap or a duplicate, and the answer is whole', async () => {
      const asked: (string | undefined)[] = [];
      page.on('request', (request) => {
        if (request.url().includes('/v1/streams/')) asked.push(request.headers()['last-event-id']);
      });
      const call = await ask('Count');
      call.text(...words(0, 50));
      await untilShown(words(0, 50).join(''));
      await at('drop').click();
      await page.locator('[data-testid=connection][data-state=cut]').waitFor();
      call.text(...words(50, 120));
      call.finish();
      await untilShown(words(0, 120).join(''));
      await untilEnded();
      expect(await at('notes').textContent()).toMatch(
        /Connection cut at seq 50\..*Connected again after seq 50\./,
      );
      expect(await counters()).toEqual(['0', '0']);
      expect(asked.slice(0, 2)).toEqual([undefined, expect.stringMatching(/-50$/)]);
    });

    it('that the network breaks comes back by itself', async () => {
      const call = await ask('Count');
      call.text(...words(0, 20));
      await untilShown(words(0, 20).join(''));
      site.cut();
      await page.locator('[data-testid=connection][data-state=lost]').waitFor();
      call.text(...words(20, 60));
      call.finish();
      await untilShown(words(0, 60).join(''));
      expect(await counters()).toEqual(['0', '0']);
    });

    it('that was given up for good is taken up again by a reload', { timeout: 60_000 }, async () => {
      const call = await ask('Count');
      call.text('one ');
      await untilShown('one ');
      await page.route('**/v1/streams/**', (route) => route.abort());
      site.cut();
      await at('problem').waitFor({ timeout: 50_000 });
      expect(await at('problem').textContent()).toMatch(/^connection_lost.*Reload the page/);
      call.text('two');
      call.finish();
      await page.unroute('**/v1/streams/**');
      await page.reload();
      await untilShown('one two');
    });

    it('of a page that is reloaded in mid-answer goes on', async () => {
      const call = await ask('Count');
      call.text(...words(0, 20));
      await untilShown(words(0, 20).join(''));
      await page.reload();
      call.text(...words(20, 40));
      call.finish();
      await untilShown(words(0, 40).join(''));
      expect(await counters()).toEqual(['0', '0']);
    });

    it('of a second tab has the same answer from its start, live', async () => {
      const call = await ask('Count');
      call.text(...words(0, 20));
      await untilShown(words(0, 20).join(''));
      const opening = page.context().waitForEvent('page');
      await at('second-tab').click();
      const second = await opening;
      watch(second);
      await untilShown(words(0, 20).join(''), second);
      call.text(...words(20, 40));
      call.finish();
      await untilShown(words(0, 40).join(''), second);
      await untilShown(words(0, 40).join(''));
      expect([await counters(second), await at('seq').textContent()]).toEqual([
        ['0', '0'],
        await second.getByTestId('seq').textContent(),
      ]);
      await second.close();
    });

    it('that reads slowly gets everything all the same', async () => {
      await at('pace').selectOption('4000');
      const call = await ask('Count');
      call.text(...words(0, 60));
      call.finish();
      await untilEnded();
      expect([await shown(), await counters()]).toEqual([words(0, 60).join(''), ['0', '0']]);
    });
  });

  it('a race shows both tiers side by side, each with its clock, first token, speed and cost', async () => {
    upstream.play((call) => {
      call.text(...words(0, 20));
      call.finish('stop', { prompt_tokens: 10, completion_tokens: 40, total_tokens: 50 });
    });
    await at('whom').selectOption('race');
    await page.fill('#question', 'Go');
    await at('send').click();
    await untilEnded(2);
    expect([
      await at('answer-text').allTextContents(),
      await at('tier').allTextContents(),
      await at('race-cost').allTextContents(),
    ]).toEqual([
      [words(0, 20).join(''), words(0, 20).join('')],
      ['edge', 'cloud'],
      ['$0.000041', '$0.000041'],
    ]);
    for (const clock of await at('race-clock').allTextContents()) {
      expect(clock).toMatch(/^\d+\.\d sfirst token \d+(\.\d+)? (ms|s)/);
    }
  });

  describe('a race', () => {
    const race = async (): Promise<void> => {
      await at('whom').selectOption('race');
      await page.fill('#question', 'Go');
      await at('send').click();
    };

    it('that one side loses goes on with the answer of the other', async () => {
      upstream.play((call) => {
        if (call.body.model.startsWith('large')) {
          call.refuse(500);
          return;
        }
        call.text('The edge’s.');
        call.finish();
      });
      await race();
      await untilEnded(2);
      upstream.play(null);
      const call = await ask('More');
      call.finish();
      expect(call.body.messages).toContainEqual({ role: 'assistant', content: 'The edge’s.' });
    });

    it('of what may not leave the edge never reaches the cloud', async () => {
      upstream.play((call) => {
        call.text('Kept.');
        call.finish();
      });
      await page.getByLabel('may not leave the edge').check();
      const before = upstream.calls.length;
      await race();
      await untilEnded(2);
      expect(upstream.calls.slice(before).map(({ body }) => body.model)).toEqual(['small-upstream']);
      expect(await at('problem').textContent()).toContain('data_locality');
    });

    it('can be cut while one side still runs', async () => {
      upstream.play((call) => {
        call.text('x');
        if (call.body.model.startsWith('small')) call.finish();
      });
      await race();
      await untilEnded();
      await page.locator('[data-testid=drop]:enabled').click();
      await page.locator('[data-testid=connection][data-state=cut]').waitFor();
      for (const call of upstream.calls) if (call.isOpen) call.finish();
      await untilEnded(2);
    });
  });

  it('the panel beside an answer says exactly what its route event says', async () => {
    const call = await ask('Write a function that merges two sorted lists.');
    call.text('Merge them.');
    call.finish();
    await untilEnded();
    const link = new URL((await at('second-tab').getAttribute('href')) ?? '', site.url).searchParams;
    const stream = await fetch(`${site.url}/v1/streams/${link.get('follow')}?ticket=${link.get('ticket')}`);
    const route = JSON.parse(/^data: (.*)$/m.exec(await stream.text())?.[1] ?? '') as {
      readonly probability: number;
      readonly threshold: number;
      readonly reasons: readonly string[];
      readonly counterfactual: string;
      readonly signals: readonly { readonly name: string; readonly weight: number }[];
      readonly arms: readonly { readonly tier: string; readonly model: string }[];
    };
    const cells = (id: string, cell: string): Promise<string[]> =>
      page.locator(`[data-testid=${id}] tbody ${cell}`).allTextContents();
    expect(await at('probability').textContent()).toContain(
      `${route.probability.toFixed(3)} ${route.probability >= route.threshold ? '≥' : '<'} ${route.threshold.toFixed(3)}`,
    );
    expect(await page.locator('[data-testid=reasons] li').allTextContents()).toEqual(route.reasons);
    expect(await cells('signals', 'th')).toEqual(route.signals.map(({ name }) => name));
    expect(await cells('signals', '.signal-weight')).toEqual(
      route.signals.map(({ weight }) => `${weight < 0 ? '−' : '+'}${Math.abs(weight).toFixed(2)}`),
    );
    expect(await at('counterfactual').textContent()).toContain(route.counterfactual);
    expect(await cells('arms', 'td:nth-child(-n+2)')).toEqual(
      route.arms.flatMap(({ tier, model }) => [tier, model]),
    );
    await page.getByRole('button', { name: 'Good answer' }).click();
    await page.getByText('Thanks, it counts.').waitFor();
  });

  it('the knob and the draft say what the router says, and run nothing', async () => {
    const call = await ask('What is the capital of Norway?');
    call.text('Oslo.');
    call.finish();
    await untilEnded();
    const calls = upstream.calls.length;
    await page.fill('#question', 'Prove that there are infinitely many primes.');
    const foreseen = page.locator('[data-testid=foreseen]:has-text("Would go to the")');
    await foreseen.waitFor();
    const body = JSON.stringify({
      messages: [
        { role: 'user', content: 'What is the capital of Norway?' },
        { role: 'assistant', content: 'Oslo.' },
        { role: 'user', content: 'Prove that there are infinitely many primes.' },
      ],
    });
    const headers = { 'content-type': 'application/json' };
    const route = (await (await fetch(`${site.url}/v1/route`, { method: 'POST', headers, body })).json()) as {
      readonly tier: string;
    };
    expect(await foreseen.textContent()).toContain(`Would go to the ${route.tier}`);
    await page.locator('[data-testid=knob] summary').click();
    await page.locator('[data-testid=knob-says]:has-text("Threshold")').waitFor();
    await at('knob-slider').fill('100');
    await page.locator('[data-testid=knob-says]:has-text("would go to the cloud")').waitFor();
    expect([await at('in-force').count(), upstream.calls.length]).toEqual([1, calls]);
  });

  describe('a page that scrolls', () => {
    /** A wheel is followed by a short glide. */
    async function untilStill(read: () => Promise<number>): Promise<number> {
      const frame = (): Promise<unknown> =>
        page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
      let now = await read();
      for (let before = Number.NaN; before !== now; now = await read()) {
        before = now;
        for (let frames = 0; frames < 5; frames++) await frame();
      }
      return now;
    }

    it('leaves who scrolled up alone, and leads back', async () => {
      const call = await ask('Write a lot');
      const lines = (from: number, to: number): string =>
        words(from, to)
          .map((word) => `${word}\n\n`)
          .join('');
      call.text(lines(0, 80));
      await at('answer-text').getByText('word79').waitFor();
      const top = (): Promise<number> => at('scroll').evaluate((region) => region.scrollTop);
      const distance = (): Promise<number> =>
        at('scroll').evaluate((region) => region.scrollHeight - region.clientHeight - region.scrollTop);
      expect(await distance()).toBeLessThan(2);
      await at('scroll').hover();
      await page.mouse.wheel(0, -600);
      await at('jump').waitFor();
      const before = await untilStill(top);
      call.text(lines(80, 120));
      await at('answer-text').getByText('word119').waitFor({ state: 'attached' });
      expect(await top()).toBe(before);
      await at('jump').click();
      call.text(lines(120, 130));
      call.finish();
      await untilEnded();
      await page.waitForFunction(() => {
        const region = document.querySelector('[data-testid=scroll]');
        return region !== null && region.scrollHeight - region.clientHeight - region.scrollTop < 2;
      });
    });

    // A machine that is busy with something else paints late: then it is measured again.
    it(`paints ${CHUNKS} chunks with a p95 under 50 ms each, and shifts nothing`, { retry: 2 }, async () => {
      await page.evaluate(`
        globalThis.shifts = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) globalThis.shifts += entry.value;
        }).observe({ type: 'layout-shift', buffered: true });
      `);
      const call = await ask('Write a long report');
      const pieces = Array.from({ length: CHUNKS }, (_, index) => pieceOf(index));
      // As fast models do it: some 200 pieces a second, in small batches.
      for (let from = 0; from < CHUNKS; from += 4) {
        call.text(...pieces.slice(from, from + 4));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      call.finish();
      await untilEnded();
      await page.waitForFunction(
        () => document.querySelector('[data-testid=render-lag]')?.textContent !== '–',
      );
      const lagMs = Number.parseFloat((await at('render-lag').textContent()) ?? '');
      const shift = await page.evaluate<number>('globalThis.shifts');
      console.log(`render lag p95 ${lagMs} ms over ${CHUNKS} chunks, layout shift ${shift.toFixed(4)}`);
      expect([lagMs < 50, shift < 0.1, await counters()]).toEqual([true, true, ['0', '0']]);
    });
  });

  describe('a hostile answer', () => {
    it.each(hostile)('runs nothing and fetches nothing: $name', async ({ name, markdown }) => {
      await page.evaluate(`
        globalThis.violations = [];
        document.addEventListener('securitypolicyviolation', (event) => globalThis.violations.push(event.blockedURI));
      `);
      const call = await ask('Be evil');
      const pieces = name.startsWith('split') ? markdown.split('|') : (markdown.match(/[\s\S]{1,5}/gu) ?? []);
      call.text(...pieces);
      call.finish();
      await untilEnded();
      const found = await page.evaluate(
        ([elements, attributes]) => {
          const root = document.querySelector('[data-testid=answer-text]');
          const all = [...(root?.querySelectorAll('*') ?? [])];
          const names = all.flatMap((element) => [...element.attributes].map((attribute) => attribute.name));
          const links = [...(root?.querySelectorAll('a') ?? [])];
          return {
            elements: all.map(({ tagName }) => tagName).filter((tag) => !elements?.split(' ').includes(tag)),
            attributes: names.filter((attribute) => !attributes?.split(' ').includes(attribute)),
            links: links.filter((link) => !/^(https?|mailto):$/.test(link.protocol)).map(({ href }) => href),
            rels: links.filter((link) => link.rel !== 'noopener noreferrer nofollow').length,
            ran: Reflect.get(globalThis, '__ran') ?? false,
            violations: Reflect.get(globalThis, 'violations'),
            isEmpty: root?.textContent === '',
          };
        },
        [ELEMENTS, ATTRIBUTES] as const,
      );
      expect(found).toEqual({
        elements: [],
        attributes: [],
        links: [],
        rels: 0,
        ran: false,
        violations: [],
        isEmpty: false,
      });
    });

    it('cannot swallow the rest of an answer by an address that never ends', async () => {
      const call = await ask('Index');
      call.text(
        'Use a[0](unclosed ',
        'text\n\nMore.\n\nSee https://example.com/a now, and [docs](https://exam',
      );
      call.finish();
      await untilEnded();
      expect([
        await at('answer-text').locator('p').allTextContents(),
        await at('answer-text').locator('a').count(),
      ]).toEqual([
        ['Use a[0](unclosed text', 'More.', 'See https://example.com/a now, and [docs](https://exam'],
        1,
      ]);
    });

    it('cannot spell a name backwards', async () => {
      const call = await ask('Hide');
      call.text('[\u202Eelpmaxe.knab](https://evil.example)');
      call.finish();
      await untilEnded();
      expect(await shown()).toBe('\uFFFDelpmaxe.knab (evil.example)');
    });

    it.each(['[', '[a](', '[a](https://x ', '*_', 'a_b', '> '])(
      'costs little: %j without end',
      async (piece) => {
        const call = await ask('Freeze');
        for (let pieces = 0; pieces < 100; pieces++) call.text(piece.repeat(200));
        call.finish();
        await untilEnded();
      },
    );

    it('shows what is no attack as it is meant', async () => {
      const call = await ask('Be nice');
      const text =
        '# Title\n\nSee [docs](https://example.com/a), a[0], EDGE_BASE_URL, _this_, x[i](j) and snake_case.\n\n```python\nprint("<b>")\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- [x] done\n- [ ] open\n';
      for (const character of text) call.text(character);
      call.finish();
      await untilEnded();
      const answer = at('answer-text');
      expect({
        title: await answer.locator('h3').textContent(),
        paragraph: await answer.locator('p').first().textContent(),
        link: await answer.locator('a').getAttribute('href'),
        language: await answer.locator('.code-language').textContent(),
        code: await answer.locator('pre code').textContent(),
        table: await answer.locator('th, td').allTextContents(),
        tasks: await answer
          .locator('input')
          .evaluateAll((boxes) => boxes.map((box) => box.matches(':checked'))),
      }).toEqual({
        title: 'Title',
        paragraph: 'See docs (example.com), a[0], EDGE_BASE_URL, this, x[i](j) and snake_case.',
        link: 'https://example.com/a',
        language: 'python',
        code: 'print("<b>")',
        table: ['a', 'b', '1', '2'].map((cell) => expect.stringContaining(cell)),
        tasks: [true, false],
      });
    });
  });

  it.each(['curl', 'openai', 'ai-sdk'])('a request copied as %s runs as it is', async (kind) => {
    upstream.play((call) => {
      call.text('As ', 'copied.');
      call.finish();
    });
    await page.fill('#question', `It's "quoted" and $HOME`);
    await at('send').click();
    await untilEnded();
    await page.getByRole('button', { name: kind, exact: true }).click();
    const text = (await at('snippet').textContent()) ?? '';
    const { stdout } =
      kind === 'curl'
        ? await run('bash', ['-c', text], { cwd: ROOT })
        : await run(process.execPath, ['--input-type=module', '-e', text], { cwd: ROOT });
    expect(kind === 'curl' ? stdout.includes('"content":"copied."') : stdout === 'As copied.').toBe(true);
    expect(upstream.calls.at(-1)?.body.messages).toEqual(upstream.calls.at(-2)?.body.messages);
  });

  it.each(['light', 'dark'] as const)(
    'axe finds no serious problem in any state (%s)',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      const found: Record<string, unknown> = { empty: await seriousProblems() };
      const call = await ask('Explain');
      call.delta({ reasoning_content: 'Hm.' });
      call.text(
        '# Title\n\nSee [docs](https://example.com).\n\n```js\nlet x;\n```\n\n| a |\n|---|\n| 1 |\n\n- [x] done\n',
      );
      await at('answer-text').getByText('done').waitFor();
      found['running'] = await seriousProblems();
      call.finish('length');
      await untilEnded();
      await page.getByRole('button', { name: 'openai' }).click();
      await page.locator('[data-testid=knob] summary').click();
      await page.locator('[data-testid=knob-says]:has-text("Threshold")').waitFor();
      found['ended'] = await seriousProblems();
      const refused = await ask('Again');
      refused.refuse(429);
      await at('problem').waitFor();
      found['refused'] = await seriousProblems();
      await page.setViewportSize({ width: 390, height: 800 });
      found['narrow'] = await seriousProblems();
      expect(found).toEqual({ empty: [], running: [], ended: [], refused: [], narrow: [] });
    },
  );

  async function seriousProblems(): Promise<unknown> {
    await page.evaluate(AXE);
    return page.evaluate(`
      axe.run().then(({ violations }) => violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => html + failureSummary)]))
    `);
  }

  it('nothing is wider than a phone', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    const call = await ask('Explain');
    call.text(`${'x'.repeat(300)}\n\n| ${'wide column | '.repeat(12)}\n|${'---|'.repeat(12)}\n`);
    call.text(`\n\`\`\`js\n${'long line '.repeat(40)}\n\`\`\`\n`);
    call.finish();
    await untilEnded();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });
});

/** Prose with all that an answer has: paragraphs, lists, code, emphasis, now and then a table's row. */
function pieceOf(index: number): string {
  if (index % 200 === 150) return '\n\n```js\nconst answer = 42;\n```\n\n';
  if (index % 40 === 0) return `\n\n## Part ${index / 40}\n\n`;
  if (index % 17 === 0) return '\n- ';
  return index % 9 === 0 ? `**word${index}** ` : `word${index} `;
}
