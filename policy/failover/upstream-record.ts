// What is known of one upstream: how its calls went, how fast they were, and its circuit breaker.
// Invariant: an outcome is counted once in the record, and once in what others have still to be told.

import type { FailureCode } from '../../protocol/events.ts';
import { CallWindow, type CallCounts, type CallRow } from './call-window.ts';
import {
  CLOSED,
  closed,
  opened,
  probing,
  verdictOf,
  waitMs,
  type Breaker,
  type BreakerCause,
  type BreakerState,
} from './circuit-breaker.ts';
import { FirstTokenTimes, type FirstTokenRow } from './first-token-times.ts';

/**
 * How a call went, by its first content. `late`: none came in time. `outrun`: another call was faster, and this one was
 * cancelled after that long; it tells of the first token's time, and nothing of whether it would have come.
 */
export type CallOutcome =
  | { readonly type: 'success'; readonly firstTokenMs: number }
  | { readonly type: 'failure'; readonly code: FailureCode; readonly retryAfterMs?: number | null }
  | { readonly type: 'late' }
  | { readonly type: 'outrun'; readonly firstTokenMs: number };

export type UpstreamReport = {
  readonly calls: readonly CallRow[];
  readonly firstTokens: readonly FirstTokenRow[];
  readonly breaker: Breaker;
  /** Null: none that counts. */
  readonly lastFailure: FailureCode | null;
};

/** One upstream for people and dashboards. */
export type UpstreamView = CallCounts & {
  readonly state: BreakerState;
  readonly cause: BreakerCause;
  readonly lastFailure: FailureCode | null;
  /** Until a probe may leave. */
  readonly waitMs: number;
  readonly firstTokenP50Ms: number | null;
  readonly firstTokenP95Ms: number | null;
};

/**
 * A call is slow when its first token took this many times the upstream's own 95th percentile, and long enough for a
 * person to notice. Lower factors would take long prompts for trouble.
 */
const SLOW_FACTOR = 4;
const SLOW_FLOOR_MS = 2_000;

/** An isolate that was given the probe and has no call to make with it by then: another is given it. */
const GRANT_MS = 2_000;

/** How much later than the shared object's word an isolate probes when it hears nothing more from it. */
const UNHEARD_MS = 10_000;

export class UpstreamRecord {
  readonly #random: () => number;
  readonly #ownCalls = new CallWindow();
  readonly #ownFirstTokens = new FirstTokenTimes();
  /** Everybody's as far as known, its own included. */
  #calls = new CallWindow();
  #firstTokens = new FirstTokenTimes();
  #breaker = CLOSED;
  #hasTurned = false;
  /** It turned here last, not elsewhere. */
  #isOwnTurn = false;
  #lastFailure: FailureCode | null = null;

  constructor(random: () => number) {
    this.#random = random;
  }

  get breaker(): Breaker {
    return this.#breaker;
  }

  get lastFailure(): FailureCode | null {
    return this.#lastFailure;
  }

  probe(nowMs: number): void {
    this.#turn(probing(this.#breaker, nowMs));
  }

  firstTokenP95Ms(nowMs: number): number | null {
    return this.#firstTokens.percentileMs(0.95, nowMs);
  }

  note(outcome: CallOutcome, nowMs: number): void {
    const isSlow = 'firstTokenMs' in outcome && this.#countFirstToken(outcome.firstTokenMs, nowMs);
    if (outcome.type === 'outrun') return;
    const failure = failureOf(outcome);
    this.#lastFailure = failure ?? this.#lastFailure;
    const counts = { calls: 1, failures: failure === null ? 0 : 1, slow: isSlow ? 1 : 0 };
    this.#calls.count(counts, nowMs);
    this.#ownCalls.count(counts, nowMs);
    const retryAfterMs = outcome.type === 'failure' ? (outcome.retryAfterMs ?? null) : null;
    if (this.#breaker.state === 'half_open') this.#endProbe(counts, retryAfterMs, nowMs);
    else this.#openIfTroubled(retryAfterMs, nowMs);
  }

  /** See `UpstreamHealth.snapshot`. */
  report(nowMs: number): UpstreamReport {
    const report = this.#reportOf(this.#calls.rows(), this.#firstTokens.rows());
    const isProbeDue = verdictOf(this.#breaker, nowMs) === 'probe';
    if (isProbeDue) this.#breaker = probing(this.#breaker, nowMs, GRANT_MS);
    return report;
  }

  /** Null: there is nothing that was not told yet. */
  takeDelta(): UpstreamReport | null {
    const calls = this.#ownCalls.takeRows();
    const firstTokens = this.#ownFirstTokens.takeRows();
    if (calls.length === 0 && firstTokens.length === 0 && !this.#hasTurned) return null;
    this.#hasTurned = false;
    return this.#reportOf(calls, firstTokens);
  }

  /** See `UpstreamHealth.merge`. */
  merge({ calls, firstTokens, breaker, lastFailure }: UpstreamReport, nowMs: number): void {
    this.#lastFailure = lastFailure ?? this.#lastFailure;
    this.#calls.add(calls, nowMs);
    this.#firstTokens.add(firstTokens, nowMs);
    const isNewer = breaker.sinceMs > this.#breaker.sinceMs;
    if (this.#breaker.state !== 'closed' && isNewer) this.#breaker = breaker;
    // The isolate that opened first keeps its cool-down, so that it is also the first to probe.
    const hasOpened = this.#openIfTroubled(null, nowMs);
    if (hasOpened && isNewer && breaker.state === 'open') this.#breaker = breaker;
  }

  /** See `UpstreamHealth.adopt`. */
  adopt({ calls, firstTokens, breaker, lastFailure }: UpstreamReport, nowMs: number): void {
    this.#lastFailure = lastFailure ?? this.#lastFailure;
    this.#calls = new CallWindow();
    this.#calls.add([...calls, ...this.#ownCalls.rows()], nowMs);
    this.#firstTokens = new FirstTokenTimes();
    this.#firstTokens.add([...firstTokens, ...this.#ownFirstTokens.rows()], nowMs);
    const laterMs = breaker.sinceMs - this.#breaker.sinceMs;
    if (laterMs < 0 || (laterMs === 0 && this.#isOwnTurn)) return;
    this.#isOwnTurn = false;
    // A probe that is due by the shared object's own word was given to this isolate.
    const unheardMs = waitMs(breaker, nowMs) > 0 ? UNHEARD_MS : 0;
    this.#breaker = { ...breaker, untilMs: breaker.untilMs + unheardMs };
  }

  view(nowMs: number): UpstreamView {
    const { state, cause } = this.#breaker;
    return {
      ...this.#calls.recent(nowMs),
      state,
      cause,
      lastFailure: this.#lastFailure,
      waitMs: waitMs(this.#breaker, nowMs),
      firstTokenP50Ms: this.#firstTokens.percentileMs(0.5, nowMs),
      firstTokenP95Ms: this.firstTokenP95Ms(nowMs),
    };
  }

  #reportOf(calls: readonly CallRow[], firstTokens: readonly FirstTokenRow[]): UpstreamReport {
    return { calls, firstTokens, breaker: this.#breaker, lastFailure: this.#lastFailure };
  }

  /** True when it was slow by what is usual here. */
  #countFirstToken(firstTokenMs: number, nowMs: number): boolean {
    const usualMs = this.firstTokenP95Ms(nowMs);
    this.#firstTokens.count(firstTokenMs, nowMs);
    this.#ownFirstTokens.count(firstTokenMs, nowMs);
    return usualMs !== null && firstTokenMs > Math.max(SLOW_FLOOR_MS, SLOW_FACTOR * usualMs);
  }

  /** Any call that ends now tells as much as the probe itself; whose it was does not matter. */
  #endProbe({ failures, slow }: CallCounts, retryAfterMs: number | null, nowMs: number): void {
    const cause = failures > 0 ? 'failing' : this.#breaker.cause;
    const isBad = failures > 0 || (cause === 'slow' && slow > 0);
    const facts = { cause, retryAfterMs, random: this.#random() };
    this.#turn(isBad ? opened(this.#breaker, facts, nowMs) : closed(this.#breaker, nowMs));
  }

  #openIfTroubled(retryAfterMs: number | null, nowMs: number): boolean {
    const { state, cause, sinceMs } = this.#breaker;
    if (state === 'half_open' || (state === 'open' && cause === 'failing')) return false;
    const causes: readonly BreakerCause[] = state === 'closed' ? ['failing', 'slow'] : ['failing'];
    const found = causes.find((possible) => this.#calls.isTroubled(possible, sinceMs, nowMs));
    if (found === undefined) return false;
    this.#turn(opened(this.#breaker, { cause: found, retryAfterMs, random: this.#random() }, nowMs));
    return true;
  }

  #turn(breaker: Breaker): void {
    this.#breaker = breaker;
    this.#hasTurned = true;
    this.#isOwnTurn = true;
  }
}

/** A request that the upstream rejects is the request's fault: the upstream answered. */
function failureOf(outcome: CallOutcome): FailureCode | null {
  if (outcome.type === 'late') return 'upstream_timeout';
  return outcome.type === 'failure' && outcome.code !== 'upstream_rejected' ? outcome.code : null;
}
