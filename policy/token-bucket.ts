// A bucket that holds one minute's allowance and refills evenly. Invariant: over any long time no more is taken
// than the rate allows. An amount larger than the whole bucket is let through when the bucket is full and leaves a
// debt, because no waiting could ever make room for it; what turns out to be used beyond a reservation is a debt too.
// The clock comes in as an argument; a clock that jumps back refills nothing.

const MINUTE_MS = 60_000;

/** Sums of fractions miss whole numbers by less than this. */
const ROUNDING = 1e-6;

export type BucketLevel = { readonly level: number; readonly atMs: number };

export class TokenBucket {
  #level: number;
  #atMs: number;

  constructor({ level, atMs }: BucketLevel) {
    this.#level = level;
    this.#atMs = atMs;
  }

  /** Milliseconds until `amount` may be taken; 0 when it may be taken now. */
  waitMs(amount: number, perMinute: number, nowMs: number): number {
    this.#refill(perMinute, nowMs);
    const missing = Math.min(amount, perMinute) - this.#level;
    // Half the tolerance comes off, or noise in the last digit would add a whole millisecond.
    return missing <= ROUNDING ? 0 : Math.ceil(((missing - ROUNDING / 2) * MINUTE_MS) / perMinute);
  }

  /** How many times `amount` may be taken now, one after the other. */
  timesLeft(amount: number, perMinute: number, nowMs: number): number {
    this.#refill(perMinute, nowMs);
    return Math.max(0, Math.floor((this.#level + ROUNDING) / Math.max(1, amount)));
  }

  /** Takes without asking; call `waitMs` first. A negative amount gives back; the next refill cuts it to the size. */
  take(amount: number, perMinute: number, nowMs: number): void {
    this.#refill(perMinute, nowMs);
    this.#level -= amount;
  }

  snapshot(): BucketLevel {
    return { level: this.#level, atMs: this.#atMs };
  }

  #refill(perMinute: number, nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#atMs);
    // The limit may have been lowered in the configuration since, so the level is cut as well as raised.
    this.#level = Math.min(perMinute, this.#level + (elapsedMs * perMinute) / MINUTE_MS);
    this.#atMs = Math.max(this.#atMs, nowMs);
  }
}
