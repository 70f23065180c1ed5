// One running generation: pumps the answer into its log until the one terminal event.
// It belongs to the object, not to a request: clients come and go, only `stop` (or the disconnect policy)
// ends it early. The upstream call and the lease are started before anything is written.

import type { AdmissionOutcome, AdmissionRefusal, LeaseEnd } from '../protocol/admission.ts';
import { totalUsage } from '../protocol/answer-account.ts';
import { routedAfter, type Routed } from '../protocol/answer-check.ts';
import { isContent, type FailureCode, type StreamEvent, type TerminalEvent } from '../protocol/events.ts';
import type { Plan } from '../protocol/plan.ts';
import { routeEvent } from '../protocol/route-event.ts';
import type { AnswerEvent } from '../protocol/upstream-event.ts';
import { AnswerStatistics } from '../policy/analytics/answer-statistics.ts';
import { AnswerTally } from '../policy/answer-tally.ts';
import type { ObservedAnswer } from '../policy/analytics/record-generation.ts';
import type { EndedGeneration } from '../policy/record-route.ts';
import type { LogStore } from '../replay/log-store.ts';
import { ReplayLog } from '../replay/replay-log.ts';
import { ChangeHub } from './change-hub.ts';
import { CommitSchedule } from './commit-schedule.ts';
import type { EndpointEnv } from './endpoints.ts';
import { FollowedLog } from './followed-log.ts';
import { headerOf } from './log-header.ts';
import { logFailure } from './log-failure.ts';
import { ShownAnswer } from './shown-answer.ts';

export type GenerationPorts = {
  readonly env: EndpointEnv;
  readonly store: LogStore;
  readonly admit: () => Promise<AdmissionOutcome>;
  /** The lease is held and the upstream call has left: the watchdog may be set. */
  readonly onAccepted: () => void;
  /** The generation ended (or was refused); called once, after the terminal event is visible. */
  readonly onEnd: (end: LeaseEnd, usedTokens: number, ended: EndedGeneration) => void;
  /** Readers came or went, also after the end. */
  readonly onReaders: (count: number) => void;
  /** Keeps the object alive for what nobody waits for. */
  readonly waitUntil: (promise: Promise<unknown>) => void;
};

type Batches = AsyncGenerator<readonly AnswerEvent[], void>;

/** What the response head says: content is there, or the hold is over; else why there will be none. */
export type Head =
  | { readonly type: 'open'; readonly headroom: number | null }
  | { readonly type: 'refused'; readonly refusal: AdmissionRefusal }
  | { readonly type: 'failed'; readonly code: FailureCode; readonly retryAfterMs: number | null };

/** How long readers under the policy `abort` may take to come back after a restart: a Worker follows again at once. */
const COME_BACK_MS = 5_000;

/** Memory that one log may hold when its disk fails; otherwise it holds far less, because it drops what is persisted. */
const MAX_HELD_BYTES = 8 * 1024 * 1024;

export class Generation {
  readonly followed: FollowedLog;
  readonly plan: Plan;
  readonly #ports: GenerationPorts;
  readonly #log: ReplayLog;
  readonly #tally: AnswerTally;
  readonly #statistics = new AnswerStatistics();
  readonly #commits: CommitSchedule;
  readonly #answer: ShownAnswer;
  readonly #stop = new AbortController();
  readonly #head = Promise.withResolvers<Head>();
  readonly #ended = Promise.withResolvers<void>();
  /** Which answer is shown; null while a draft is still being checked. */
  #routed: Routed | null = null;
  #hasChanged = false;
  #headroom: number | null = null;
  #isAccepted = false;
  /** Its last reader left, and the disconnect policy said what that means. */
  #isAbandoned = false;
  readonly #isResumed: boolean;
  #hold: ReturnType<typeof setTimeout> | null = null;
  #linger: ReturnType<typeof setTimeout> | null = null;

  /** @param cut - the log as a restart has left it, without an end: the generation goes on with it */
  constructor(plan: Plan, ports: GenerationPorts, cut: ReplayLog | null = null) {
    this.plan = plan;
    this.#ports = ports;
    this.#isResumed = cut !== null;
    this.#log = cut ?? ReplayLog.create(ports.store, headerOf(plan), plan.durability);
    cut?.beginEpoch();
    this.followed = new FollowedLog(this.#log, new ChangeHub(plan.limits.heartbeatMs), {
      maxFollowers: plan.limits.maxFollowers,
      onReaders: (count) => this.#onReaders(count),
    });
    this.#commits = new CommitSchedule(this.#log, plan.durability, {
      onVisible: () => this.#onVisible(),
      onFailure: (error) => this.#onDiskFailure(error),
    });
    this.#answer = new ShownAnswer({
      plan,
      env: ports.env,
      stop: this.#stop.signal,
      waitUntil: ports.waitUntil,
      shown: () => this.#log.events(),
      onRouted: (routed) => {
        this.#routed = routed;
      },
    });
    this.#tally = new AnswerTally({
      acceptedMs: plan.createdMs,
      maxUnits: plan.limits.maxAnswerBytes,
      account: () => this.#answer.account,
      prices: plan.prices,
      isCached: plan.cached !== null,
    });
    this.#tally.countEarlier(this.#log.events());
    this.#statistics.countEarlier(this.#log.events(), Date.now());
  }

  /** Resolves when the response head can be sent: first content, refusal, failure, or the end of the hold. */
  get head(): Promise<Head> {
    return this.#head.promise;
  }

  /** Resolves when the terminal event is visible or the generation was refused. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** What was decided in the end; null while a draft is being checked. */
  get routed(): Routed | null {
    return this.#routed;
  }

  /** When it is worth asking again, after an answer that never began; null when nobody said. */
  get retryAfterMs(): number | null {
    return this.#answer.retryAfterMs;
  }

  /** True when another model answers than was planned. */
  get hasChanged(): boolean {
    return this.#hasChanged;
  }

  get log(): ReplayLog {
    return this.#log;
  }

  /** Runs to the end; never rejects. Keep the object alive with the returned promise. */
  async run(): Promise<void> {
    const { plan } = this;
    const answer = this.#batches();
    const first = answer.next(); // the upstream call leaves now; the lease is asked while it travels
    first.catch(() => undefined); // awaited below, but only after the lease
    await oneTurn(); // one thread runs both objects: without it the lease's work would hold back the request's bytes
    const admission = await this.#admit();
    if (admission.type === 'refused') {
      this.#stop.abort();
      this.#head.resolve({ type: 'refused', refusal: admission.refusal });
      this.#finishUp('refused');
      await answer.return(); // a first batch may have come already: its call waits to be read on, with its timers
      return;
    }
    this.#headroom = admission.headroom;
    this.#isAccepted = true;
    if (this.#isResumed) this.#waitForReaders();
    this.#hold = setTimeout(
      () => this.#head.resolve({ type: 'open', headroom: this.#headroom }),
      plan.limits.headHoldMs,
    );
    if (this.#routed !== null) this.#begin();
    this.#persistAccepted();
    this.#ports.onAccepted();
    if (this.#stop.signal.aborted) this.#finish(() => this.#tally.stopped(Date.now()));
    try {
      await this.#pump(first, answer);
    } catch (error) {
      logFailure('generation', error);
      this.#finish(() => this.#tally.failed('internal'));
    }
    await this.#commits.settled();
    this.#finishUp(leaseEnd(this.#log.terminal));
  }

  /** Ends the generation as stopped and closes the upstream. Idempotent. */
  stop(): void {
    // Nothing is logged before the lease is held: `run` begins the log with its route, then ends it.
    if (this.#isAccepted) this.#finish(() => this.#tally.stopped(Date.now()));
    this.#stop.abort();
  }

  /** From the start, or where a restart has cut it. */
  #batches(): Batches {
    const model = this.#isResumed ? modelToGoOnWith(this.#log.events()) : null;
    if (model === null) return this.#answer.batches();
    const batches = this.#answer.batchesAfterRestart(model);
    for (const event of this.#log.events()) this.#noteRoute(event);
    return batches;
  }

  async #admit(): Promise<Exclude<AdmissionOutcome, { type: 'attached' }>> {
    // Its lease is held since before the restart, and renewed as long as it runs.
    if (this.#isResumed) return { type: 'granted', headroom: 0 };
    const outcome = await this.#ports.admit();
    // Requests that may repeat another are admitted in the Worker, before a stream id is given out.
    if (outcome.type === 'attached') throw new Error('a lease taken in parallel cannot attach');
    return outcome;
  }

  async #pump(first: Promise<IteratorResult<readonly AnswerEvent[], void>>, answer: Batches): Promise<void> {
    try {
      let batch = await first;
      while (batch.done !== true) {
        this.#begin();
        this.#append(this.#tally.take(batch.value, Date.now()));
        if (this.#log.terminal !== null) break;
        batch = await answer.next();
      }
    } finally {
      await answer.return();
    }
    if (this.#log.terminal === null) this.#finish(() => this.#tally.failed('upstream_failed'));
  }

  /** The header row goes out as soon as the upstream call has left, so that a crash finds a trace of the stream. */
  #persistAccepted(): void {
    // The first commit of a strict log, already under way, writes it; while a draft is checked there is none, nor after a
    // restart, whose epoch must be counted even if nothing comes of it.
    if (this.plan.durability === 'strict' && this.#log.end > 0 && !this.#isResumed) return;
    try {
      this.#log.persistHeader();
    } catch (error) {
      this.#onDiskFailure(error);
    }
  }

  /** The route is the first event of a log. One that ends before its draft was judged shows what was planned. */
  #begin(): void {
    if (this.#log.end > 0) return;
    const routed = this.#routed ?? { decision: this.plan.decision, check: null };
    if (routed.decision.model !== this.#log.header.facts.model) this.#log.retarget(routed.decision.model);
    this.#append([routeEvent(routed)]);
  }

  #append(events: readonly StreamEvent[]): void {
    if (events.length === 0 || this.#log.terminal !== null) return; // stopped while the batch was on its way
    for (const event of events) this.#noteRoute(event);
    this.#log.append(events);
    this.#statistics.take(events, Date.now());
    if (this.#log.heldBytes > MAX_HELD_BYTES) this.#log.finish(this.#tally.failed('answer_too_large'));
    this.#commits.appended(events.some((event) => event.type === 'tool_end'));
    this.#onVisible();
  }

  /** Headers, the record and the conversation's memory tell who answers, not who was asked first. */
  #noteRoute(event: StreamEvent): void {
    if (event.type !== 'route_changed' && event.type !== 'route') return;
    const routed = this.#routed ?? { decision: this.plan.decision, check: null };
    const { tier, model } = event;
    if (model === routed.decision.model) return;
    this.#routed =
      event.type === 'route'
        ? { ...routed, decision: { ...routed.decision, tier, model, reasons: event.reasons } }
        : routedAfter(routed, event);
    this.#hasChanged = true;
  }

  /** @param end - made once the log has begun: by then it is known what a draft used that nobody saw */
  #finish(end: () => TerminalEvent): void {
    this.#begin();
    if (!this.#log.finish(end())) return;
    this.#commits.appended(true);
    this.#onVisible(); // without a disk it is visible at once, and no commit follows that would tell
  }

  #onVisible(): void {
    this.followed.notify();
    const { terminal } = this.#log;
    if (this.#log.ended && terminal?.type === 'error' && !terminal.partial) {
      this.#head.resolve({ type: 'failed', code: terminal.code, retryAfterMs: this.retryAfterMs });
    } else if (this.#log.ended || (this.#tally.hasContent && this.#log.visibleEnd > 1)) {
      this.#head.resolve({ type: 'open', headroom: this.#headroom });
    }
  }

  /** `batched` goes on from memory, not resumable after a restart; `strict` promised the disk, so it fails. */
  #onDiskFailure(error: unknown): void {
    logFailure('replay log', error);
    this.#log.leaveDisk();
    if (this.plan.durability === 'strict') {
      this.#begin();
      this.#log.finish(this.#tally.failed('internal'));
      this.#stop.abort();
    }
    this.#onVisible();
  }

  /** After a restart the readers come back one by one, or not at all. */
  #waitForReaders(): void {
    const policy = this.plan.onDisconnect;
    if (policy.type === 'continue' || this.followed.readers > 0) return;
    const waitMs = policy.type === 'linger' ? policy.lingerMs : COME_BACK_MS;
    this.#linger = setTimeout(() => this.#abandon(), waitMs);
  }

  #abandon(): void {
    this.#isAbandoned = this.#log.terminal === null;
    this.stop();
  }

  #onReaders(count: number): void {
    if (this.#linger !== null) clearTimeout(this.#linger);
    this.#linger = null;
    const policy = this.plan.onDisconnect;
    if (count === 0 && this.#log.terminal === null) {
      if (policy.type === 'abort') this.#abandon();
      if (policy.type === 'linger') this.#linger = setTimeout(() => this.#abandon(), policy.lingerMs);
    }
    this.#ports.onReaders(count);
  }

  #observed(): ObservedAnswer {
    const { deliveries } = this.followed;
    return {
      statistics: this.#statistics,
      times: this.#answer.times,
      isAbandoned: this.#isAbandoned,
      isDirect: false,
      reconnects: deliveries.reconnects,
      followers: Math.max(0, deliveries.most - 1),
    };
  }

  #finishUp(end: LeaseEnd): void {
    if (this.#hold !== null) clearTimeout(this.#hold);
    if (this.#linger !== null) clearTimeout(this.#linger);
    const { terminal } = this.#log;
    const { account } = this.#answer;
    const all = totalUsage(account);
    const ended = {
      routed: this.#routed,
      terminal,
      account,
      endedMs: Date.now(),
      observed: this.#observed(),
    };
    this.#ports.onEnd(end, all.input_tokens + all.output_tokens, ended);
    this.#ended.resolve();
  }
}

/** The model that readers know as the one that answers; null: nothing came of it, the answer starts again. */
function modelToGoOnWith(events: Iterable<StreamEvent>): string | null {
  let model: string | null = null;
  let hasCome = false;
  for (const event of events) {
    if (event.type === 'route' || event.type === 'route_changed') model = event.model;
    if (event.type === 'route_changed' || isContent(event)) hasCome = true;
  }
  return hasCome ? model : null;
}

/** One turn of the event loop: what was started before is on its way when it ends. */
function oneTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

function leaseEnd(terminal: TerminalEvent | null): LeaseEnd {
  if (terminal === null || terminal.type === 'error') return 'failed';
  return terminal.finish_reason === 'stopped' ? 'stopped' : 'completed';
}
