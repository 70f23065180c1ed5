// A bad network between a client and the product: it cuts, resets, dribbles and drops heads, at the byte it is told.
// Each request takes the next fault of the script; requests beyond the script pass untouched. It counts requests and
// keeps what each of them asked and got, so that a test can say how often a client came back.

import { once } from 'node:events';
import {
  createServer,
  request as connectTo,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault =
  | { readonly type: 'none' }
  /** Ends the connection after this many bytes of the body: orderly (`fin`) or not (`reset`). */
  | { readonly type: 'cut'; readonly afterBytes: number; readonly how: 'fin' | 'reset' }
  /** Every write is 1 to 7 bytes; then as `cut`, if it says so. */
  | { readonly type: 'dribble'; readonly sizes: readonly number[]; readonly cutAfterBytes: number | null }
  /** The product answers, the client sees only a reset: nothing, or so many bytes of the head. */
  | { readonly type: 'drop_head'; readonly afterBytes: number }
  /** An answer of something in between; `reaches`: the product got the request all the same, and had answered. */
  | { readonly type: 'status'; readonly status: number; readonly reaches: boolean };

export type SeenRequest = {
  readonly method: string;
  readonly path: string;
  readonly lastEventId: string | null;
  /** Of the product's answer; null while there is none. */
  status: number | null;
};

export type CuttingProxy = {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** Faults for the next requests whose path contains `pathPart`, in order. */
  plan(pathPart: string, faults: readonly Fault[]): void;
  /** Tells how many requests whose path contains `pathPart` have arrived, at each of them. */
  onRequest(pathPart: string, listener: (count: number) => void): void;
  dispose(): Promise<void>;
};

export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  const requests: SeenRequest[] = [];
  const plans = new Map<string, Fault[]>();
  const listeners = new Map<string, (count: number) => void>();
  const tell = (path: string): void => {
    for (const [part, listener] of listeners) {
      if (path.includes(part)) listener(requests.filter((seen) => seen.path.includes(part)).length);
    }
  };
  const next = (path: string): Fault => {
    const entry = [...plans].find(([part, faults]) => path.includes(part) && faults.length > 0);
    return entry?.[1].shift() ?? { type: 'none' };
  };
  const server = createServer({ noDelay: true, keepAlive: false }, (request, response) => {
    const lastEventId = request.headers['last-event-id'];
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: request.url ?? '',
      lastEventId: typeof lastEventId === 'string' ? lastEventId : null,
      status: null,
    };
    // Preflights are the browser's own business: neither counted nor broken.
    const fault: Fault = seen.method === 'OPTIONS' ? { type: 'none' } : next(seen.path);
    if (seen.method !== 'OPTIONS') {
      requests.push(seen);
      tell(seen.path);
    }
    forward({ request, response, seen, fault, target });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    plan: (pathPart, faults) => void plans.set(pathPart, [...faults]),
    onRequest: (pathPart, listener) => void listeners.set(pathPart, listener),
    dispose: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly seen: SeenRequest;
  readonly fault: Fault;
  readonly target: string;
};

function forward({ request, response, seen, fault, target }: Exchange): void {
  if (fault.type === 'status' && !fault.reaches) {
    seen.status = fault.status;
    standIn(response, fault.status);
    return;
  }
  const { method, url, headers } = request;
  const onward = connectTo(
    target + (url ?? ''),
    { method, headers: withoutHops(headers), agent: false },
    (answer) => {
      seen.status = answer.statusCode ?? null;
      answer.on('error', () => response.destroy()); // the product cut the body: so do we
      deliver(answer, response, fault).catch(() => response.destroy());
    },
  );
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy()); // whoever leaves us leaves the product
  request.pipe(onward);
}

async function deliver(answer: IncomingMessage, response: ServerResponse, fault: Fault): Promise<void> {
  if (fault.type === 'drop_head') {
    const head = `HTTP/1.1 ${answer.statusCode} OK\r\ncontent-type: text/event-stream\r\n\r\n`;
    if (fault.afterBytes > 0) await written(response.socket, Buffer.from(head).subarray(0, fault.afterBytes));
    response.socket?.resetAndDestroy();
    return;
  }
  if (fault.type === 'status') {
    standIn(response, fault.status);
    return;
  }
  response.writeHead(answer.statusCode ?? 502, withoutHops(answer.headers));
  response.flushHeaders();
  let left = cutAt(fault);
  for await (const bytes of answer as AsyncIterable<Buffer>) {
    const kept = bytes.subarray(0, Math.min(left, bytes.length));
    left -= kept.length;
    for (const piece of piecesOf(kept, fault)) await written(response, piece);
    if (left > 0) continue;
    if (fault.type === 'cut' && fault.how === 'reset') response.socket?.resetAndDestroy();
    else response.socket?.end();
    return;
  }
  response.end();
}

function standIn(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end('something in between\n');
}

function cutAt(fault: Fault): number {
  if (fault.type === 'cut') return fault.afterBytes;
  return fault.type === 'dribble' ? (fault.cutAfterBytes ?? Infinity) : Infinity;
}

function* piecesOf(bytes: Buffer, fault: Fault): Generator<Buffer> {
  if (fault.type !== 'dribble') {
    yield bytes;
    return;
  }
  for (let from = 0, turn = 0; from < bytes.length; turn++) {
    const size = fault.sizes[turn % fault.sizes.length] ?? 1;
    yield bytes.subarray(from, from + size);
    from += size;
  }
}

/** Each piece is a write of its own, so that the client's socket sees it alone. */
function written(
  sink: { write(bytes: Buffer, done: () => void): boolean } | null,
  bytes: Buffer,
): Promise<void> {
  return new Promise((resolve) => {
    if (sink === null || bytes.length === 0) resolve();
    else sink.write(bytes, () => resolve());
  });
}

/** Hop-by-hop headers belong to one connection, and there are two here. */
function withoutHops(headers: IncomingMessage['headers']): OutgoingHttpHeaders {
  const { connection, 'keep-alive': keepAlive, 'transfer-encoding': transferEncoding, ...kept } = headers;
  return kept;
}
