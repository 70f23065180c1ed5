// A bounded wait that starts once and can be raced against whatever is waited for.

export class HoldTimer {
  readonly #over = Promise.withResolvers<'over'>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  get over(): Promise<'over'> {
    return this.#over.promise;
  }

  /** Calls after the first change nothing. */
  start(ms: number): void {
    this.#timer ??= setTimeout(() => this.#over.resolve('over'), ms);
  }

  clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}
