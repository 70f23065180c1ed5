// One movable deadline with one timer. Moving it later costs an assignment, not a timer: it moves with
// every token.

export class Deadline<Reason> {
  readonly #onExpire: (reason: Reason) => void;
  #at: { readonly ms: number; readonly reason: Reason } | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #timerAtMs = Infinity;

  constructor(onExpire: (reason: Reason) => void) {
    this.#onExpire = onExpire;
  }

  /** Expires at `atMs` (Unix ms) unless moved or cleared before. */
  move(atMs: number, reason: Reason): void {
    this.#at = { ms: atMs, reason };
    if (atMs < this.#timerAtMs) this.#arm(atMs);
  }

  clear(): void {
    this.#at = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#timerAtMs = Infinity;
  }

  #arm(atMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerAtMs = atMs;
    this.#timer = setTimeout(this.#fire, Math.max(0, atMs - Date.now()));
  }

  readonly #fire = (): void => {
    this.#timer = null;
    this.#timerAtMs = Infinity;
    if (this.#at === null) return;
    const { ms, reason } = this.#at;
    if (Date.now() < ms) {
      this.#arm(ms);
      return;
    }
    this.#at = null;
    this.#onExpire(reason);
  };
}
