// One answer that outlives its upstream: candidates are asked in order until one has something to say, and when that
// one is lost in mid-answer, it or another goes on where the text stopped. Invariants: the events of one answer come
// out, with exactly one end, last; what came out is never taken back. Aborting `stop` ends it without an end.

import type { AnswerAccount, ModelUsage } from '../protocol/answer-account.ts';
import { usageOfParts } from '../protocol/answer-account.ts';
import type { FailureCode, RouteChangedEvent, StatusEvent, StreamEvent } from '../protocol/events.ts';
import type { Candidate } from '../protocol/plan.ts';
import type { AnswerEvent } from '../protocol/upstream-event.ts';
import { NOTHING_PRODUCED, producedUnits } from '../protocol/produced-units.ts';
import { estimatedUsage } from '../protocol/usage.ts';
import type { AnswerTimes } from '../policy/analytics/record-generation.ts';
import { backoffMs } from '../policy/failover/backoff.ts';
import type { NextCall } from '../policy/failover/next-call.ts';
import { CandidateCall, type CalledPlan, type CallOptions } from './candidate-call.ts';
import { Continuation } from './continuation.ts';
import type { Batches, DraftCall } from './draft-call.ts';
import type { EndpointEnv } from './endpoints.ts';
import { logFailure } from './log-failure.ts';
import { UpstreamChoice } from './upstream-choice.ts';
import { isOver, pause, winnerOf } from './waits.ts';

export type LastingOptions = {
  readonly plan: CalledPlan;
  /** The planned one first. */
  readonly candidates: readonly Candidate[];
  readonly env: EndpointEnv;
  readonly stop: AbortSignal;
  /** Keeps the isolate alive for what nobody waits for. */
  readonly waitUntil: (promise: Promise<unknown>) => void;
  /** Everything that was shown of this answer so far: what is gone on with. */
  readonly shown: () => Iterable<StreamEvent>;
};

const ASKING_ANOTHER: StatusEvent = {
  type: 'status',
  phase: 'failover',
  message: 'The model did not answer. Another attempt is being made.',
};

const GOING_ON: StatusEvent = {
  type: 'status',
  phase: 'continued',
  message: 'The connection to the model was lost. The answer goes on.',
};

/** How an answer's last part ended: with its end, or lost with this failure. */
type Shown = FailureCode | 'ended';

export class LastingAnswer {
  readonly #options: LastingOptions;
  readonly #choice: UpstreamChoice;
  readonly #calls: CallOptions;
  /** Calls that gave a part of the answer and were lost. */
  readonly #parts: ModelUsage[] = [];
  /** Calls that were made beside: they failed, were slower, or could not be gone on with. */
  readonly #beside: CandidateCall[] = [];
  #current: CandidateCall | null = null;
  /** Who answers, as the reader was told. */
  #toldModel: string;
  #continuations = 0;
  #firstCallMs: number | null = null;
  /** The call whose content came first. */
  #firstShown: CandidateCall | null = null;
  #retryAfterMs: number | null = null;

  constructor(options: LastingOptions) {
    const { plan, candidates, env, stop, waitUntil } = options;
    const [planned] = candidates;
    if (planned === undefined) throw new Error('an answer without a candidate');
    this.#options = options;
    this.#toldModel = planned.model;
    this.#choice = new UpstreamChoice({ plan, candidates, env, waitUntil });
    this.#calls = { plan, env, stop, choice: this.#choice };
  }

  /** When it is worth asking again, after an answer that never began; null when nobody said. */
  get retryAfterMs(): number | null {
    return this.#retryAfterMs;
  }

  /** Null: nobody was called yet. */
  get times(): AnswerTimes | null {
    const shown = this.#firstShown;
    if (this.#firstCallMs === null) return null;
    return {
      firstCallMs: this.#firstCallMs,
      shownCallMs: shown?.startedMs ?? null,
      modelContentMs: shown?.draft.firstContentMs ?? null,
    };
  }

  get account(): AnswerAccount {
    const { inputTokens } = this.#options.plan;
    const used = [this.#current, ...this.#beside].flatMap((call): readonly ModelUsage[] =>
      call === null || call.usage === null ? [] : [{ model: call.model, usage: call.usage }],
    );
    const last = this.#current?.usage ?? estimatedUsage(inputTokens, NOTHING_PRODUCED);
    const parts = this.#parts.map((part) => part.usage);
    return { usage: usageOfParts(parts, last), calls: [...this.#parts, ...used] };
  }

  /** The first call leaves with the first read, in the same turn. */
  async *batches(): Batches {
    try {
      const opened = yield* this.#open();
      if (typeof opened !== 'string') yield* this.#showToTheEnd(opened);
      else if (!this.#options.stop.aborted) yield [{ type: 'failure', code: opened }];
    } finally {
      await this.#close();
    }
  }

  /** Shows an answer that was begun elsewhere, by the first candidate. */
  async *goOnWith(draft: DraftCall): Batches {
    const [planned] = this.#options.candidates;
    if (planned === undefined) return;
    try {
      yield* this.#showToTheEnd(new CandidateCall(planned, draft, this.#choice));
    } finally {
      await this.#close();
    }
  }

  /** Goes on with an answer of which only what was shown is left; the first candidate gave its last part. */
  async *goOnAfterRestart(): Batches {
    try {
      this.#countShown();
      yield* this.#goOnToTheEnd('interrupted');
    } finally {
      await this.#close();
    }
  }

  /** Asks candidates until one has something to show. Returns it, or why there is none. */
  async *#open(): AsyncGenerator<readonly AnswerEvent[], CandidateCall | FailureCode> {
    for (let attempt = 0; ; attempt++) {
      const next = this.#isTooLate() ? this.#tooLate() : this.#choice.next(Date.now());
      if (next.type === 'give_up') {
        this.#retryAfterMs = next.retryAfterMs;
        return next.code;
      }
      if (attempt > 0) yield [ASKING_ANOTHER];
      // The first call leaves in the turn of the first read: outbound calls wait for storage writes.
      const mayStart = next.waitMs === 0 || (await this.#mayStart(next));
      const opened = mayStart ? await this.#opened(next.candidate) : null;
      if (this.#options.stop.aborted) return 'interrupted';
      if (opened === null) continue;
      const { call, isHedge } = opened;
      const reason = isHedge ? 'hedge' : 'failover';
      const changed = this.#changed(call.candidate, reason, this.#choice.lastFailure);
      if (changed.length > 0) yield changed;
      return call;
    }
  }

  /** Waits as long as was decided. False: in the meantime the model was left out, or nobody wants the answer. */
  async #mayStart({ candidate, waitMs }: Extract<NextCall, { type: 'call' }>): Promise<boolean> {
    await pause(waitMs, this.#options.stop);
    return !this.#options.stop.aborted && this.#choice.mayStill(candidate, Date.now());
  }

  /** Null: it came to nothing. */
  async #opened(candidate: Candidate): Promise<{ call: CandidateCall; isHedge: boolean } | null> {
    const spoken = await this.#firstToSpeak(this.#start(candidate));
    const { call } = spoken;
    if (this.#options.stop.aborted || call.nothingBecause === null) return spoken;
    this.#beside.push(call);
    this.#current = null;
    await call.draft.drop();
    return null;
  }

  /** The call itself, or the one that was started beside it because it was late. */
  async #firstToSpeak(first: CandidateCall): Promise<{ call: CandidateCall; isHedge: boolean }> {
    const delayMs = this.#choice.hedgeDelayMs(first.candidate, Date.now());
    const spoke = first.untilContent();
    const isLate = delayMs !== null && (await isOver(spoke, delayMs));
    const another =
      isLate && !this.#options.stop.aborted ? this.#choice.hedge(first.candidate, Date.now()) : null;
    if (another === null) {
      await spoke;
      return { call: first, isHedge: false };
    }
    const second = CandidateCall.start(another, this.#calls);
    const call = await winnerOf(first, second);
    const loser = call === first ? second : first;
    this.#beside.push(loser);
    this.#current = call;
    // Nobody waits for it to close: the reader's first token is here.
    const isSlow = !this.#options.stop.aborted && loser.nothingBecause === null;
    this.#options.waitUntil(isSlow ? loser.outrun() : loser.draft.drop());
    return { call, isHedge: call === second };
  }

  async *#showToTheEnd(call: CandidateCall): Batches {
    this.#current = call;
    this.#firstShown ??= call;
    const shown = yield* this.#show(call);
    if (shown !== 'ended') yield* this.#goOnToTheEnd(shown);
  }

  /** Passes everything on but a failure, which is returned. */
  async *#show(call: CandidateCall): AsyncGenerator<readonly AnswerEvent[], Shown> {
    for await (const batch of call.draft.show()) {
      const last = batch.at(-1);
      if (last?.type !== 'failure') {
        yield batch;
        continue;
      }
      call.failed(last.code);
      const before = batch.slice(0, -1);
      if (before.length > 0) yield before;
      return last.code;
    }
    return 'ended';
  }

  /** The answer was lost: goes on with it as often as the plan allows, else ends it with the loss. */
  async *#goOnToTheEnd(loss: FailureCode): Batches {
    let lost = loss;
    const { plan, stop } = this.#options;
    while (this.#mayGoOn(lost) && !stop.aborted) {
      const reached = yield* this.#goOn(lost);
      if (reached === 'ended') return;
      if (reached !== 'nothing') lost = reached;
      else if (this.#continuations >= plan.failover.maxContinuations) break;
      else await pause(backoffMs(this.#continuations, null, Math.random()), stop);
    }
    if (!stop.aborted) yield [{ type: 'failure', code: lost }];
  }

  /** Every candidate once, until one goes on. */
  async *#goOn(lost: FailureCode): AsyncGenerator<readonly AnswerEvent[], Shown | 'nothing'> {
    const { plan, stop, shown } = this.#options;
    const continuation = new Continuation({ ...this.#calls, shown });
    for (const next of this.#choice.toGoOn(this.#current?.candidate ?? null, lost, Date.now())) {
      if (this.#continuations >= plan.failover.maxContinuations || stop.aborted) break;
      this.#continuations++;
      const reached = yield* this.#goOnWithCandidate(continuation, next, lost);
      if (reached !== 'nothing') return reached;
    }
    return 'nothing';
  }

  /** `nothing`: this candidate could not go on, and nothing of it was shown. */
  async *#goOnWithCandidate(
    continuation: Continuation,
    candidate: Candidate,
    lost: FailureCode,
  ): AsyncGenerator<readonly AnswerEvent[], Shown | 'nothing'> {
    const call = continuation.start(candidate, this.#current);
    if (call === null) return 'nothing';
    let hasShown = false;
    try {
      for await (const step of continuation.batches(call)) {
        if (step.type === 'lost') return hasShown ? (step.code ?? lost) : 'nothing';
        if (!hasShown) {
          hasShown = true;
          this.#replaceCurrent(call);
          call.answered();
          yield [...this.#changed(candidate, 'continued', lost), GOING_ON];
        }
        yield step.events;
        if (step.isEnd) return 'ended';
      }
      return hasShown ? lost : 'nothing'; // stopped
    } finally {
      if (!hasShown) {
        this.#beside.push(call);
        await call.draft.drop();
      }
    }
  }

  #replaceCurrent(call: CandidateCall): void {
    const lost = this.#current;
    if (lost !== null && lost.usage !== null) this.#parts.push({ model: lost.model, usage: lost.usage });
    if (lost !== null) this.#options.waitUntil(lost.draft.drop());
    this.#current = call;
  }

  /** After a restart only the text tells what was used. */
  #countShown(): void {
    const { plan, shown } = this.#options;
    const produced = producedUnits(shown());
    this.#parts.push({ model: this.#toldModel, usage: estimatedUsage(plan.inputTokens, produced) });
  }

  #mayGoOn(lost: FailureCode): boolean {
    const { onUpstreamLoss } = this.#options.plan.failover;
    return onUpstreamLoss === 'continue' && lost !== 'upstream_rejected' && !this.#isTooLate();
  }

  #tooLate(): Extract<NextCall, { type: 'give_up' }> {
    return { type: 'give_up', code: this.#choice.lastFailure ?? 'upstream_timeout', retryAfterMs: null };
  }

  /** No time is left: a call would only be told against its upstream. */
  #isTooLate(): boolean {
    const { createdMs, limits } = this.#options.plan;
    return Date.now() >= createdMs + limits.totalMs;
  }

  #start(candidate: Candidate): CandidateCall {
    const call = CandidateCall.start(candidate, this.#calls);
    this.#firstCallMs ??= call.startedMs;
    this.#current = call;
    return call;
  }

  /** What the reader is told when another model answers than the one named so far. */
  #changed(
    { tier, model }: Candidate,
    reason: RouteChangedEvent['reason'],
    failure: FailureCode | null,
  ): readonly RouteChangedEvent[] {
    if (model === this.#toldModel) return [];
    this.#toldModel = model;
    const why = reason === 'hedge' || failure === 'interrupted' ? null : failure;
    return [{ type: 'route_changed', tier, model, reason, failure: why }];
  }

  async #close(): Promise<void> {
    try {
      await this.#current?.draft.drop();
    } catch (error) {
      logFailure('closing an upstream', error);
    }
  }
}
