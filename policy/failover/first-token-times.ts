// How long one upstream took to its first token lately: a histogram of the last two and a half to five minutes, with
// buckets a seventh apart, from a millisecond to hours.
// Invariant: it holds sums only, so histograms of several isolates add up, and at most two periods of them.

/** `cell`: period and bucket in one number. */
export type FirstTokenRow = { readonly cell: number; readonly calls: number };

/** The running period and the one before it are looked at. */
const PERIOD_MS = 150_000;

const BUCKETS = 128;
const GROWTH = Math.log(1.15);

/** With fewer the 95th percentile is only the slowest call there was. */
const MIN_SAMPLES = 20;

export class FirstTokenTimes {
  readonly #cells = new Map<number, number>();

  count(firstTokenMs: number, nowMs: number): void {
    const bucket = Math.round(Math.log(Math.max(1, firstTokenMs)) / GROWTH);
    const cell = periodOf(nowMs) * BUCKETS + Math.min(bucket, BUCKETS - 1);
    if (Number.isFinite(cell)) this.add([{ cell, calls: 1 }], nowMs);
  }

  add(rows: readonly FirstTokenRow[], nowMs: number): void {
    for (const { cell, calls } of rows) this.#cells.set(cell, (this.#cells.get(cell) ?? 0) + calls);
    this.#forget(nowMs);
  }

  rows(): readonly FirstTokenRow[] {
    return [...this.#cells].map(([cell, calls]) => ({ cell, calls }));
  }

  /** Forgets what it gives. */
  takeRows(): readonly FirstTokenRow[] {
    const rows = this.rows();
    this.#cells.clear();
    return rows;
  }

  /**
   * Milliseconds within which that share of the calls had its first token, at the upper edge of a bucket; null when too
   * few calls are known.
   */
  percentileMs(share: number, nowMs: number): number | null {
    this.#forget(nowMs);
    const calls = [...this.#cells.values()].reduce((sum, count) => sum + count, 0);
    if (calls < MIN_SAMPLES) return null;
    const cells = [...this.#cells].toSorted(([left], [right]) => (left % BUCKETS) - (right % BUCKETS));
    let missing = share * calls;
    for (const [cell, count] of cells) {
      missing -= count;
      if (missing <= 0) return Math.ceil(Math.exp(((cell % BUCKETS) + 0.5) * GROWTH));
    }
    return null;
  }

  /** A period from a clock that was set back since is forgotten like an old one. */
  #forget(nowMs: number): void {
    const period = periodOf(nowMs);
    for (const cell of this.#cells.keys()) {
      if (Math.abs(period - Math.floor(cell / BUCKETS)) > 1) this.#cells.delete(cell);
    }
  }
}

function periodOf(ms: number): number {
  return Math.floor(ms / PERIOD_MS);
}
