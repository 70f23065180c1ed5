// The bench's model server: an own process on raw sockets, so that it is never what is measured.
// Every token is one HTTP chunk of an ordinary OpenAI event, as model servers send them, and its text holds
// the time it was sent. The request's text says what is wanted: `bench tokens=500 gap=20 first=20`
// (gap and first in ms; gap=0: as fast as the reader takes them). It keeps no request and checks no key.

import { writeSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { nowUs, stamp } from './clock.ts';

type Script = { readonly tokens: number; readonly gapUs: number; readonly firstUs: number };
type Stream = {
  readonly socket: Socket;
  readonly script: Script;
  readonly receivedUs: number;
  readonly closes: boolean;
  sent: number;
  /** Monotonic µs, not wrapped. */
  dueUs: number;
};

const SCRIPT = /bench tokens=(\d+) gap=([\d.]+) first=([\d.]+)/;
const HEAD =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n' +
  'transfer-encoding: chunked\r\n\r\n';
const LAST = chunk('data: [DONE]\n\n') + '0\r\n\r\n';
/** Events in one write of an unpaced stream: still one HTTP chunk each. */
const BURST = 64;

function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

function tokenChunk(text: string): string {
  const delta = `{"index":0,"delta":{"content":"${text}"},"logprobs":null,"finish_reason":null}`;
  return chunk(
    `data: {"id":"chatcmpl-b3nchb3nchb3nch","object":"chat.completion.chunk","created":1790000000,"model":"bench","choices":[${delta}]}\n\n`,
  );
}

function finishChunks(tokens: number): string {
  const start =
    'data: {"id":"chatcmpl-b3nchb3nchb3nch","object":"chat.completion.chunk","created":1790000000,"model":"bench",';
  const usage = `"usage":{"prompt_tokens":20,"completion_tokens":${tokens},"total_tokens":${tokens + 20}}`;
  return (
    chunk(`${start}"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n`) +
    chunk(`${start}"choices":[],${usage}}\n\n`) +
    LAST
  );
}

const paced = new Map<Socket, Stream>();
let ticking = false;
const monotonicUs = (): number => Number(process.hrtime.bigint() / 1000n);

const server = createServer({ noDelay: true }, (socket) => {
  let head = '';
  socket.on('data', (bytes) => {
    head += bytes.toString('latin1');
    for (;;) {
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(head.slice(0, end))?.[1] ?? NaN);
      const bodyEnd = Number.isNaN(length) ? chunkedEnd(head, end + 4) : end + 4 + length;
      if (bodyEnd < 0 || head.length < bodyEnd) return;
      const request = head.slice(0, bodyEnd);
      head = head.slice(bodyEnd);
      answer(socket, request);
    }
  });
  socket.once('close', () => paced.delete(socket));
  socket.on('error', () => socket.destroy()); // a peer that resets is an ordinary end here
});

/** End of a chunked (or absent) request body that starts at `from`; −1 while it is incomplete. */
function chunkedEnd(text: string, from: number): number {
  if (!/transfer-encoding: *chunked/i.test(text.slice(0, from))) return from;
  const end = text.indexOf('\r\n0\r\n\r\n', from);
  return end < 0 ? -1 : end + 7;
}

function answer(socket: Socket, request: string): void {
  const found = SCRIPT.exec(request);
  const script: Script = {
    tokens: Number(found?.[1] ?? 10),
    gapUs: Number(found?.[2] ?? 5) * 1000,
    firstUs: Number(found?.[3] ?? 20) * 1000,
  };
  socket.write(HEAD);
  const closes = /^connection: *close/im.test(request);
  const stream: Stream = {
    socket,
    script,
    closes,
    receivedUs: nowUs(),
    sent: 0,
    dueUs: monotonicUs() + script.firstUs,
  };
  if (script.gapUs === 0) flood(stream);
  else pace(stream);
}

function flood(stream: Stream): void {
  const { socket, script } = stream;
  const burst = Buffer.from(tokenChunk(` @${stamp(nowUs())}`).repeat(BURST));
  const one = burst.length / BURST;
  const more = (): void => {
    while (stream.sent < script.tokens && !socket.destroyed) {
      const count = Math.min(BURST, script.tokens - stream.sent);
      stream.sent += count;
      const flushed = socket.write(count === BURST ? burst : burst.subarray(0, count * one));
      if (stream.sent === script.tokens) finish(stream);
      else if (!flushed) return;
    }
    socket.off('drain', more);
  };
  socket.on('drain', more);
  more();
}

function pace(stream: Stream): void {
  paced.set(stream.socket, stream);
  if (ticking) return;
  ticking = true;
  setImmediate(tick);
}

// One loop for all streams: everything due in this turn gets the same bytes, encoded once. Between turns it
// sleeps in timers of 1 ms, which is the precision of a paced token; its stamp is exact all the same.
function tick(): void {
  const now = monotonicUs();
  const sentUs = nowUs();
  const token = Buffer.from(tokenChunk(` @${stamp(sentUs)}`));
  let nextDue = Infinity;
  for (const stream of paced.values()) {
    if (stream.dueUs <= now) {
      send(stream, stream.sent === 0 ? firstToken(stream, sentUs) : token);
      stream.dueUs += stream.script.gapUs;
    }
    if (stream.dueUs < nextDue) nextDue = stream.dueUs;
  }
  if (paced.size === 0) ticking = false;
  else if (nextDue - monotonicUs() > 500) setTimeout(tick, 1);
  else setImmediate(tick);
}

function firstToken(stream: Stream, sentUs: number): Buffer {
  return Buffer.from(tokenChunk(` @${stamp(sentUs)}#${stamp(stream.receivedUs)}`));
}

function send(stream: Stream, bytes: Buffer): void {
  write(stream.socket, bytes);
  stream.sent++;
  if (stream.sent < stream.script.tokens) return;
  paced.delete(stream.socket);
  finish(stream);
}

function finish(stream: Stream): void {
  stream.socket.write(finishChunks(stream.script.tokens));
  if (stream.closes) stream.socket.end();
}

// A direct write(2) costs a third of Node's stream write, and 50,000 a second must fit beside the load
// generator on one core. Node's own queue takes over when the socket is full.
function write(socket: Socket, bytes: Buffer): void {
  const fd: unknown = Reflect.get(Reflect.get(socket, '_handle') ?? {}, 'fd');
  if (typeof fd !== 'number' || fd < 0 || socket.writableLength > 0) {
    socket.write(bytes);
    return;
  }
  let written = 0;
  try {
    written = writeSync(fd, bytes);
  } catch {
    // EAGAIN: the socket's buffer is full (or the peer is gone, which Node's own write finds out).
  }
  if (written < bytes.length) socket.write(bytes.subarray(written));
}

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', 4096, () => {
  const address = server.address();
  if (address !== null && typeof address !== 'string')
    process.stdout.write(`${JSON.stringify({ port: address.port })}\n`);
});

// Ends with the run that started it, however that ends: its standard input closes.
if (process.argv[2] === undefined) process.stdin.resume().once('end', () => process.exit());
