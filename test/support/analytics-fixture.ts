// A server on loopback that gives the built pages with their security headers and invented analytics, in one of the
// states that a page must look well in. It is for looking at the dashboard without traffic:
// `node test/support/analytics-fixture.ts 8824`, then /dashboard.

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { once } from 'node:events';
import type { StreamRow } from '../../dashboard/state/analytics-answers.ts';
import {
  type Asked,
  detailOf,
  modelsOf,
  passes,
  qualityOf,
  quotaOf,
  routesOf,
  select,
  summaryOf,
  timeseriesOf,
} from './invented-analytics.ts';
import { inventStream, inventStreams, seeded } from './invented-streams.ts';

export type FixtureState = 'busy' | 'empty' | 'failing' | 'locked';

export type AnalyticsFixture = {
  readonly url: string;
  readonly setState: (state: FixtureState) => void;
  readonly close: () => Promise<void>;
};

export const FIXTURE_KEY = 'operator-key-of-the-fixture';

const PAGES = path.join(import.meta.dirname, '..', '..', 'dist', 'pages');
const LIVE_MS = 2_000;
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

const ANSWERS: Readonly<Record<string, (streams: readonly StreamRow[], asked: Asked) => object>> = {
  summary: summaryOf,
  timeseries: timeseriesOf,
  routes: routesOf,
  models: modelsOf,
  quality: qualityOf,
  quota: quotaOf,
};

export async function startAnalyticsFixture(port = 0): Promise<AnalyticsFixture> {
  let state: FixtureState = 'busy';
  const streams = [...inventStreams(Date.now())];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fixture');
    if (!url.pathname.startsWith('/v1/')) return sendPage(url.pathname, response);
    if (state === 'failing')
      return refuse(response, 503, 'overloaded', 'The statistics are overloaded. Try again in a second.');
    if (state === 'locked' && request.headers.authorization !== `Bearer ${FIXTURE_KEY}`) {
      const message = 'This needs an operator key. Make one: npm run key -- --operator ops --write';
      return refuse(response, 403, 'operator_key_required', message);
    }
    const known = state === 'empty' ? [] : streams;
    if (url.pathname === '/v1/analytics/live')
      return sendLive(request, response, { known, url, remember: (stream) => streams.unshift(stream) });
    const answer = answerFor(url, known);
    if (answer === null) return refuse(response, 404, 'not_found', 'There is no such stream.');
    sendJson(response, 200, answer);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setState: (next) => {
      state = next;
      server.closeAllConnections();
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answerFor(url: URL, streams: readonly StreamRow[]): object | null {
  const [name = '', id] = url.pathname.replace('/v1/analytics/', '').split('/');
  const asked = { query: url.searchParams, nowMs: Date.now() };
  if (name === 'streams' && id !== undefined) {
    const found = streams.find((stream) => stream.id === id);
    return found === undefined ? null : detailOf(found);
  }
  if (name === 'streams') {
    const limit = Number(url.searchParams.get('limit') ?? 100);
    return { data: streams.filter((stream) => passes(stream, url.searchParams)).slice(0, limit) };
  }
  return ANSWERS[name]?.(streams, asked) ?? null;
}

type LiveQuestion = {
  readonly known: readonly StreamRow[];
  readonly url: URL;
  /** What is told live can be asked for afterwards. */
  readonly remember: (stream: StreamRow) => void;
};

function sendLive(
  request: IncomingMessage,
  response: ServerResponse,
  { known, url, remember }: LiveQuestion,
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const random = seeded(Date.now());
  const send = (): void => {
    const query = new URLSearchParams({ ...Object.fromEntries(url.searchParams), range: '1m' });
    const { chosen } = select(known, { query, nowMs: Date.now() });
    const summary = summaryOf(chosen, { query, nowMs: Date.now() });
    const { requests, edge_share, cost_usd, saved_usd, ttft_ms, tokens_per_second, outcomes } =
      summary.totals;
    const minute = {
      requests,
      failed: outcomes.failed,
      edge_share,
      cost_usd,
      saved_usd,
      ttft_ms,
      tokens_per_second,
    };
    const body = { at: summary.to, active_streams: summary.active_streams, last_minute: minute };
    response.write(`event: summary\ndata: ${JSON.stringify(body)}\n\n`);
    if (known.length === 0) return;
    const fresh = inventStream(random, Date.now());
    remember(fresh);
    if (passes(fresh, url.searchParams)) {
      response.write(`event: streams\ndata: ${JSON.stringify({ data: [fresh] })}\n\n`);
    }
  };
  send();
  const timer = setInterval(send, LIVE_MS);
  request.on('close', () => clearInterval(timer));
}

function sendPage(pathname: string, response: ServerResponse): void {
  const file = pathname === '/' ? '/index.html' : pathname === '/dashboard' ? '/dashboard.html' : pathname;
  try {
    const body = readFileSync(path.join(PAGES, path.normalize(file)));
    const type = TYPES[path.extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { ...securityHeaders(), 'content-type': type }).end(body);
  } catch {
    response.writeHead(404).end('not built: node scripts/pages.mjs');
  }
}

/** As the platform sends them: a page that breaks under them must break here. */
function securityHeaders(): Record<string, string> {
  const lines = readFileSync(path.join(PAGES, '_headers'), 'utf8').split('\n');
  const pairs = lines.flatMap((line) => {
    const [, name, value] = /^ {2}([\w-]+): (.+)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(pairs);
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  sendJson(response, status, { error: { message, type: 'invalid_request_error', param: null, code } });
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

if (process.argv[1] === import.meta.filename) {
  const fixture = await startAnalyticsFixture(Number(process.argv[2] ?? 0));
  console.log(`${fixture.url}/dashboard`);
}
