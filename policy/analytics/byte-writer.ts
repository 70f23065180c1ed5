// Numbers, bytes and texts one after the other in as few bytes as they need. Read back by `byte-reader.ts`.

const START_BYTES = 4_096;

export class ByteWriter {
  #bytes = new Uint8Array(START_BYTES);
  #end = 0;
  #inner: ByteWriter | null = null;

  clear(): this {
    this.#end = 0;
    return this;
  }

  /** A whole number from 0 to 2^53: seven bits a byte, lowest first. */
  varint(value: number): this {
    this.#reserve(8);
    let rest = Math.min(value, Number.MAX_SAFE_INTEGER);
    // Not by shifting: that would cut at 32 bits.
    while (rest > 127) {
      this.#bytes[this.#end++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#end++] = rest;
    return this;
  }

  /** With their length before them. */
  block(bytes: Uint8Array): this {
    this.varint(bytes.length).#reserve(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
    return this;
  }

  /** What is written meanwhile, as a block. */
  nest(write: (inner: ByteWriter) => void): this {
    const inner = (this.#inner ??= new ByteWriter());
    write(inner.clear());
    return this.block(inner.#bytes.subarray(0, inner.#end));
  }

  /** Mostly zeros, in runs: after each zero stands how many more there are. */
  counts(counts: readonly number[]): this {
    this.varint(counts.length);
    for (let at = 0; at < counts.length; at++) {
      this.varint(counts[at] ?? 0);
      if (counts[at] !== 0) continue;
      const start = at;
      while (counts[at + 1] === 0) at++;
      this.varint(at - start);
    }
    return this;
  }

  text(text: string): this {
    return this.block(new TextEncoder().encode(text));
  }

  /** What was written so far. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#end);
  }

  #reserve(count: number): void {
    if (this.#end + count <= this.#bytes.length) return;
    const larger = new Uint8Array((this.#end + count) * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
