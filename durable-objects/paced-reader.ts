// Reads an upstream's body with as few wakes as the isolate can afford. `read()` returns one HTTP chunk
// however much waits; only `readAtLeast(n)` drains. With n = 1 no token is ever delayed, and that is what an
// isolate within its budget does; in a busy one n grows until the wakes fit. The price: while n > 1 and the
// upstream pauses, up to n bytes wait for the next byte or the end.

import { WakeBudget } from './wake-budget.ts';

/** Below about one and a half events, waiting for more than one byte delays without saving a wake. */
const MIN_AT_LEAST_BYTES = 300;

/** The most that is asked for at once: it bounds what can wait in a pause. */
const MAX_AT_LEAST_BYTES = 8 * 1024;

/** Buffers: small while idle, because a thousand streams hold one each. */
const IDLE_BUFFER_BYTES = 4 * 1024;
const BUSY_BUFFER_BYTES = 16 * 1024;

/** One for all streams of the isolate, on purpose; see wake-budget.ts. */
const ISOLATE_WAKES = new WakeBudget();

export class PacedReader {
  readonly #reader: ReadableStreamBYOBReader;
  readonly #budget: WakeBudget;
  #buffer = new ArrayBuffer(IDLE_BUFFER_BYTES);
  #atLeast = 1;
  #open = true;
  #round: number;
  #bytes = 0;
  #reads = 0;

  constructor(body: ReadableStream<Uint8Array>, budget: WakeBudget = ISOLATE_WAKES) {
    this.#reader = body.getReader({ mode: 'byob' });
    this.#budget = budget;
    budget.opened();
    this.#round = budget.round;
  }

  /** The next bytes, or null at the end. The view is valid until the next call. Rejects when the body errors. */
  async read(): Promise<Uint8Array | null> {
    const { value } = await this.#reader.readAtLeast(this.#atLeast, this.#view());
    if (value === undefined || value.byteLength === 0) return null;
    this.#buffer = value.buffer; // handed back by the reader, which owned it meanwhile
    this.#budget.countWake(Date.now());
    this.#bytes += value.byteLength;
    this.#reads++;
    if (this.#round !== this.#budget.round) this.#adapt();
    return value;
  }

  /** Ends the read and tells the source; to be called at the end, too. Never rejects: the source may be gone already. */
  async cancel(): Promise<void> {
    if (this.#open) this.#budget.closed();
    this.#open = false;
    try {
      await this.#reader.cancel();
    } catch {
      // The body errored before: there is nothing left to tell the source.
    }
  }

  #view(): Uint8Array<ArrayBuffer> {
    const size = this.#atLeast > 1 ? BUSY_BUFFER_BYTES : IDLE_BUFFER_BYTES;
    return new Uint8Array(this.#buffer.byteLength === size ? this.#buffer : new ArrayBuffer(size));
  }

  #adapt(): void {
    this.#round = this.#budget.round;
    const perRead = this.#bytes / this.#reads;
    // Within the budget, or when reads come half full anyway, asking for more would only strand the end of a burst.
    const isCheap = this.#atLeast === 1 && (this.#budget.ratio <= 1 || perRead >= IDLE_BUFFER_BYTES / 2);
    const wanted = isCheap ? 1 : Math.max(this.#atLeast, perRead) * this.#budget.ratio;
    this.#atLeast = wanted > MIN_AT_LEAST_BYTES ? Math.min(MAX_AT_LEAST_BYTES, Math.ceil(wanted)) : 1;
    this.#bytes = 0;
    this.#reads = 0;
  }
}
