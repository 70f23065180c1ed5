// A reader that stops reading while a hundred megabytes are produced costs no memory: nothing is queued for it.
// Measured as the kernel counts it, against the same run with a reader that reads.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inMib, peakResidentBytes } from './support/chaos-memory.ts';
import {
  FLOOD_BYTES,
  FLOOD_EVENT_BYTES,
  startFloodUpstream,
  type FloodUpstream,
} from './support/chaos-flood.ts';
import { startProduct, type Product } from './support/product.ts';

const MIB = 1024 * 1024;

/** What the reader that does not read may cost above the one that does. */
const ALLOWED_BYTES = 64 * MIB;

let upstream: FloodUpstream;

beforeEach(async () => {
  upstream = await startFloodUpstream();
});

afterEach(async () => upstream.dispose());

function start(): Promise<Product> {
  return startProduct({
    vars: { OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url },
    config: { limits: { answer_bytes: 2 * FLOOD_BYTES } },
  });
}

const BODY = JSON.stringify({ model: 'cloud', stream: true, messages: [{ role: 'user', content: 'flood' }] });

/** A client as bare as can be: it decides itself whether anything is taken from the socket. */
async function openRaw(product: Product): Promise<Socket> {
  const socket = connect(product.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`,
  );
  return socket;
}

/** Peak memory when everything was produced and, if anybody reads, nearly everything was read. */
async function peakWithReader(): Promise<number> {
  const product = await start();
  const socket = await openRaw(product);
  let bytes = 0;
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes > FLOOD_BYTES) resolve();
    });
  });
  const peak = peakResidentBytes(product.pid());
  socket.destroy();
  await product.dispose();
  return peak;
}

async function peakWithoutReading(): Promise<{ readonly peak: number; readonly replayed: number }> {
  const product = await start();
  const socket = await openRaw(product);
  const head = String((await once(socket, 'data'))[0]);
  socket.pause();
  await upstream.calls.at(-1)?.written;
  // Comes after everything that the upstream wrote: the answer's end is there.
  const id = /^x-edgeways-stream: (\S+)/im.exec(head)?.[1] ?? '';
  const replay = await fetch(`${product.url}/v1/streams/${id}?format=typed`);
  let replayed = 0;
  let tail = '';
  const reader = replay.body?.getReader();
  for (let peak: number | null = null; ;) {
    const chunk = await reader?.read();
    peak ??= peakResidentBytes(product.pid()); // before the replay itself costs anything
    if (chunk === undefined || chunk.done) {
      expect(tail).toContain('event: done');
      socket.destroy();
      await product.dispose();
      return { peak, replayed };
    }
    replayed += chunk.value.byteLength;
    tail = (tail + Buffer.from(chunk.value).toString('latin1')).slice(-4096);
  }
}

it('holds nothing for a reader that does not read while 100 MiB are produced', async () => {
  const reading = await peakWithReader();
  const { peak, replayed } = await peakWithoutReading();
  console.log(
    `peak RSS: ${inMib(reading)} MiB with a reader, ${inMib(peak)} MiB with one that does not read`,
  );
  expect(replayed).toBeGreaterThan((FLOOD_BYTES / FLOOD_EVENT_BYTES) * FLOOD_EVENT_BYTES);
  expect(peak - reading).toBeLessThan(ALLOWED_BYTES);
});
