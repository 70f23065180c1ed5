// One object per tenant: keeps its decisions and what was said about them, and says what they teach. A thin shell that
// gives plain classes its rows, clock and timer. Nobody waits for it on the way to an answer, and it calls nobody.
// Invariant: what it lost in a crash is at most the decisions of the last FLUSH_MS; what was said is durable at once.

import { DurableObject } from 'cloudflare:workers';
import type { FeedbackRecord, RouteRecord } from '../protocol/route-record.ts';
import { DecisionLog } from '../policy/decisions/decision-log.ts';
import type { Label } from '../policy/decisions/decision-store.ts';
import { FeedbackBook, MAX_WAIT_MS } from '../policy/decisions/feedback-book.ts';
import { scorePolicy, type PolicyScore } from '../policy/decisions/score-policy.ts';
import { MAX_FIT_LABELS, TenantLearner } from '../policy/decisions/tenant-learner.ts';
import type { CandidatePolicy } from '../policy/learning/candidate-policy.ts';
import type { Feedback } from '../policy/learning/feedback.ts';
import type { PolicyGround } from '../policy/learning/policy-actions.ts';
import { trialsOf } from '../policy/learning/trials.ts';
import type { ReliabilityBin } from '../policy/learning/reliability.ts';
import type { RoutingSnapshot, SnapshotQuestion } from '../policy/routing-snapshot.ts';
import { logFailure } from './log-failure.ts';
import { exportPage, type ExportPage, type ExportPosition } from './routing-export.ts';
import { RoutingTable, type ShadowSpending } from './routing-table.ts';

/**
 * A timer and not an alarm, which would be a row each time. It fires: an object with a timer is not put to sleep, and
 * the shortest time after which an idle one is thrown away is over a minute.
 */
const FLUSH_MS = 8_000;

const DAY_MS = 86_400_000;

/** Between two looks for what is too old or too much; a busy tenant writes some 450 rows meanwhile. */
const PRUNE_MS = 3_600_000;

/** Decisions read back when something is asked of a started object: enough for a full window of traffic and more. */
const MAX_HISTORY = 4_000;

/** Drift is seen against the last week. */
const REFERENCE_DAYS = 7;

/** Shadow spending is shown for as long as labels are kept. */
const SPENDING_DAYS = 30;

/** `waiting`: the decision is not there yet, the answer may still run. `full`: too much waits already. */
export type FeedbackOutcome = 'joined' | 'waiting' | 'full' | 'unknown';

/** What was learnt, and what the part of it cost that judges taught. */
export type RoutingState = { readonly snapshot: RoutingSnapshot; readonly shadow: ShadowSpending };

export class Routing extends DurableObject {
  readonly #table = new RoutingTable(this.ctx.storage.sql);
  #log: DecisionLog | null = null;
  #book: FeedbackBook | null = null;
  #learner: TenantLearner | null = null;
  #memory = '';
  #flushTimer: ReturnType<typeof setTimeout> | null = null;
  #prunedMs = Date.now();
  #isWatched = false;

  /** Repeating it changes nothing. */
  async record(decision: RouteRecord): Promise<void> {
    const log = this.#openLog();
    if (log.add(decision) !== 'added') return;
    this.#learner?.observe(decision);
    for (const label of this.#openBook().arrived(decision)) this.#learner?.learn(label);
    if (log.isFull) this.#flush();
    else this.#flushTimer ??= setTimeout(() => this.#flush(), FLUSH_MS);
    await this.#watch();
  }

  /** @param createdMs - of the stream, by its id */
  async feedback(said: Feedback, createdMs: number): Promise<FeedbackOutcome> {
    const nowMs = Date.now();
    const decision = this.#openLog().find(said.stream, createdMs);
    if (decision !== null) this.#learn(this.#openBook().join(said, decision, nowMs));
    else if (nowMs > createdMs + MAX_WAIT_MS) return 'unknown';
    else if (!this.#openBook().keep(said, nowMs)) return 'full';
    await this.#watch();
    return decision === null ? 'waiting' : 'joined';
  }

  /**
   * What became of a shadow pair: the judge's label, if it gave one, and what both calls cost.
   * @param createdMs - of the stream, by its id
   */
  async judged(
    found: FeedbackRecord | null,
    about: { id: string; createdMs: number; costUsd: number },
  ): Promise<void> {
    const decision = found === null ? null : this.#openLog().find(about.id, about.createdMs);
    if (found !== null && decision !== null) this.#learn(this.#openBook().judged(found, decision));
    const day = Math.floor(Date.now() / DAY_MS);
    this.#table.addShadow(day, { pairs: 1, labels: decision === null ? 0 : 1, costUsd: about.costUsd });
    await this.#watch();
  }

  async snapshot(question: SnapshotQuestion): Promise<RoutingState> {
    const learner = this.#openLearner();
    const snapshot = learner.snapshot(question, Date.now());
    // Stored when it changed, so that a restart neither moves a threshold nor refits a calibration.
    const memory = learner.memory();
    const text = JSON.stringify(memory);
    if (text !== this.#memory) this.#table.putMemory(memory);
    this.#memory = text;
    const firstDay = Math.floor(Date.now() / DAY_MS) - SPENDING_DAYS;
    return { snapshot, shadow: this.#table.shadowSpending(firstDay) };
  }

  async reliability(): Promise<readonly ReliabilityBin[]> {
    return this.#openLearner().reliability();
  }

  /** What another policy would have done with the latest decisions; null when there are none. */
  async score(policy: CandidatePolicy, ground: PolicyGround): Promise<PolicyScore | null> {
    return scorePolicy(policy, trialsOf(this.#openLog().newest(MAX_HISTORY), []), ground);
  }

  /** What is in memory is written first: whoever asks sees the answer that just ended. */
  async export(start: ExportPosition, limit: number): Promise<ExportPage> {
    this.#openLog();
    this.#flush();
    return exportPage(this.#table, start, limit);
  }

  /** Once a day: what is too old goes, and the day's traffic is noted for comparison. */
  override async alarm(): Promise<void> {
    this.#isWatched = false;
    this.#openLog();
    this.#flush();
    this.#noteDay();
    this.#prune();
    if (!this.#table.isEmpty) return this.#watch();
    this.#table.clear();
    this.#memory = '';
    return undefined;
  }

  #learn(label: Label): void {
    this.#learner?.learn(label);
  }

  #flush(): void {
    if (this.#flushTimer !== null) clearTimeout(this.#flushTimer);
    this.#flushTimer = null;
    const log = this.#openLog();
    try {
      log.flush(Date.now());
      if (Date.now() > this.#prunedMs + PRUNE_MS) this.#prune();
    } catch (error) {
      // The tail is bounded and stays; a disk that works again takes it.
      logFailure('routing log', error);
      this.#flushTimer = setTimeout(() => this.#flush(), FLUSH_MS);
    }
  }

  #prune(): void {
    this.#prunedMs = Date.now();
    this.#openLog().prune(this.#prunedMs);
    this.#openBook().prune(this.#prunedMs);
  }

  #noteDay(): void {
    const learner = this.#openLearner();
    const quantiles = learner.dayQuantiles();
    const day = Math.floor(Date.now() / DAY_MS);
    if (quantiles !== null) this.#table.putDay(day, quantiles, day - REFERENCE_DAYS);
    learner.compareWith(this.#table.days());
  }

  /** Everything is opened at the first call that needs it, not in the constructor: most calls need little. */
  #openLog(): DecisionLog {
    this.#log ??= new DecisionLog(this.#table);
    return this.#log;
  }

  #openBook(): FeedbackBook {
    this.#book ??= new FeedbackBook(this.#table);
    return this.#book;
  }

  #openLearner(): TenantLearner {
    if (this.#learner !== null) return this.#learner;
    const memory = this.#table.memory();
    this.#memory = JSON.stringify(memory);
    this.#learner = new TenantLearner({
      decisions: this.#openLog().newest(MAX_HISTORY),
      labels: this.#table.newestLabels(MAX_FIT_LABELS),
      days: this.#table.days(),
      memory,
    });
    return this.#learner;
  }

  /** Setting an alarm writes a row, so it is set only when none is pending. */
  async #watch(): Promise<void> {
    if (this.#isWatched) return;
    this.#isWatched = true;
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + DAY_MS);
  }
}
