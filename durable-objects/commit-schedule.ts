// When a log goes to disk. `batched`: one row per 250 ms, 32 events (50 ms apart) or boundary, after delivery. `strict`:
// before delivery, the first event alone and then whatever came within 50 ms. Every terminal event is on
// disk before it is delivered, in both.

import type { Durability } from '../protocol/plan.ts';
import type { ReplayLog } from '../replay/replay-log.ts';

/** Rows are what storage costs: four a second keep a long answer near the price of its inference. */
const FLUSH_MS = 250;

/** Events that may be lost in a crash before their flush is due. */
const FLUSH_EVENTS = 32;

/** Least time between two flushes for their number of events: a fast stream made 250 transactions a second, half its cost. */
const FLUSH_GAP_MS = 50;

/** Memory of a log that makes a flush due: a few large events must not wait for their number. */
const FLUSH_BYTES = 512 * 1024;

/** Group commit: later events wait at most this long for company, which no reader of text notices. */
const GROUP_MS = 50;

export type CommitPorts = {
  /** Followers can read more. */
  readonly onVisible: () => void;
  /** The disk refuses writes; the log can no longer keep its promise. */
  readonly onFailure: (error: unknown) => void;
};

export class CommitSchedule {
  readonly #log: ReplayLog;
  readonly #strict: boolean;
  readonly #ports: CommitPorts;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #committing: Promise<void> | null = null;
  #lastCommitMs = 0;
  #lastFlushMs = 0;
  #broken = false;

  constructor(log: ReplayLog, durability: Durability, ports: CommitPorts) {
    this.#log = log;
    this.#strict = durability === 'strict';
    this.#ports = ports;
  }

  /** Call after every append. `boundary`: an event that must not wait for its flush (end of a tool call). */
  appended(boundary: boolean): void {
    if (this.#broken) return;
    if (this.#log.terminal !== null || this.#strict) {
      this.#commitSoon();
    } else if (boundary || this.#isFull()) {
      this.#flush();
    } else {
      this.#timer ??= setTimeout(this.#flush, FLUSH_MS);
    }
  }

  /** Resolves when everything appended is visible. */
  async settled(): Promise<void> {
    while (!this.#broken && this.#log.visibleEnd < this.#log.end) {
      this.#clearTimer();
      await (this.#committing ?? this.#commit());
    }
  }

  #isFull(): boolean {
    if (this.#log.heldBytes > FLUSH_BYTES) return true;
    const isMany = this.#log.end - this.#log.persistedEnd >= FLUSH_EVENTS;
    return isMany && Date.now() - this.#lastFlushMs >= FLUSH_GAP_MS;
  }

  readonly #flush = (): void => {
    this.#clearTimer();
    this.#lastFlushMs = Date.now();
    try {
      this.#log.persist(this.#lastFlushMs);
    } catch (error) {
      this.#fail(error);
    }
  };

  #commitSoon(): void {
    if (this.#committing !== null) return; // whoever commits looks again when it is done
    const waitMs = this.#log.terminal === null ? this.#lastCommitMs + GROUP_MS - Date.now() : 0;
    if (waitMs > 0) {
      this.#timer ??= setTimeout(this.#commitNow, waitMs);
      return;
    }
    this.#commitNow();
  }

  readonly #commitNow = (): void => {
    this.#clearTimer();
    if (this.#committing === null) this.#commit().catch((error: unknown) => this.#fail(error));
  };

  #commit(): Promise<void> {
    this.#committing = this.#write();
    return this.#committing;
  }

  async #write(): Promise<void> {
    try {
      await this.#log.commit(Date.now());
    } catch (error) {
      this.#fail(error);
    }
    this.#committing = null;
    this.#lastCommitMs = Date.now();
    this.#ports.onVisible();
    if (!this.#broken && this.#log.visibleEnd < this.#log.end) this.#commitSoon();
  }

  #fail(error: unknown): void {
    this.#broken = true;
    this.#clearTimer();
    this.#ports.onFailure(error);
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
