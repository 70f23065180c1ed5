// Reads an upstream's body in chunks that grow only while its bytes outrun us.
// `read()` returns one HTTP chunk however much waits, and each JS chunk costs tens of µs; asking for more
// than what has arrived would delay a token until the next ones come. So: at least 1 byte when idle; when
// several reads in a row completed without waiting, twice as much as the last one brought.

/** Size of the read buffer, the most one read can bring. */
const BUFFER_BYTES = 32 * 1024;

/** Largest minimum to ask for. */
const MAX_AT_LEAST_BYTES = 8 * 1024;

/** Reads in a row that must complete at once before more than one byte is asked for. */
const EAGER_READS = 3;

/** A read that took less than this did not wait: the clock has a resolution of 1 ms and moves only with I/O. */
const WAITED_MS = 1;

export class BodyReader {
  readonly #reader: ReadableStreamBYOBReader;
  #buffer = new ArrayBuffer(BUFFER_BYTES);
  #eager = 0;
  #atLeast = 1;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader({ mode: 'byob' });
  }

  /** The next bytes, or null at the end. The view is valid until the next call. Rejects when the body errors. */
  async read(): Promise<Uint8Array | null> {
    const startedMs = Date.now();
    const result = await this.#reader.readAtLeast(this.#atLeast, new Uint8Array(this.#buffer));
    if (result.value === undefined) return null;
    this.#buffer = result.value.buffer; // the reader hands back the buffer that it was given
    if (result.value.byteLength === 0) return null;
    this.#adapt(result.value.byteLength, Date.now() - startedMs);
    return result.value;
  }

  /** Ends the read and tells the source. Never rejects: the source may be gone already. */
  async cancel(): Promise<void> {
    try {
      await this.#reader.cancel();
    } catch {
      // The body errored before: there is nothing left to tell the source.
    }
  }

  #adapt(bytes: number, tookMs: number): void {
    this.#eager = tookMs < WAITED_MS ? this.#eager + 1 : 0;
    this.#atLeast = this.#eager < EAGER_READS ? 1 : Math.min(bytes * 2, MAX_AT_LEAST_BYTES);
  }
}
