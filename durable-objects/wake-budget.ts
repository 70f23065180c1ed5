// How often upstream bytes wake JavaScript in this isolate, over all its streams, against what it can afford.
// A read that wakes JS and the chunk written for it cost about 80 µs whatever their size, so a busy isolate
// must take more bytes a wake. One stream cannot tell a slow upstream from a busy isolate (a ready read also
// takes as long as the others' turns); the sum can. It holds counts only, no data of any request.

/** About a third of a core at 80 µs a wake: below this nothing is ever held back. */
const WAKES_PER_SECOND = 4000;

const WINDOW_MS = 50;

/** Most that one window may change the pace by: the measure is noisy and all streams react to it at once. */
const MAX_STEP = 4;

export class WakeBudget {
  #wakes = 0;
  #sinceMs = 0;
  /** Wakes of the last window over the budget; above 1 the isolate is woken too often. */
  ratio = 0;
  /** Changes whenever `ratio` was measured anew. */
  round = 0;

  countWake(nowMs: number): void {
    this.#wakes++;
    const elapsedMs = nowMs - this.#sinceMs;
    if (elapsedMs < WINDOW_MS) return;
    const ratio = (this.#wakes * 1000) / elapsedMs / WAKES_PER_SECOND;
    this.ratio = Math.min(MAX_STEP, Math.max(1 / MAX_STEP, ratio));
    this.round++;
    this.#wakes = 0;
    this.#sinceMs = nowMs;
  }
}
