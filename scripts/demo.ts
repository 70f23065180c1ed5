// `npm run demo [-- --url <base URL>]`: plays the main job against a running edgeways: an easy and a hard prompt,
// the route and why, the tokens as they come, the connection cut in mid-answer, the resume. What it prints at the
// end is counted from the event ids it received, and decides the exit code. It starts no server.

import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, styleText } from 'node:util';
import { createParser, type EventSourceMessage } from 'eventsource-parser';

const USAGE =
  'usage: npm run demo [-- --url http://localhost:8787]   (EDGEWAYS_API_KEY: key of a deployed one)';

const PROMPTS = [
  {
    kind: 'An easy prompt',
    text: 'Translate into Spanish: Good morning everybody, the meeting starts at nine and the coffee is ready.',
  },
  {
    kind: 'A hard prompt',
    text: 'Prove that there are infinitely many primes congruent to 3 modulo 4, and state every lemma you use.',
  },
] as const;

/** Early enough that any answer of two sentences is still running. */
const CUT_AFTER_FRAMES = 16;

/** Long enough to see that the answer went on without a reader. */
const OFFLINE_MS = 700;

/** Above the longest silence that a healthy server allows itself: its heartbeat. */
const SILENCE_MS = 60_000;

type Received = { readonly id: string; readonly n: number; readonly data: string };

type Count = {
  readonly gaps: number;
  readonly duplicates: number;
  readonly reordered: number;
  readonly frames: number;
};

type Head = { readonly status: number; readonly headers: http.IncomingHttpHeaders };

/** A failure to be told in one sentence, without a stack. */
class DemoError extends Error {}

const isTerminal = process.stdout.isTTY;
const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
  styleText(style, text, { stream: process.stdout }); // leaves text alone under NO_COLOR and without a terminal

async function main(): Promise<void> {
  const base = baseUrl();
  await checkServer(base);
  let isScripted = false;
  let total: Count = { gaps: 0, duplicates: 0, reordered: 0, frames: 0 };
  for (const { kind, text } of PROMPTS) {
    console.log(`\n${paint('bold', kind)}: ${text}`);
    await showRoute(base, text);
    const answer = await cutAndResume(base, text);
    isScripted ||= answer.text.includes('scripted stand-in');
    const count = countOf(answer.received);
    total = sum(total, count);
    console.log(`  ${summary(count)}`);
  }
  if (isScripted) {
    console.log(
      paint(
        'yellow',
        '\nThese answers came from scripted stand-ins: no model ran. See .dev.vars in the README.',
      ),
    );
  }
  const isExact = total.gaps === 0 && total.duplicates === 0 && total.reordered === 0;
  const verdict = `gaps ${total.gaps}, duplicates ${total.duplicates}${total.reordered > 0 ? `, out of order ${total.reordered}` : ''}`;
  console.log(`\n${paint(['bold', isExact ? 'green' : 'red'], verdict)}`);
  process.exitCode = isExact ? 0 : 1;
}

function baseUrl(): string {
  const { values } = parseArgs({ options: { url: { type: 'string', default: 'http://localhost:8787' } } });
  if (!/^https?:\/\//.test(values.url) || !URL.canParse(values.url))
    throw new DemoError(`--url takes a URL.\n${USAGE}`);
  return values.url.replace(/\/+$/, '').replace(/\/v1$/, '');
}

async function checkServer(base: string): Promise<void> {
  const answer = await fetch(`${base}/healthz`).catch(() => null);
  if (answer === null) {
    throw new DemoError(`No server answers at ${base}. Start one in another terminal: npm start`);
  }
  const text = await answer.text();
  if (answer.status === 200 && text.includes('"ok"')) return;
  throw new DemoError(
    `${base} answered ${answer.status}, which is not a healthy edgeways: ${text.slice(0, 300)}`,
  );
}

function requestHeaders(): Record<string, string> {
  const key = process.env['EDGEWAYS_API_KEY'];
  return {
    'content-type': 'application/json',
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
}

/** Asks the router what it would do, without a generation. */
async function showRoute(base: string, prompt: string): Promise<void> {
  const body = JSON.stringify({ messages: [{ role: 'user', content: prompt }] });
  const answer = await fetch(`${base}/v1/route`, { method: 'POST', headers: requestHeaders(), body });
  const text = await answer.text();
  if (answer.status !== 200)
    throw new DemoError(`POST /v1/route answered ${answer.status}: ${text.slice(0, 300)}`);
  const route = JSON.parse(text);
  const verdict =
    route.probability === null
      ? 'a rule decided'
      : `P(the edge is good enough) = ${route.probability.toFixed(3)}, the edge needs ${route.threshold}`;
  console.log(`  asked  ${paint(tierStyle(route.tier), route.tier)} (${route.model}): ${verdict}`);
  console.log(`         ${route.reasons.join('; ')}; costs at most $${route.estimated_cost_usd.toFixed(6)}`);
}

/** One answer over two connections: the first is destroyed on the way, the second goes on after the last id. */
async function cutAndResume(
  base: string,
  prompt: string,
): Promise<{ received: readonly Received[]; text: string }> {
  const received: Received[] = [];
  const collect = (message: EventSourceMessage): void => {
    const frame = toReceived(message);
    received.push(frame);
    printFrame(frame);
  };
  const startedMs = Date.now();
  const body = JSON.stringify({ model: 'auto', stream: true, messages: [{ role: 'user', content: prompt }] });
  const head = await readFrames({
    url: `${base}/v1/chat/completions`,
    method: 'POST',
    body,
    onHead: ({ headers }) => showHeaders(headers, Date.now() - startedMs),
    onFrame: collect,
    isEnough: () => received.length >= CUT_AFTER_FRAMES,
  });
  const stream = head.headers['x-edgeways-stream'];
  const last = received.at(-1);
  if (last === undefined || typeof stream !== 'string')
    throw new DemoError('The answer carried no resumable frames.');
  if (last.data.startsWith('{"error"')) throw new DemoError(`The answer failed: ${last.data}`);
  if (last.data === '[DONE]')
    throw new DemoError(`The answer has only ${received.length} frames: too short to be cut.`);
  console.log(
    `\n  ${paint('red', `✂ socket destroyed after frame ${last.n}`)}; nobody reads for ${OFFLINE_MS} ms`,
  );
  await sleep(OFFLINE_MS);
  console.log(`  ${paint('cyan', `↻ GET /v1/streams/…?format=chat, Last-Event-ID: ${last.id}`)}`);
  const before = received.length;
  process.stdout.write('  ');
  await readFrames({
    url: `${base}/v1/streams/${stream}?format=chat`,
    method: 'GET',
    headers: { 'last-event-id': last.id },
    onFrame: collect,
    isEnough: () => false,
  });
  const end = received.at(-1);
  if (end === undefined || end.data !== '[DONE]')
    throw new DemoError(`The stream ended without [DONE]: ${end?.data}`);
  console.log(`\n  ${before} frames before the cut, ${received.length - before} after it`);
  return { received, text: received.map(textOf).join('') };
}

type Reading = {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly onHead?: (head: Head) => void;
  readonly onFrame: (message: EventSourceMessage) => void;
  /** Asked after every frame; true destroys the socket there, whatever has arrived behind it. */
  readonly isEnough: () => boolean;
};

/** Resolves when the body ended or was cut. Node's own client, because fetch pools and hides its sockets. */
function readFrames(reading: Reading): Promise<Head> {
  const { promise, resolve, reject } = Promise.withResolvers<Head>();
  const client = reading.url.startsWith('https:') ? https : http;
  const headers = { ...requestHeaders(), ...reading.headers };
  const request = client.request(reading.url, { method: reading.method, headers, agent: false });
  request.setTimeout(SILENCE_MS, () => request.destroy(new DemoError(`Nothing came for ${SILENCE_MS} ms.`)));
  const fail = (error: Error): void => {
    reject(error instanceof DemoError ? error : new DemoError(`The connection broke: ${error.message}`));
  };
  request.on('error', fail);
  request.on('response', (response) => {
    const head: Head = { status: response.statusCode ?? 0, headers: response.headers };
    response.setEncoding('utf8');
    response.on('error', fail);
    if (head.status !== 200) {
      void refuse(response, head.status).then(fail, fail);
      return;
    }
    reading.onHead?.(head);
    let isCut = false;
    const parser = createParser({
      onEvent: (message) => {
        if (isCut) return;
        reading.onFrame(message);
        if (!reading.isEnough()) return;
        isCut = true;
        response.off('error', fail);
        response.on('error', () => undefined); // the reset that we cause ourselves
        response.socket.destroy();
        resolve(head);
      },
    });
    response.on('data', (text: string) => parser.feed(text));
    response.on('end', () => resolve(head));
  });
  request.end(reading.body);
  return promise;
}

async function refuse(response: http.IncomingMessage, status: number): Promise<DemoError> {
  let text = '';
  for await (const piece of response) text += String(piece);
  return new DemoError(`The server answered ${status}: ${text.slice(0, 300)}`);
}

function showHeaders(headers: http.IncomingHttpHeaders, headMs: number): void {
  const tier = String(headers['x-edgeways-route']);
  console.log(
    `  routed ${paint(tierStyle(tier), tier)} (${headers['x-edgeways-model']}): ${headers['x-edgeways-reason']}`,
  );
  console.log(`  stream ${headers['x-edgeways-stream']}, first bytes after ${headMs} ms`);
  process.stdout.write('  ');
}

function tierStyle(tier: string): 'green' | 'magenta' {
  return tier === 'edge' ? 'green' : 'magenta';
}

/** The frame's number is the last part of its id; an id that does not look like one is a fault to be told. */
function toReceived({ id, data }: EventSourceMessage): Received {
  const n = /^c[a-z2-7]{16}\.\d+-(\d+)$/.exec(id ?? '')?.[1];
  if (id === undefined || n === undefined)
    throw new DemoError(`A frame came without an event id: ${data.slice(0, 300)}`);
  return { id, n: Number(n), data };
}

function printFrame(frame: Received): void {
  const text = textOf(frame).replaceAll('\n', '\n  ');
  const mark = isTerminal ? `${frame.n}` : `[${frame.n}]`;
  process.stdout.write(paint('dim', mark) + text);
}

function textOf({ data }: Received): string {
  return data === '[DONE]' ? '' : (JSON.parse(data).choices?.[0]?.delta?.content ?? '');
}

/** Ids are the whole proof: numbers run from 0 upwards without a hole, and none comes twice. */
function countOf(received: readonly Received[]): Count {
  const numbers = new Set(received.map((frame) => frame.n));
  const frames = Math.max(...numbers) + 1;
  const reordered = received.filter((frame, at) => frame.n < (received[at - 1]?.n ?? 0)).length;
  return { gaps: frames - numbers.size, duplicates: received.length - numbers.size, reordered, frames };
}

function sum(left: Count, right: Count): Count {
  return {
    gaps: left.gaps + right.gaps,
    duplicates: left.duplicates + right.duplicates,
    reordered: left.reordered + right.reordered,
    frames: left.frames + right.frames,
  };
}

function summary({ gaps, duplicates, frames }: Count): string {
  return `frames 0 to ${frames - 1}: ${gaps} missing, ${duplicates} twice`;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof DemoError ? `\n${error.message}` : error);
  process.exitCode = 1;
}
