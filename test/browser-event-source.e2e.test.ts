// Chromium's own EventSource on the `link` of an answer, from a page of another origin, over a bad network: the page
// ends up with exactly what was said, and a tab that is left open asks once more and never again.

import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCutStream, type CutStream } from './support/cut-streams.ts';
import { startCuttingProxy, type CuttingProxy } from './support/cutting-proxy.ts';
import { startHeldUpstream, type HeldUpstream } from './support/held-upstream.ts';
import { startProduct, type Product } from './support/product.ts';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const why = existsSync(CHROMIUM) ? '' : ` (skipped: there is no Chromium at ${CHROMIUM})`;

/** A foreign name for this very machine: what DNS rebinding makes of it. */
const REBOUND = '--host-resolver-rules=MAP evil.example 127.0.0.1';

/** What the page knows of one stream. It is all a real page would have: events, ids and the state of the source. */
type Followed = {
  readonly url: string;
  readonly events: { readonly name: string; readonly data: string; readonly id: string }[];
  readonly closed: boolean;
};

const PAGE = `<!doctype html><meta charset="utf-8"><script>
  const followed = [];
  function follow(url) {
    const entry = { url, events: [], closed: false };
    const source = new EventSource(url);
    followed.push(entry);
    for (const name of ['message', 'route', 'text_delta', 'status', 'reset', 'busy', 'done', 'failed']) {
      source.addEventListener(name, (event) => entry.events.push({ name, data: event.data, id: event.lastEventId }));
    }
    source.onerror = () => { entry.closed = source.readyState === EventSource.CLOSED; };
  }
</script>`;

describe.skipIf(why !== '')(`EventSource in Chromium${why}`, () => {
  let upstream: HeldUpstream;
  let product: Product;
  let proxy: CuttingProxy;
  let site: Server;
  let browser: Browser;

  beforeAll(async () => {
    upstream = await startHeldUpstream();
    const vars = { OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url };
    product = await startProduct({ vars, config: { timeouts: { heartbeat_ms: 200 } } });
    proxy = await startCuttingProxy(product.url);
    site = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(PAGE));
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', REBOUND] });
  });

  afterAll(async () => {
    await browser.close();
    site.closeAllConnections();
    site.close();
    await proxy.dispose();
    await product.dispose();
    await upstream.dispose();
  });

  it('shows the exact text through cuts at random bytes and asks once after the end', async () => {
    const streams = await startStreams([201, 202, 203, 204, 205, 206], 3);
    const page = await openPage();
    const followed = await followUntilClosed(
      page,
      streams.map(({ resumeUrl }) => resumeUrl),
    );
    await page.close();
    expect(streams.map((stream, at) => outcomeOf(stream, followed[at]))).toEqual(
      streams.map(({ texts, faults }) => ({
        text: texts.join(''),
        frames: Array.from({ length: texts.length + 2 }, (_, frame) => frame),
        names: ['route', 'text_delta', 'done'],
        statuses: [...Array.from({ length: faults + 1 }, () => 200), 204],
      })),
    );
  });

  it('is told of an upstream that died by one `failed` event, not by its own `error`, and stops too', async () => {
    const calling = upstream.next();
    const answering = fetch(`${product.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-edgeways-on-disconnect': 'continue' },
      body: '{"model":"cloud","stream":true,"messages":[{"role":"user","content":"Hi"}]}',
    });
    const call = await calling;
    call.text('half');
    const response = await answering;
    await response.body?.cancel();
    const link = /<([^>]+)>/.exec(response.headers.get('link') ?? '')?.[1] ?? '';
    const page = await openPage();
    const following = followUntilClosed(page, [proxy.url + link]);
    await page.waitForFunction('followed[0]?.events.length === 2');
    call.reset();
    const [entry] = await following;
    await page.close();
    expect(
      entry?.events.map(({ name, data }) => [
        name,
        (JSON.parse(data) as { code?: string; partial?: boolean }).code,
      ]),
    ).toEqual([
      ['route', undefined],
      ['text_delta', undefined],
      ['failed', 'upstream_failed'],
    ]);
  });

  it('cannot be opened by a page of an origin that is not allowed', async () => {
    const [stream] = await startStreams([301], 0);
    const page = await openPage('evil.example');
    const [entry] = await followUntilClosed(page, [stream?.resumeUrl ?? '']);
    await page.close();
    const statuses = proxy.requests
      .filter(({ path }) => path.includes(stream?.streamId ?? 'none'))
      .map(({ status }) => status);
    expect([entry?.events, statuses]).toEqual([[], [403]]);
  });

  it('reaches nothing through a name that was rebound to this machine', async () => {
    const page = await browser.newPage();
    const statuses: unknown[] = [];
    for (const path of ['/healthz', '/v1/models']) {
      statuses.push((await page.goto(`http://evil.example:${product.port}${path}`))?.status());
    }
    await page.close();
    expect(statuses).toEqual([403, 403]);
  });

  async function startStreams(seeds: readonly number[], faults: number): Promise<CutStream[]> {
    const streams: CutStream[] = [];
    for (const seed of seeds) streams.push(await startCutStream({ upstream, product, proxy, seed, faults }));
    return streams;
  }

  async function openPage(host = '127.0.0.1'): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(`http://${host}:${(site.address() as AddressInfo).port}/`);
    return page;
  }

  async function followUntilClosed(page: Page, urls: readonly string[]): Promise<Followed[]> {
    await page.evaluate(`for (const url of ${JSON.stringify(urls)}) follow(url)`);
    await page.waitForFunction('followed.every((entry) => entry.closed)', undefined, { timeout: 60_000 });
    return page.evaluate('followed');
  }

  function outcomeOf(stream: CutStream, entry: Followed | undefined): object {
    const events = entry?.events ?? [];
    const texts = events
      .filter(({ name }) => name === 'text_delta')
      .map(({ data }) => (JSON.parse(data) as { text: string }).text);
    return {
      text: texts.join(''),
      frames: events.map(({ id }) => Number(id.slice(id.lastIndexOf('-') + 1))),
      names: [...new Set(events.map(({ name }) => name))],
      statuses: proxy.requests
        .filter(({ path }) => path.includes(stream.streamId))
        .map(({ status }) => status),
    };
  }
});
