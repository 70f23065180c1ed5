// A model server that a test plays by hand: every call waits for what the test sends, and nothing else happens.
// It speaks OpenAI's chat dialect over real HTTP on loopback, so resets, truncation and late heads are real.
// It decides nothing and keeps no clock; `calls` counts what the product really asked for.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type HeldBody = { readonly model: string; readonly messages: readonly unknown[] } & Readonly<
  Record<string, unknown>
>;

export class HeldCall {
  readonly body: HeldBody;
  readonly headers: IncomingMessage['headers'];
  /** Resolves when the connection is over: `peer` = the product left before the answer was complete. */
  readonly closed: Promise<'peer' | 'us'>;
  readonly #response: ServerResponse;

  constructor(body: HeldBody, headers: IncomingMessage['headers'], response: ServerResponse) {
    this.body = body;
    this.headers = headers;
    this.#response = response;
    this.closed = once(response, 'close').then(() =>
      response.writableFinished || this.#left ? 'us' : 'peer',
    );
  }

  #left = false;

  get isOpen(): boolean {
    return !this.#response.closed;
  }

  /** An answer that is no stream: an error status, a redirect. */
  refuse(status: number, body: unknown = {}, headers: Readonly<Record<string, string>> = {}): void {
    this.#response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(body));
  }

  /** Only the head; `text` and the others send it by themselves. */
  head(headers: Readonly<Record<string, string>> = {}): void {
    if (this.#response.headersSent) return;
    this.#response.writeHead(200, { 'content-type': 'text/event-stream', ...headers }).flushHeaders();
  }

  text(...texts: readonly string[]): void {
    for (const content of texts) this.delta({ content });
  }

  delta(delta: object): void {
    this.raw(event({ choices: [{ index: 0, delta, finish_reason: null }] }));
  }

  /** Bytes as they are. Returns false when the socket is full. */
  raw(bytes: string | Uint8Array): boolean {
    this.head();
    return this.#response.write(bytes);
  }

  finish(
    reason = 'stop',
    usage: object | null = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
  ): void {
    this.raw(
      event({
        choices: [{ index: 0, delta: {}, finish_reason: reason }],
        ...(usage === null ? {} : { usage }),
      }),
    );
    this.raw('data: [DONE]\n\n');
    this.#response.end();
  }

  /** Closes as if everything had been said: without `finish` before it, a truncation. */
  end(): void {
    this.head();
    this.#response.end();
  }

  reset(): void {
    this.#left = true;
    this.#response.socket?.resetAndDestroy();
  }
}

export type HeldUpstream = {
  /** A base URL for OPENAI_BASE_URL and EDGE_BASE_URL. */
  readonly url: string;
  readonly calls: readonly HeldCall[];
  /** The call number `index` (from 0), as soon as it is there. */
  call(index: number): Promise<HeldCall>;
  /** The next call after those there are now. */
  next(): Promise<HeldCall>;
  /** From now on every new call is also answered by `player`; null = by hand again. */
  play(player: ((call: HeldCall) => void) | null): void;
  dispose(): Promise<void>;
};

export async function startHeldUpstream(): Promise<HeldUpstream> {
  const calls: HeldCall[] = [];
  const waiting = new Map<number, PromiseWithResolvers<HeldCall>>();
  let player: ((call: HeldCall) => void) | null = null;
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pieces: Uint8Array[] = [];
    for await (const piece of request as AsyncIterable<Uint8Array>) pieces.push(piece);
    const call = new HeldCall(
      JSON.parse(Buffer.concat(pieces).toString()) as HeldBody,
      request.headers,
      response,
    );
    waiting.get(calls.push(call) - 1)?.resolve(call);
    player?.(call);
  };
  const server = createServer({ keepAlive: false, noDelay: true }, (request, response) => {
    take(request, response).catch(() => response.destroy()); // the product left in the middle of its request
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const call = (index: number): Promise<HeldCall> => {
    const known = calls[index];
    if (known !== undefined) return Promise.resolve(known);
    const promise = waiting.get(index) ?? Promise.withResolvers<HeldCall>();
    waiting.set(index, promise);
    return promise.promise;
  };
  return {
    url: `http://127.0.0.1:${port}/v1`,
    calls,
    call,
    next: () => call(calls.length),
    play: (next) => {
      player = next;
    },
    dispose: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function event(fields: object): string {
  const chunk = {
    id: 'held',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: 'held',
    ...fields,
  };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
