// How many upstream calls an isolate may make beyond one for each request: retries, failovers and hedges.
// Invariant, over any run: calls ≤ (1 + ratio) × requests + the most candidates a request had; and of these extra calls
// at most HEDGE_RATIO × requests + 1 are hedges. So a provider that is down is never asked twice as often as before.

/** A hedge is a guess, so it gets less than a retry; about one request in twenty is later than its p95. */
const HEDGE_RATIO = 0.05;

/**
 * What quiet times may save up for bad ones. Until its breaker opens, every reader of a model that went down needs one:
 * with 10 a quarter of a burst went without an answer although another model was healthy.
 */
const MAX_SAVED = 50;

/** A hedge only makes a reader wait less, so a burst of them is not worth as much. */
const MAX_SAVED_HEDGES = 10;

/** Sums of fractions miss whole numbers by less than this. */
const ROUNDING = 1e-6;

export class RetryBudget {
  #extras = 0;
  #hedges = 1;
  #candidates = 0;

  /** The first call of a request; every call of it that follows is an extra one. */
  request(ratio: number, candidates: number): void {
    const more = Math.max(0, candidates - this.#candidates);
    this.#candidates += more;
    // Savings are cut before the burst is added: it is granted once, whatever was saved.
    this.#extras = Math.min(Math.max(MAX_SAVED, this.#candidates), this.#extras + ratio) + more;
    this.#hedges = Math.min(MAX_SAVED_HEDGES, this.#hedges + HEDGE_RATIO);
  }

  has(extras: number): boolean {
    return this.#extras + ROUNDING >= extras;
  }

  /** False: nothing is left, and the call must not be made. */
  take(): boolean {
    if (!this.has(1)) return false;
    this.#extras -= 1;
    return true;
  }

  takeHedge(): boolean {
    if (this.#hedges + ROUNDING < 1 || !this.take()) return false;
    this.#hedges -= 1;
    return true;
  }
}
