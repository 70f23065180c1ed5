// How long each step of a request took, for `Server-Timing`. The runtime's clock stands still between I/O,
// so a step that only computes shows 0: its cost is in the benchmark, not here.

export class Phases {
  /** Unix ms. */
  readonly startedMs = Date.now();
  #lastMs = this.startedMs;
  readonly #entries: string[] = [];

  /** Ends the current phase under this name. */
  end(name: string): void {
    const nowMs = Date.now();
    this.#entries.push(`${name};dur=${nowMs - this.#lastMs}`);
    this.#lastMs = nowMs;
  }

  toHeader(): string {
    return [...this.#entries, `total;dur=${Date.now() - this.startedMs}`].join(', ');
  }
}
