// Reads what `byte-writer.ts` wrote. Bytes that end too early read as zeros: a torn row gives too little and no error.

export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  varint(): number {
    let byte = this.#bytes[this.#at++] ?? 0;
    if (byte < 128) return byte;
    let value = byte - 128;
    for (let unit = 128; byte > 127; unit *= 128) {
      byte = this.#bytes[this.#at++] ?? 0;
      value += (byte % 128) * unit;
    }
    return value;
  }

  /** The next block, not copied. */
  block(): Uint8Array {
    const length = this.varint();
    return this.#bytes.subarray(this.#at, (this.#at += length));
  }

  text(): string {
    return new TextDecoder().decode(this.block());
  }

  /** Those that are not zero, each with its place. */
  counts(take: (at: number, count: number) => void): void {
    const length = this.varint();
    for (let at = 0; at < length; at++) {
      const count = this.varint();
      if (count === 0) at += this.varint();
      else take(at, count);
    }
  }

  skip(): void {
    const length = this.varint();
    this.#at += length;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }
}
