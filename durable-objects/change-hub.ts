// Wakes the followers of one log: at once when it changes, and when a heartbeat is due.
// One lazy timer for all of them: a timer per follower and token would cost more than the token.

type Waiter = { readonly sinceMs: number; readonly wake: (why: 'changed' | 'heartbeat') => void };

/** Ticks per heartbeat: a heartbeat is late by at most a quarter of its interval. */
const TICKS_PER_HEARTBEAT = 4;

export class ChangeHub {
  readonly #heartbeatMs: number;
  #waiters: Waiter[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(heartbeatMs: number) {
    this.#heartbeatMs = heartbeatMs;
  }

  wait(): Promise<'changed' | 'heartbeat'> {
    this.#timer ??= setTimeout(this.#tick, this.#heartbeatMs / TICKS_PER_HEARTBEAT);
    return new Promise((wake) => {
      this.#waiters.push({ sinceMs: Date.now(), wake });
    });
  }

  notify(): void {
    if (this.#waiters.length === 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.wake('changed');
  }

  readonly #tick = (): void => {
    this.#timer = null;
    if (this.#waiters.length === 0) return;
    const dueSinceMs = Date.now() - this.#heartbeatMs;
    const due = this.#waiters.filter((waiter) => waiter.sinceMs <= dueSinceMs);
    this.#waiters = this.#waiters.filter((waiter) => waiter.sinceMs > dueSinceMs);
    if (this.#waiters.length > 0)
      this.#timer = setTimeout(this.#tick, this.#heartbeatMs / TICKS_PER_HEARTBEAT);
    for (const waiter of due) waiter.wake('heartbeat');
  };
}
