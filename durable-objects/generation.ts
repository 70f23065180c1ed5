// One running generation: pumps the upstream's answer into its log until the one terminal event.
// It belongs to the object, not to a request: clients come and go, only `stop` (or the disconnect policy)
// ends it early. The upstream call and the lease are started before anything is written.

import type { AdmissionOutcome, AdmissionRefusal, LeaseEnd } from '../protocol/admission.ts';
import type { Routed } from '../protocol/answer-check.ts';
import type { FailureCode, StreamEvent, TerminalEvent } from '../protocol/events.ts';
import type { Plan } from '../protocol/plan.ts';
import { routeEvent } from '../protocol/route-event.ts';
import type { DecodedEvent } from '../protocol/upstream-event.ts';
import { AnswerTally } from '../policy/answer-tally.ts';
import type { EndedGeneration } from '../policy/record-route.ts';
import type { LogStore } from '../replay/log-store.ts';
import { ReplayLog } from '../replay/replay-log.ts';
import { ChangeHub } from './change-hub.ts';
import { ShownAnswer } from './checked-answer.ts';
import { CommitSchedule } from './commit-schedule.ts';
import type { EndpointEnv } from './endpoints.ts';
import { FollowedLog } from './followed-log.ts';
import { logFailure } from './log-failure.ts';

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
};

/** What the response head says: content is there, or the hold is over; else why there will be none. */
export type Head =
  | { readonly type: 'open'; readonly headroom: number | null }
  | { readonly type: 'refused'; readonly refusal: AdmissionRefusal }
  | { readonly type: 'failed'; readonly code: FailureCode };

/** Memory that one log may hold when its disk fails; otherwise it holds far less, because it drops what is persisted. */
const MAX_HELD_BYTES = 8 * 1024 * 1024;

export class Generation {
  readonly followed: FollowedLog;
  readonly plan: Plan;
  readonly #ports: GenerationPorts;
  readonly #log: ReplayLog;
  readonly #tally: AnswerTally;
  readonly #commits: CommitSchedule;
  readonly #answer: ShownAnswer;
  readonly #stop = new AbortController();
  readonly #head = Promise.withResolvers<Head>();
  readonly #ended = Promise.withResolvers<void>();
  /** Which answer is shown; null while a draft is still being checked. */
  #routed: Routed | null = null;
  #headroom: number | null = null;
  #isAccepted = false;
  #hold: ReturnType<typeof setTimeout> | null = null;
  #linger: ReturnType<typeof setTimeout> | null = null;

  constructor(plan: Plan, ports: GenerationPorts) {
    this.plan = plan;
    this.#ports = ports;
    this.#log = ReplayLog.create(ports.store, headerOf(plan), plan.durability);
    this.followed = new FollowedLog(this.#log, new ChangeHub(plan.limits.heartbeatMs), {
      maxFollowers: plan.limits.maxFollowers,
      onReaders: (count) => this.#onReaders(count),
    });
    this.#commits = new CommitSchedule(this.#log, plan.durability, {
      onVisible: () => this.#onVisible(),
      onFailure: (error) => this.#onDiskFailure(error),
    });
    const { createdMs, inputTokens } = plan;
    this.#tally = new AnswerTally({
      acceptedMs: createdMs,
      inputTokens,
      maxUnits: plan.limits.maxAnswerBytes,
    });
    this.#answer = new ShownAnswer({
      plan,
      env: ports.env,
      stop: this.#stop.signal,
      onRouted: (routed) => this.#onRouted(routed),
    });
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

  get log(): ReplayLog {
    return this.#log;
  }

  /** Runs to the end; never rejects. Keep the object alive with the returned promise. */
  async run(): Promise<void> {
    const { plan } = this;
    const answer = this.#answer.batches();
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

  async #admit(): Promise<Exclude<AdmissionOutcome, { type: 'attached' }>> {
    const outcome = await this.#ports.admit();
    // Requests that may repeat another are admitted in the Worker, before a stream id is given out.
    if (outcome.type === 'attached') throw new Error('a lease taken in parallel cannot attach');
    return outcome;
  }

  async #pump(
    first: Promise<IteratorResult<readonly DecodedEvent[], void>>,
    answer: AsyncGenerator<readonly DecodedEvent[], void>,
  ): Promise<void> {
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
    // The first commit of a strict log, already under way, writes it; while a draft is checked there is none.
    if (this.plan.durability === 'strict' && this.#log.end > 0) return;
    try {
      this.#log.persistHeader();
    } catch (error) {
      this.#onDiskFailure(error);
    }
  }

  #onRouted(routed: Routed): void {
    this.#routed = routed;
    this.#tally.countHidden(routed.check?.hidden ?? []);
  }

  /** The route is the first event of a log. One that ends before its draft was judged shows what was planned. */
  #begin(): void {
    if (this.#log.end > 0) return;
    const held = this.#routed === null ? this.#answer.heldUsage : null;
    if (held !== null) this.#tally.countHeld(held);
    const routed = this.#routed ?? { decision: this.plan.decision, check: null };
    if (routed.decision.model !== this.#log.header.facts.model) this.#log.retarget(routed.decision.model);
    this.#append([routeEvent(routed)]);
  }

  #append(events: readonly StreamEvent[]): void {
    if (events.length === 0 || this.#log.terminal !== null) return; // stopped while the batch was on its way
    this.#log.append(events);
    if (this.#log.heldBytes > MAX_HELD_BYTES) this.#log.finish(this.#tally.failed('answer_too_large'));
    this.#commits.appended(events.some((event) => event.type === 'tool_end'));
    this.#onVisible();
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
      this.#head.resolve({ type: 'failed', code: terminal.code });
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

  #onReaders(count: number): void {
    if (this.#linger !== null) clearTimeout(this.#linger);
    this.#linger = null;
    const policy = this.plan.onDisconnect;
    if (count === 0 && this.#log.terminal === null) {
      if (policy.type === 'abort') this.stop();
      if (policy.type === 'linger') this.#linger = setTimeout(() => this.stop(), policy.lingerMs);
    }
    this.#ports.onReaders(count);
  }

  #finishUp(end: LeaseEnd): void {
    if (this.#hold !== null) clearTimeout(this.#hold);
    if (this.#linger !== null) clearTimeout(this.#linger);
    const { terminal } = this.#log;
    const usage = terminal?.type === 'done' ? terminal.usage : this.#tally.estimate();
    const all = this.#tally.totalWith(usage);
    const ended = { routed: this.#routed, terminal, usage, hidden: this.#tally.hidden, endedMs: Date.now() };
    this.#ports.onEnd(end, all.input_tokens + all.output_tokens, ended);
    this.#ended.resolve();
  }
}

function headerOf(plan: Plan): ReplayLog['header'] {
  const facts = {
    generation: plan.generation,
    streamId: plan.streamId,
    model: plan.decision.model,
    createdMs: plan.createdMs,
    includeUsage: plan.request.includeUsage,
  };
  const { tenant, tenantObject, conversation } = plan;
  const { retentionMs } = plan.limits;
  return { facts, tenant, tenantObject, conversation, epochStarts: [0], finished: null, retentionMs };
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
