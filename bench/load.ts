// The load generator: an own process on raw sockets. It counts `@` marks, one per token, and reads the time
// behind each; it parses neither HTTP nor JSON, so that it is never what is measured.
// Over IPC it takes one `Load` at a time and answers one `LoadResult`.

import { connect, type Socket } from 'node:net';
import { elapsedUs, nowUs, STAMP_DIGITS } from './clock.ts';

export type Load = {
  readonly port: number;
  /** Whole HTTP requests, one per stream. */
  readonly requests: readonly string[];
  /** Starts are spread evenly over this time. */
  readonly rampMs: number;
  /** Streams at the same time; the next starts when one ends. */
  readonly atOnce: number;
  /** Between the end of one stream and the start of the next. */
  readonly thinkMs: number;
  /** Rates and delays are taken from here to `windowEndMs` after the first start (null: to the last token). */
  readonly warmUpMs: number;
  readonly windowEndMs: number | null;
  /** `@` marks are read for their time (paced streams only: an unpaced stream repeats its stamps). */
  readonly timed: boolean;
  /** A run that takes longer is cut, and says so in `failures`. */
  readonly giveUpMs: number;
};

export type LoadResult = {
  readonly tokens: number;
  /** Tokens per second in the window. */
  readonly tokensPerS: number;
  /** Per stream, ms: time that was spent neither waiting for the upstream's first token nor before the request. */
  readonly addedTtftMs: readonly number[];
  /** From the upstream's write to here; null for untimed loads. */
  readonly delayMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  /** Per stream, ms: from the request to the end of the connection. */
  readonly streamMs: readonly number[];
  /** Answers that were not 200, with their first line and start of body. */
  readonly failures: readonly string[];
};

const MARK = 64; // '@'
const HASH = 35; // '#'

class Run {
  readonly #load: Load;
  readonly #startUs = nowUs();
  readonly #sockets = new Set<Socket>();
  readonly #delaysUs: number[] = [];
  readonly #addedMs: number[] = [];
  readonly #streamMs: number[] = [];
  readonly #failures: string[] = [];
  #next = 0;
  #finished = 0;
  #tokens = 0;
  #windowTokens = 0;
  #windowStartUs = -1;
  #windowEndUs = -1;
  #stopped = false;
  readonly #giveUp: NodeJS.Timeout;
  readonly #done: (result: LoadResult) => void;

  constructor(load: Load, done: (result: LoadResult) => void) {
    this.#load = load;
    this.#done = done;
    const first = Math.min(load.atOnce, load.requests.length);
    for (let i = 0; i < first; i++) {
      if (load.rampMs === 0) this.#start();
      else setTimeout(() => this.#start(), (i * load.rampMs) / first);
    }
    this.#giveUp = setTimeout(() => {
      this.#failures.push(`gave up after ${load.giveUpMs} ms with ${this.#sockets.size} streams open`);
      this.#stop();
    }, load.giveUpMs);
  }

  #start(): void {
    const request = this.#load.requests[this.#next++];
    if (request === undefined || this.#stopped) return;
    let sentUs = 0;
    let seen = 0;
    let head = '';
    const socket: Socket = connect({
      port: this.#load.port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer: Buffer.allocUnsafe(64 * 1024),
        callback: (length, buffer): boolean => {
          if (head === '') {
            head = Buffer.from(buffer.subarray(0, Math.min(length, 400))).toString('latin1');
            if (!head.startsWith('HTTP/1.1 200')) this.#failures.push(head);
          }
          seen += this.#count(Buffer.from(buffer.buffer, buffer.byteOffset, length), seen === 0, sentUs);
          return true;
        },
      },
    });
    this.#sockets.add(socket);
    socket.once('connect', () => {
      sentUs = nowUs();
      socket.write(request);
    });
    socket.once('error', (error) => this.#failures.push(error.message));
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#finished++;
      this.#streamMs.push(elapsedUs(sentUs, nowUs()) / 1000);
      if (this.#next < this.#load.requests.length) setTimeout(() => this.#start(), this.#load.thinkMs);
      else if (this.#sockets.size === 0 && this.#finished === this.#load.requests.length) this.#stop();
    });
  }

  #count(bytes: Buffer, isFirst: boolean, sentUs: number): number {
    const now = nowUs();
    const inWindow = this.#isInWindow(now);
    let count = 0;
    for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + 1)) {
      count++;
      if (!this.#load.timed) continue;
      const stampUs = readStamp(bytes, at + 1);
      if (stampUs < 0) continue;
      if (isFirst && count === 1) this.#noteFirst(bytes, at, { sentUs, stampUs, now });
      if (inWindow) this.#delaysUs.push(elapsedUs(stampUs, now));
    }
    this.#tokens += count;
    if (inWindow && count > 0) this.#noteInWindow(count, now);
    return count;
  }

  #isInWindow(now: number): boolean {
    const sinceMs = elapsedUs(this.#startUs, now) / 1000;
    const { warmUpMs, windowEndMs } = this.#load;
    return sinceMs >= warmUpMs && (windowEndMs === null || sinceMs < windowEndMs);
  }

  #noteInWindow(count: number, now: number): void {
    // The first read only starts the clock: its tokens were produced before the window.
    if (this.#windowStartUs < 0) this.#windowStartUs = now;
    else this.#windowTokens += count;
    this.#windowEndUs = now;
  }

  /** The first token also says when the upstream had the request, so its own wait is taken out. */
  #noteFirst(bytes: Buffer, at: number, times: { sentUs: number; stampUs: number; now: number }): void {
    const hash = at + 1 + STAMP_DIGITS;
    if (bytes[hash] !== HASH) return;
    const receivedUs = readStamp(bytes, hash + 1);
    if (receivedUs < 0) return;
    const addedUs = elapsedUs(times.sentUs, receivedUs) + elapsedUs(times.stampUs, times.now);
    this.#addedMs.push(addedUs / 1000);
  }

  #stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#giveUp);
    const elapsedS = elapsedUs(this.#windowStartUs, this.#windowEndUs) / 1e6;
    for (const socket of this.#sockets) socket.destroy();
    const delays = this.#delaysUs.sort((a, b) => a - b);
    const at = (share: number): number => (delays[Math.floor(delays.length * share)] ?? NaN) / 1000;
    this.#done({
      tokens: this.#tokens,
      tokensPerS: elapsedS > 0 ? this.#windowTokens / elapsedS : 0,
      addedTtftMs: this.#addedMs,
      delayMs: delays.length === 0 ? null : { p50: at(0.5), p95: at(0.95), p99: at(0.99) },
      streamMs: this.#streamMs,
      failures: this.#failures,
    });
  }
}

/** The stamp at `from`, or −1 when it is cut by the end of the read. */
function readStamp(bytes: Buffer, from: number): number {
  if (from + STAMP_DIGITS > bytes.length) return -1;
  let value = 0;
  for (let i = from; i < from + STAMP_DIGITS; i++) value = value * 10 + ((bytes[i] ?? 48) - 48);
  return value;
}

process.on('message', (load: Load) => {
  new Run(load, (result) => process.send?.(result));
});
