// The time from the arrival of each piece of an answer to its being painted. The clock comes as an argument.

export class RenderLag {
  readonly #lagsMs: number[] = [];
  #waiting: number[] = [];
  #drawn: number[] = [];

  arrived(nowMs: number): void {
    this.#waiting.push(nowMs);
  }

  /** What had arrived by now is in the coming frame; later pieces are in a later one. */
  drawn(): void {
    this.#drawn.push(...this.#waiting);
    this.#waiting = [];
  }

  painted(nowMs: number): void {
    for (const arrivedMs of this.#drawn) this.#lagsMs.push(nowMs - arrivedMs);
    this.#drawn = [];
  }

  /** A hidden tab paints nothing: what came meanwhile says nothing of the page. */
  forget(): void {
    this.#waiting = [];
    this.#drawn = [];
  }

  /** Null when nothing was painted. */
  p95(): number | null {
    const sorted = this.#lagsMs.toSorted((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(sorted.length * 0.95) - 1)] ?? null;
  }
}
