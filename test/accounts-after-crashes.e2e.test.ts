// The promise: the process may die at any moment, and still no generation is counted twice; what is missing from the
// statistics ended within the last ten seconds before; and an answer that was cut is one failure, not two.

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { finishes, NumberedUpstream, type Play, questionOf } from './support/numbered-upstream.ts';
import { startProduct, type Product } from './support/product.ts';
import { readSse, type SseReading } from './support/read-sse.ts';

const GENERATIONS = 500;
const ARRIVE_EVERY_MS = 75;
/** After so many arrivals: far enough apart that what is flushed every few seconds was flushed in between. */
const KILLS_AFTER = [170, 350, 450];
const MOST_LOST_MS = 10_000;
/** What was shown for so long is in the log on disk. */
const LOGGED_MS = 750;
/** The end of an answer may be read, and its log be written, this long before or after. */
const SLACK_MS = 1_000;

type Known = {
  /** Null: the process died before the client was told. */
  readonly id: string | null;
  /** `gone`: after the crash nobody knows the stream. */
  readonly end: 'completed' | 'interrupted' | 'gone';
  readonly endedMs: number;
  /** When its first word was read. */
  readonly shownMs: number;
};

type Listed = { readonly id: string; readonly outcome: string; readonly failure: string | null };

let upstream: NumberedUpstream;
let product: Product;
let isUp: Promise<void> = Promise.resolve();
const kills: number[] = [];
let known: readonly Known[] = [];
let listed: readonly Listed[] = [];

beforeAll(async () => {
  upstream = await NumberedUpstream.start();
  product = await startProduct({
    vars: { OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url },
    config: { timeouts: { head_hold_ms: 30_000 } },
  });
  const asking: Promise<Known>[] = [];
  for (let at = 0; at < GENERATIONS; at++) {
    if (KILLS_AFTER.includes(at)) crash();
    asking.push(ask(100_000 + at));
    await passes(ARRIVE_EVERY_MS);
  }
  known = await Promise.all(asking);
  listed = await listedInTheEnd();
}, 300_000);

afterAll(async () => {
  await product.dispose();
  await upstream.dispose();
});

function passes(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function crash(): void {
  kills.push(Date.now());
  isUp = product.restart();
}

/** Two seconds of words. */
const slowly: Play = async (call) => {
  for (let at = 0; at < 20; at++) {
    call.text(`word ${at} `);
    await passes(100);
  }
  finishes(call, { input: 20, output: 10, cached: 0 });
};

async function ask(number: number): Promise<Known> {
  upstream.expect(number, slowly);
  await isUp;
  try {
    const response = await fetch(`${product.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-edgeways-conversation': `c${number % 40}` },
      body: JSON.stringify({
        model: number % 2 === 0 ? 'edge' : 'cloud',
        stream: true,
        messages: [{ role: 'user', content: questionOf(number) }],
      }),
    });
    const id = response.headers.get('x-edgeways-stream');
    if (id === null) return nameless();
    const reading = readSse(response);
    const shownMs = await firstWordMs(reading);
    return { ...(await readOn(id, reading)), shownMs };
  } catch {
    return nameless(); // the process died under the request
  }
}

function nameless(): Known {
  return { id: null, end: 'gone', endedMs: Date.now(), shownMs: Infinity };
}

async function firstWordMs(reading: SseReading): Promise<number> {
  try {
    await reading.until(() => reading.text().includes('word 0'));
    return Date.now();
  } catch {
    return Infinity; // it was cut before
  }
}

/** Comes back after every crash, like a client that wants its answer. */
async function readOn(id: string, first: SseReading): Promise<Omit<Known, 'shownMs'>> {
  for (let reading = first; ;) {
    await reading.end;
    const last = reading.events.at(-1);
    if (last?.data === '[DONE]') return { id, end: 'completed', endedMs: Date.now() };
    if (last?.data.includes('"code":"interrupted"') === true)
      return { id, end: 'interrupted', endedMs: Date.now() };
    await isUp;
    try {
      const response = await fetch(`${product.url}/v1/streams/${id}?format=chat`);
      if (response.status === 404) return { id, end: 'gone', endedMs: Date.now() };
      reading = readSse(response);
    } catch {
      await passes(ARRIVE_EVERY_MS); // it died once more
    }
  }
}

async function get<Body>(path: string): Promise<Body> {
  const response = await fetch(`${product.url}/v1/analytics/${path}`);
  if (response.status !== 200) throw new Error(`${path} was answered with ${response.status}`);
  return (await response.json()) as Body; // the test's own view of it
}

function isBeforeAKill(endedMs: number, withinMs: number, slackMs = SLACK_MS): boolean {
  return kills.some((killMs) => endedMs > killMs - withinMs && endedMs < killMs + slackMs);
}

/** It must be listed, whatever happened. */
function isDue({ id, end, endedMs, shownMs }: Known): boolean {
  if (id === null || end === 'gone') return false;
  if (end === 'completed') return !isBeforeAKill(endedMs, MOST_LOST_MS);
  if (isBeforeAKill(endedMs, MOST_LOST_MS, 0)) return false;
  // Of what was cut before anything of it was on disk, nobody knows.
  return kills.some((killMs) => shownMs < killMs - LOGGED_MS && killMs < endedMs);
}

/** Records are told after the end of an answer; the last ones are on their way. */
function listedInTheEnd(): Promise<readonly Listed[]> {
  return vi.waitFor(
    async () => {
      const { data } = await get<{ readonly data: readonly Listed[] }>('streams?limit=1000');
      const ids = new Set(data.map(({ id }) => id));
      const missing = known.filter((one) => isDue(one) && !ids.has(one.id ?? ''));
      if (missing.length > 0) throw new Error(`missing: ${JSON.stringify({ missing, kills })}`);
      return data;
    },
    { timeout: 20_000, interval: 250 },
  );
}

describe('after three crashes among five hundred generations', () => {
  it('none is counted twice, and none that was not asked for', async () => {
    const { totals } = await get<{ readonly totals: { readonly requests: number } }>('summary?range=1h');
    const ids = new Set(listed.map(({ id }) => id));
    expect([ids.size, totals.requests]).toEqual([listed.length, listed.length]);
    expect(totals.requests).toBeLessThanOrEqual(GENERATIONS);
    const asked = new Set(known.map(({ id }) => id));
    const untold = known.filter(({ id }) => id === null).length;
    expect(listed.filter(({ id }) => !asked.has(id)).length).toBeLessThanOrEqual(untold);
  });

  it('what is missing ended within ten seconds before a crash', () => {
    const ids = new Set(listed.map(({ id }) => id));
    expect(known.filter((one) => isDue(one) && !ids.has(one.id ?? ''))).toEqual([]);
    // Otherwise nothing was shown: there were answers that ended long enough before a crash.
    const kept = known.filter(({ endedMs }) => kills.some((killMs) => endedMs < killMs - MOST_LOST_MS));
    expect(kept.length).toBeGreaterThan(0);
  });

  it('an answer that was cut is one failure, and a whole one is completed', () => {
    const byId = new Map(listed.map((stream) => [stream.id, stream]));
    const told = known.flatMap(({ id, end, endedMs }) => {
      const stream = byId.get(id ?? '');
      // What a reader had just before a crash may not have been in the log yet.
      if (stream === undefined || (end === 'completed' && isBeforeAKill(endedMs, SLACK_MS))) return [];
      return [{ end, told: stream.failure ?? stream.outcome }];
    });
    expect(told.filter((one) => one.end !== one.told)).toEqual([]);
    expect(known.filter((one) => one.end === 'interrupted' && isDue(one)).length).toBeGreaterThan(0);
  });
});
