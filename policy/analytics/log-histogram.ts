// A distribution of values >= 0 in buckets that grow by a factor g of 1.04, so that a quantile is told to within
// (g - 1) / (g + 1) < 2 % of a true value, whatever the spread; below 0.5 to within 0.5. The idea is that of DDSketch
// (https://arxiv.org/abs/1908.10693).
// Invariant: histograms add up: merging two is the same as counting all their values in one.

import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

const LOG_GROWTH = Math.log(1.04);
const FIRST = 0.5;

/** A day in milliseconds: no generation takes longer, so greater values are mistakes and count as this. */
const MAX_VALUE = 86_400_000;

/** Sums are kept in thousandths, whole, so that they do not depend on the order of merging. */
const PARTS = 1_000;

export class LogHistogram {
  /** Counts of the buckets from `#first` on: the values of one model lie close together. */
  #counts: number[] = [];
  #first = 0;
  #count = 0;
  #parts = 0;

  add(value: number): void {
    if (!(value >= 0)) return;
    const bounded = Math.min(value, MAX_VALUE);
    this.#bump(bucketOf(bounded), 1);
    this.#parts += Math.round(bounded * PARTS);
  }

  merge(other: LogHistogram): void {
    for (const [at, count] of other.#counts.entries()) if (count > 0) this.#bump(other.#first + at, count);
    this.#parts += other.#parts;
  }

  get count(): number {
    return this.#count;
  }

  get sum(): number {
    return this.#parts / PARTS;
  }

  get mean(): number | null {
    return this.#count === 0 ? null : this.sum / this.#count;
  }

  /** The value of nearest rank, for q in 0..1; null when there is none. */
  quantile(q: number): number | null {
    let missing = Math.max(1, Math.ceil(q * this.#count));
    for (const [at, count] of this.#counts.entries()) {
      missing -= count;
      if (missing <= 0) return valueOf(this.#first + at);
    }
    return null;
  }

  /** How many values are at most `bound`, to within the width of a bucket. */
  countBelow(bound: number): number {
    let below = 0;
    for (const [at, count] of this.#counts.entries()) if (valueOf(this.#first + at) <= bound) below += count;
    return below;
  }

  write(writer: ByteWriter): void {
    writer.varint(this.#parts).varint(this.#first).counts(this.#counts);
  }

  /** Adds what was written to what is here. */
  read(reader: ByteReader): void {
    this.#parts += reader.varint();
    const first = reader.varint();
    reader.counts((at, count) => this.#bump(first + at, count));
  }

  #bump(bucket: number, count: number): void {
    const counts = this.#counts;
    if (this.#count === 0) this.#first = bucket;
    while (bucket < this.#first) {
      counts.unshift(0);
      this.#first--;
    }
    const at = bucket - this.#first;
    while (counts.length <= at) counts.push(0);
    counts[at] = (counts[at] ?? 0) + count;
    this.#count += count;
  }
}

/** Bucket k > 0 holds what is at least FIRST * g^(k - 1) and less than FIRST * g^k. */
function bucketOf(value: number): number {
  return value < FIRST ? 0 : 1 + Math.floor(Math.log(value / FIRST) / LOG_GROWTH);
}

/** The value that is nearest to all of its bucket, relatively. */
function valueOf(bucket: number): number {
  if (bucket === 0) return 0;
  const upper = FIRST * Math.exp(bucket * LOG_GROWTH);
  return (2 * upper) / (1 + Math.exp(LOG_GROWTH));
}
