// Keeps one connection to the live feed: reads it, notices when it falls silent, and comes back with growing pauses.
// Invariant: at most one connection and one timer at a time; after `close` nothing is reported.

import type { ApiProblem } from '../../web/api-client.ts';
import { openEvents, type ServerEvent } from '../../web/read-events.ts';

export type FeedState =
  | { readonly type: 'connecting' }
  | { readonly type: 'open' }
  | { readonly type: 'waiting'; readonly untilMs: number; readonly message: string };

export type FeedListener = {
  readonly onState: (state: FeedState) => void;
  readonly onEvent: (event: ServerEvent) => void;
  readonly onRefused: (problem: ApiProblem) => void;
};

export type FeedAddress = { readonly path: string; readonly key: string | null };

/** News or a heartbeat come every two seconds: after ten that are missing the connection is dead, whatever it says. */
const SILENCE_MS = 20_000;

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** @param attempt - 1 for the first after a connection that worked */
export function pauseMs(attempt: number, random: number): number {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  return Math.round(pause * (0.75 + random / 2));
}

export class LiveFeed {
  readonly #address: FeedAddress;
  readonly #listener: FeedListener;
  readonly #closed = new AbortController();
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(address: FeedAddress, listener: FeedListener) {
    this.#address = address;
    this.#listener = listener;
    void this.#connect();
  }

  close(): void {
    this.#closed.abort();
    clearTimeout(this.#timer);
  }

  async #connect(): Promise<void> {
    this.#tell({ type: 'connecting' });
    const silence = new AbortController();
    const signal = AbortSignal.any([this.#closed.signal, silence.signal]);
    const listen = (): void => this.#after(SILENCE_MS, () => silence.abort());
    listen();
    const opened = await openEvents({ ...this.#address, signal }, listen);
    if (!opened.ok) {
      this.#refused(opened.problem);
      return;
    }
    try {
      for await (const event of opened.value) {
        if (this.#closed.signal.aborted) return;
        if (this.#attempt !== 0 || event.event === 'summary') this.#opened();
        this.#listener.onEvent(event);
        listen();
      }
      // The feed says goodbye after a while: no failure, so no long pause.
      this.#comeBack('The feed ended.');
    } catch {
      this.#comeBack('The connection was lost.');
    }
  }

  #opened(): void {
    this.#attempt = 0;
    this.#tell({ type: 'open' });
  }

  #refused(problem: ApiProblem): void {
    if (this.#closed.signal.aborted) return;
    if (problem.status === 401 || problem.status === 403) {
      clearTimeout(this.#timer);
      this.#listener.onRefused(problem);
      return;
    }
    this.#comeBack(problem.message);
  }

  #comeBack(message: string): void {
    if (this.#closed.signal.aborted) return;
    this.#attempt += 1;
    const ms = pauseMs(this.#attempt, Math.random());
    this.#tell({ type: 'waiting', untilMs: Date.now() + ms, message });
    this.#after(ms, () => void this.#connect());
  }

  #tell(state: FeedState): void {
    if (!this.#closed.signal.aborted) this.#listener.onState(state);
  }

  #after(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, ms);
  }
}
