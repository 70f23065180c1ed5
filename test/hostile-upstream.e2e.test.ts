// An upstream that never ends a line, sends a bomb or nothing at all: the client gets a clear error in bounded time,
// the router's memory stays bounded, and the connection to the upstream is closed.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { inMib, peakResidentBytes } from './support/chaos-memory.ts';
import {
  FLOOD_BYTES,
  startFloodUpstream,
  type FloodCall,
  type FloodUpstream,
} from './support/chaos-flood.ts';
import { startProduct, type Product } from './support/product.ts';
import { fetchSse, type SseReading } from './support/read-sse.ts';

const MIB = 1024 * 1024;

/** Above what a big but sane answer has left behind: one event of a megabyte, several times over. */
const ALLOWED_BYTES = 64 * MIB;

let upstream: FloodUpstream;
let product: Product;

beforeAll(async () => {
  upstream = await startFloodUpstream();
  product = await startProduct({
    vars: { OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url },
    config: {
      // Hours in seconds: what is tested is that each of them is enforced.
      timeouts: {
        connect_ms: 400,
        first_content_ms: 800,
        idle_ms: 600,
        total_ms: 30_000,
        head_hold_ms: 2000,
        heartbeat_ms: 100,
      },
      limits: { answer_bytes: 2 * FLOOD_BYTES },
    },
  });
  // The garbage collector lets the heap grow at this speed, up to a point; from there on growth is ours.
  const big = await ask('flood');
  expect([await big.end, big.events.at(-1)?.data]).toEqual(['clean', '[DONE]']);
});

afterAll(async () => {
  await product.dispose();
  await upstream.dispose();
});

function ask(behaviour: string): Promise<SseReading> {
  return fetchSse(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'cloud', stream: true, messages: [{ role: 'user', content: behaviour }] }),
  });
}

type Outcome = {
  readonly status: number;
  readonly code: string | undefined;
  readonly call: FloodCall;
  readonly grewBytes: number;
};

async function outcomeOf(behaviour: string): Promise<Outcome> {
  const before = peakResidentBytes(product.pid());
  const reading = await ask(behaviour);
  await reading.end;
  const call = upstream.calls.findLast((candidate) => candidate.behaviour === behaviour);
  if (call === undefined) throw new Error('the upstream was not called');
  await call.closed;
  const grewBytes = peakResidentBytes(product.pid()) - before;
  console.log(`${behaviour}: ${inMib(call.bytes)} MiB sent, peak memory grew by ${inMib(grewBytes)} MiB`);
  return {
    status: reading.response.status,
    code: /"code":"([a-z_]+)"/.exec(reading.text())?.[1],
    call,
    grewBytes,
  };
}

it.each([
  ['endless line', 200, 'upstream_malformed'],
  ['endless comments', 504, 'upstream_timeout'],
  ['endless empty chunks', 504, 'upstream_timeout'],
  ['gzip bomb', 502, 'upstream_malformed'],
  ['no head', 504, 'upstream_timeout'],
  ['no bytes', 504, 'upstream_timeout'],
  ['one word', 200, 'upstream_timeout'],
])('survives %s: status %i, code %s', async (behaviour, status, code) => {
  const outcome = await outcomeOf(behaviour);
  expect(outcome).toMatchObject({ status, code });
  expect(outcome.grewBytes).toBeLessThan(ALLOWED_BYTES);
});
