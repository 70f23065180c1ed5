// Which upstreams answer, and how fast, by upstream key. An isolate tells the shared object what it saw (`takeDelta` →
// `merge`) and takes the view of all isolates back (`snapshot` → `adopt`).
// Invariants: an isolate's calls are counted once in its own view and once in the shared one; at most MAX_UPSTREAMS;
// no request data. What a client broke off is never an outcome: it says nothing about the upstream.

import type { FailureCode } from '../../protocol/events.ts';
import { CLOSED, verdictOf, waitMs, type BreakerState, type Verdict } from './circuit-breaker.ts';
import {
  UpstreamRecord,
  type CallOutcome,
  type UpstreamReport,
  type UpstreamView,
} from './upstream-record.ts';

/** By upstream key, as it travels between isolates and the shared object. */
export type HealthReport = Readonly<Record<string, UpstreamReport>>;

/** What was not told yet. `urgent`: a failure, or a breaker that turned. */
export type News = 'none' | 'some' | 'urgent';

/** More than a configuration has models; at some 10 KB each this is 5 MB at the very most. */
const MAX_UPSTREAMS = 512;

/** What failed on our side says nothing about the upstream. */
const NO_EVIDENCE: ReadonlySet<FailureCode> = new Set(['answer_too_large', 'interrupted', 'internal']);

export class UpstreamHealth {
  readonly #random: () => number;
  readonly #upstreams = new Map<string, UpstreamRecord>();
  #news: News = 'none';

  /** @param random - uniform in 0..1; spreads cool-downs */
  constructor(random: () => number) {
    this.#random = random;
  }

  get news(): News {
    return this.#news;
  }

  /** True while some breaker is not closed: then the others' view is worth asking for. */
  get isTroubled(): boolean {
    return [...this.#upstreams.values()].some(({ breaker }) => breaker.state !== 'closed');
  }

  /** What `mayCall` would answer; changes nothing. */
  verdict(key: string, nowMs: number): Verdict {
    return verdictOf(this.#upstreams.get(key)?.breaker ?? CLOSED, nowMs);
  }

  /** `probe` is given to one caller, who then makes the call. */
  mayCall(key: string, nowMs: number): Verdict {
    const verdict = this.verdict(key, nowMs);
    if (verdict === 'probe') {
      this.#upstreams.get(key)?.probe(nowMs);
      this.#news = 'urgent';
    }
    return verdict;
  }

  /** Until a probe may leave; 0 when a call may. */
  waitMs(key: string, nowMs: number): number {
    return waitMs(this.#upstreams.get(key)?.breaker ?? CLOSED, nowMs);
  }

  state(key: string): BreakerState {
    return this.#upstreams.get(key)?.breaker.state ?? 'closed';
  }

  /** The newest failure that counted; null: none. */
  lastFailure(key: string): FailureCode | null {
    return this.#upstreams.get(key)?.lastFailure ?? null;
  }

  outcome(key: string, outcome: CallOutcome, nowMs: number): void {
    if (outcome.type === 'failure' && NO_EVIDENCE.has(outcome.code)) return;
    const upstream = this.#touch(key);
    const before = upstream.breaker;
    upstream.note(outcome, nowMs);
    const isGood = outcome.type === 'success' || outcome.type === 'outrun';
    if (!isGood || upstream.breaker !== before) this.#news = 'urgent';
    else if (this.#news === 'none') this.#news = 'some';
  }

  /** Null while too few first tokens are known. */
  firstTokenP95Ms(key: string, nowMs: number): number | null {
    return this.#upstreams.get(key)?.firstTokenP95Ms(nowMs) ?? null;
  }

  /** What this isolate saw since it was last asked. It counts as told, whatever becomes of it: told twice is worse. */
  takeDelta(): HealthReport {
    this.#news = 'none';
    const told = [...this.#upstreams].flatMap(([key, upstream]) => {
      const delta = upstream.takeDelta();
      return delta === null ? [] : [[key, delta] as const];
    });
    return Object.fromEntries(told);
  }

  /**
   * Into the shared object. Its breakers open by what all isolates saw, so that one with a bad connection of its own
   * does not close an upstream for the rest; once one is open, whoever probed last is believed.
   */
  merge(delta: HealthReport, nowMs: number): void {
    for (const [key, report] of Object.entries(delta)) this.#touch(key).merge(report, nowMs);
  }

  /**
   * What the shared object knows: goes out after a `merge`. A probe that is due is given to the isolate that asked, and
   * the others are told that one is out, or every isolate would probe at once.
   */
  snapshot(nowMs: number): HealthReport {
    return Object.fromEntries([...this.#upstreams].map(([key, upstream]) => [key, upstream.report(nowMs)]));
  }

  /**
   * The shared view, which has the last delta in it; what was seen since comes on top. Whoever opened a breaker may
   * probe after its cool-down without asking; others when they are given the probe.
   */
  adopt(snapshot: HealthReport, nowMs: number): void {
    for (const [key, report] of Object.entries(snapshot)) this.#touch(key).adopt(report, nowMs);
  }

  view(nowMs: number): readonly (UpstreamView & { readonly key: string })[] {
    return [...this.#upstreams].map(([key, upstream]) => ({ key, ...upstream.view(nowMs) }));
  }

  /** The record, moved to the end: the first of the map is the one that was not heard of for longest. */
  #touch(key: string): UpstreamRecord {
    const upstream = this.#upstreams.get(key) ?? new UpstreamRecord(this.#random);
    this.#upstreams.delete(key);
    this.#upstreams.set(key, upstream);
    const oldest = this.#upstreams.size > MAX_UPSTREAMS ? this.#upstreams.keys().next() : null;
    if (oldest !== null && oldest.done !== true) this.#upstreams.delete(oldest.value);
    return upstream;
  }
}
