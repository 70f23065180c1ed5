// How often upstream bytes wake JavaScript in this isolate, over all its streams, against what it can afford.
// A read that wakes JS, the chunk written for it and the Worker's copy cost about 160 µs whatever their size,
// so a busy isolate must take more bytes a wake. One stream cannot tell a slow upstream from a busy isolate (a ready read also
// takes as long as the others' turns); the sum can. It holds counts only, no data of any request.

/** About a third of a core at 160 µs a wake: below this nothing is ever held back. */
const WAKES_PER_SECOND = 2000;

const WINDOW_MS = 50;

/**
 * Fewer streams than this are never held back, whatever their rate: a burst of one of them may cost a core for a
 * moment, but its last bytes must not wait in a pause of the model, and nobody else is there to suffer.
 */
const MANY_STREAMS = 8;

/** Most that one window may change the pace by: the measure is noisy and all streams react to it at once. */
const MAX_STEP = 4;

export class WakeBudget {
  #wakes = 0;
  #sinceMs = 0;
  #streams = 0;
  /** Wakes of the last window over the budget; above 1 the isolate is woken too often. */
  ratio = 0;
  /** Changes whenever `ratio` was measured anew. */
  round = 0;

  /** A stream that wakes the isolate from now on, until `closed`. */
  opened(): void {
    this.#streams++;
  }

  closed(): void {
    this.#streams--;
  }

  countWake(nowMs: number): void {
    this.#wakes++;
    const elapsedMs = nowMs - this.#sinceMs;
    if (elapsedMs < WINDOW_MS) return;
    const ratio = (this.#wakes * 1000) / elapsedMs / WAKES_PER_SECOND;
    this.ratio =
      this.#streams < MANY_STREAMS ? 1 / MAX_STEP : Math.min(MAX_STEP, Math.max(1 / MAX_STEP, ratio));
    this.round++;
    this.#wakes = 0;
    this.#sinceMs = nowMs;
  }
}
