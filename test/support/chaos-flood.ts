// Upstreams that no sane model server is: they flood, never end a line, send bombs or nothing at all. The last user
// message names the behaviour. Real HTTP on loopback, with backpressure: it writes only what is taken.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

export type FloodCall = {
  readonly behaviour: string;
  /** Bytes that the socket took. */
  bytes: number;
  /** The script is over: everything was written. */
  readonly written: Promise<void>;
  /** The connection is closed. */
  readonly closed: Promise<void>;
};

export type FloodUpstream = {
  readonly url: string;
  readonly calls: readonly FloodCall[];
  dispose(): Promise<void>;
};

const MIB = 1024 * 1024;

/** Text that all the flood's events together carry. */
export const FLOOD_BYTES = 100 * MIB;

/** Of one event's text: far above a token, so that the test measures bytes and not parsing. */
export const FLOOD_EVENT_BYTES = 2048;

const FLOOD_EVENTS = FLOOD_BYTES / FLOOD_EVENT_BYTES;
const EVENTS_PER_WRITE = 32;

/** Made before anybody waits for it: packing takes a second. */
const BOMB = gzipSync(Buffer.alloc(200 * MIB, 'data: {"choices":[]}\n\n'));

type Play = (response: ServerResponse, write: (bytes: Buffer) => Promise<boolean>) => Promise<void>;

const BEHAVIOURS: Readonly<Record<string, Play>> = {
  flood: async (response, write) => {
    const batch = Buffer.from(event({ content: 'x'.repeat(FLOOD_EVENT_BYTES) }).repeat(EVENTS_PER_WRITE));
    for (let sent = 0; sent < FLOOD_EVENTS; sent += EVENTS_PER_WRITE) if (!(await write(batch))) return;
    response.end(`${event({}, 'stop')}data: [DONE]\n\n`);
  },
  'endless line': async (_, write) => {
    await write(Buffer.from(`${event({ content: 'A word' })}data: {"choices":[{"delta":{"content":"`));
    while (await write(Buffer.alloc(MIB, 'x')));
  },
  'endless comments': async (_, write) => {
    while (await write(Buffer.from(': still thinking\n\n'.repeat(1000))));
  },
  'endless empty chunks': async (_, write) => {
    while (await write(Buffer.from(event({}).repeat(1000))));
  },
  'gzip bomb': async (response, write) => {
    response.setHeader('content-encoding', 'gzip');
    await write(BOMB);
    response.end();
  },
  'no head': () => new Promise(() => undefined),
  'no bytes': async (response) => {
    response.flushHeaders();
    await new Promise(() => undefined);
  },
  'one word': async (_, write) => {
    await write(Buffer.from(event({ content: 'A word' })));
    await new Promise(() => undefined);
  },
};

export async function startFloodUpstream(): Promise<FloodUpstream> {
  const calls: FloodCall[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const behaviour = behaviourOf(Buffer.concat(pieces).toString());
    const written = Promise.withResolvers<void>();
    const closed = once(response, 'close').then(() => undefined);
    const call: FloodCall = { behaviour, bytes: 0, written: written.promise, closed };
    calls.push(call);
    response.setHeader('content-type', 'text/event-stream');
    const write = async (bytes: Buffer): Promise<boolean> => {
      if (response.destroyed) return false;
      call.bytes += bytes.byteLength;
      if (!response.write(bytes)) await Promise.race([once(response, 'drain'), closed]);
      return !response.destroyed;
    };
    await BEHAVIOURS[behaviour]?.(response, write);
    written.resolve();
  };
  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy()); // the product left
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    dispose: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function behaviourOf(body: string): string {
  const { messages } = JSON.parse(body) as { messages: readonly { content: string }[] };
  return messages.at(-1)?.content ?? '';
}

function event(delta: object, finishReason: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  return `data: ${JSON.stringify({ id: 'flood', object: 'chat.completion.chunk', created: 1_790_000_000, model: 'flood', choices })}\n\n`;
}
