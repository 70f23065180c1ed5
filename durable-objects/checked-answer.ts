// The edge draft of an uncertain request once it was checked, or the cloud's answer in its place.
// Invariant: the events of exactly one of them come out, whole, and `onRouted` is called once before the first of
// them. What is judged is decided in policy/answer-check; here it is only held.

import type { AnswerAccount, ModelUsage } from '../protocol/answer-account.ts';
import type { AnswerCheckPlan, DraftFault, DraftVerdict, Routed } from '../protocol/answer-check.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { Plan, UpstreamTarget } from '../protocol/plan.ts';
import { NOTHING_PRODUCED } from '../protocol/produced-units.ts';
import { estimatedUsage } from '../protocol/usage.ts';
import { userText } from '../classifier/user-text.ts';
import type { AnswerTimes } from '../policy/analytics/record-generation.ts';
import { draftOf, questionOf, type CheckedQuestion } from '../policy/answer-check/draft.ts';
import { checkDraft } from '../policy/answer-check/full-check.ts';
import { PrefixCheck } from '../policy/answer-check/prefix-check.ts';
import { candidatesFrom, escalationCandidates, plannedCandidate } from './answer-candidates.ts';
import { CandidateCall, requestFor } from './candidate-call.ts';
import { DraftCall, type Batches } from './draft-call.ts';
import { HoldTimer } from './hold-timer.ts';
import { LastingAnswer, type LastingOptions } from './lasting-answer.ts';
import { logFailure } from './log-failure.ts';
import { upstreamAnswer } from './upstream-answer.ts';
import { UpstreamChoice } from './upstream-choice.ts';

export type ShownAnswerOptions = Omit<LastingOptions, 'plan' | 'candidates'> & {
  readonly plan: Plan;
  /** Which answer is shown is known from here on. */
  readonly onRouted: (routed: Routed) => void;
};

/** Drafts that answer the question, if perhaps badly: better than an error when the cloud does not answer at all. */
const SHOWABLE: ReadonlySet<DraftFault> = new Set<DraftFault>([
  'refusal',
  'hedging',
  'low_confidence',
  'disagreement',
]);

export class CheckedAnswer {
  readonly #options: ShownAnswerOptions;
  readonly #check: AnswerCheckPlan;
  readonly #question: CheckedQuestion;
  readonly #draft: DraftCall;
  /** The same, as the health of its upstream hears of it. */
  readonly #draftCall: CandidateCall | null;
  readonly #opinion: DraftCall | null;
  readonly #startedMs = Date.now();
  #cloud: { readonly answer: LastingAnswer; readonly call: DraftCall } | null = null;
  /** The draft once it is shown: it may have to be gone on with. */
  #shownDraft: LastingAnswer | null = null;

  constructor(options: ShownAnswerOptions, check: AnswerCheckPlan) {
    const { plan } = options;
    this.#options = options;
    this.#check = check;
    this.#question = questionOf({ ...plan.request, maxOutputTokens: check.askedTokens }, userText);
    this.#draftCall = this.#callDraft();
    this.#draft = this.#draftCall?.draft ?? notCalled(options.stop);
    const asksTwo = check.mode === 'full' && check.opinion !== null;
    this.#opinion = asksTwo && check.opinion !== null ? this.#call(check.opinion.target) : null;
  }

  /** As in `LastingAnswer`: of the cloud, the last that was asked. */
  get retryAfterMs(): number | null {
    return this.#cloud?.answer.retryAfterMs ?? null;
  }

  /** Of the answer that is shown; a draft that is not is a detour. */
  get times(): AnswerTimes {
    const firstCallMs = this.#startedMs;
    const cloud = this.#shownDraft === null ? (this.#cloud?.answer.times ?? null) : null;
    return cloud === null
      ? { firstCallMs, shownCallMs: firstCallMs, modelContentMs: this.#draft.firstContentMs }
      : { ...cloud, firstCallMs };
  }

  get account(): AnswerAccount {
    const { plan } = this.#options;
    const draft = { model: plan.decision.model, call: this.#draft };
    const others = usageOf(this.#others());
    const cloud = this.#cloud?.answer.account ?? null;
    if (this.#shownDraft !== null) {
      const { usage, calls } = this.#shownDraft.account;
      return { usage, calls: [...calls, ...others, ...(cloud?.calls ?? [])] };
    }
    const held = usageOf([draft]);
    if (cloud !== null) return { usage: cloud.usage, calls: [...cloud.calls, ...held, ...others] };
    const usage = this.#draft.usage ?? estimatedUsage(plan.inputTokens, NOTHING_PRODUCED);
    return { usage, calls: [...held, ...others] };
  }

  async *batches(): Batches {
    const verdict = this.#check.mode === 'full' ? await this.#judgeWhole() : await this.#judgePrefix();
    if (this.#options.stop.aborted) return; // whoever stopped says how it ended
    // Lost while it was held: its first token was told as a success.
    if (this.#draft.failure !== null && this.#draft.firstContentMs !== null)
      this.#draftCall?.failed(this.#draft.failure);
    if (verdict.type === 'bad') {
      yield* this.#escalate(verdict);
      return;
    }
    this.#routed(verdict, 'draft');
    yield* this.#showDraft();
  }

  async close(): Promise<void> {
    await Promise.all([this.#draft.drop(), this.#opinion?.drop(), this.#cloud?.call.drop()]);
  }

  #showDraft(): Batches {
    const { plan } = this.#options;
    const answer = new LastingAnswer({
      ...this.#options,
      candidates: candidatesFrom(plan, plan.decision.model),
    });
    this.#shownDraft = answer;
    return answer.goOnWith(this.#draft);
  }

  /** Holds the draft from its first content for a bounded time; a draft that ends meanwhile is judged whole. */
  async #judgePrefix(): Promise<DraftVerdict> {
    const draft = this.#draft;
    const check = new PrefixCheck(this.#question);
    const hold = new HoldTimer();
    let seen = 0;
    try {
      for (;;) {
        const next = draft.next();
        // Raced only once it runs: every race leaves a listener behind, and an upstream may say nothing for long.
        const came = draft.firstContentMs === null ? await next : await Promise.race([next, hold.over]);
        const verdict = check.take(draft.held.slice(seen));
        seen = draft.held.length;
        if (draft.ended) return this.#judgeEnded(check);
        if (verdict !== 'undecided') return verdict;
        if (came === 'over' || draft.isTooLong) return check.decide();
        if (draft.firstContentMs !== null) hold.start(this.#check.holdMs);
      }
    } finally {
      hold.clear();
    }
  }

  #judgeEnded(check: PrefixCheck): DraftVerdict {
    if (this.#draft.failure !== null) return bad('upstream_failed');
    const prefix = check.decide();
    return prefix.type === 'bad' ? prefix : checkDraft(this.#question, draftOf(this.#draft.held), null);
  }

  /** A draft that is bad by itself waits for no second opinion. */
  async #judgeWhole(): Promise<DraftVerdict> {
    const draft = this.#draft;
    const opinion = this.#opinion;
    const budget = new HoldTimer();
    budget.start(this.#check.budgetMs);
    const asked = opinion?.complete().catch((error: unknown) => logFailure('second opinion', error));
    try {
      await Promise.race([draft.complete(), budget.over]);
      const verdict = this.#judgeAlone();
      if (verdict.type === 'bad' || opinion === null) return verdict;
      await Promise.race([asked, budget.over]);
    } finally {
      budget.clear();
    }
    // A second opinion that failed or came too late says nothing; the draft was judged by itself.
    const isUsable = opinion.ended && opinion.failure === null;
    return checkDraft(this.#question, draftOf(draft.held), isUsable ? draftOf(opinion.held) : null);
  }

  #judgeAlone(): DraftVerdict {
    const draft = this.#draft;
    if (draft.failure !== null) return bad('upstream_failed');
    if (draft.isTooLong) return bad('too_long');
    return draft.ended ? checkDraft(this.#question, draftOf(draft.held), null) : bad('timeout');
  }

  async *#escalate(verdict: Extract<DraftVerdict, { type: 'bad' }>): Batches {
    const isShowable = this.#draft.ended && this.#draft.failure === null && SHOWABLE.has(verdict.fault);
    void this.#draft.drop(); // what it holds can still be shown; awaited again by close
    void this.#opinion?.drop();
    const cloud = this.#callCloud();
    await cloud.untilContent();
    if (this.#options.stop.aborted) return;
    const shown = isShowable && cloud.cameToNothing ? 'draft' : 'cloud';
    this.#routed(verdict, shown);
    yield* shown === 'draft' ? this.#showDraft() : cloud.show();
  }

  #callCloud(): DraftCall {
    const { plan, stop } = this.#options;
    const candidates = escalationCandidates(this.#check);
    const abort = new AbortController();
    const answer = new LastingAnswer({ ...this.#options, candidates, stop: abort.signal });
    const source = (dropped: AbortSignal): Batches => {
      dropped.addEventListener('abort', () => abort.abort());
      return answer.batches();
    };
    const call = new DraftCall(source, stop, plan.inputTokens);
    this.#cloud = { answer, call };
    call.next().catch(() => undefined); // the call leaves now; whoever reads it sees the failure
    return call;
  }

  /** Null: its model has been failing, and nobody waits for it to fail again. */
  #callDraft(): CandidateCall | null {
    const { plan, env, stop, waitUntil } = this.#options;
    const draft = plannedCandidate(plan);
    const choice = new UpstreamChoice({ plan, candidates: [draft], env, waitUntil });
    if (!choice.mayStill(draft, Date.now())) return null;
    const asked = requestFor(draft, plan.request);
    const request = { ...asked, parameters: this.#parameters(plan.target) };
    const call = CandidateCall.start(draft, { plan, env, stop, choice }, { request });
    call.untilContent().catch((error: unknown) => logFailure('draft', error)); // tells how it went
    return call;
  }

  #call(target: UpstreamTarget): DraftCall {
    const { plan, env, stop } = this.#options;
    const { limits, locality } = plan;
    const request = { ...plan.request, parameters: this.#parameters(target) };
    const source = (dropped: AbortSignal): Batches =>
      upstreamAnswer({ target, request, limits, locality, env, stop: dropped });
    const call = new DraftCall(source, stop, plan.inputTokens);
    call.next().catch(() => undefined); // the call leaves now; whoever reads it sees the failure
    return call;
  }

  /** Only the draft is judged by how sure its model was. */
  #parameters(target: UpstreamTarget): JsonObject {
    const { parameters } = this.#options.plan.request;
    const isAsked = this.#check.asksLogprobs && target === this.#options.plan.target;
    return isAsked ? { ...parameters, logprobs: true } : parameters;
  }

  #routed(verdict: DraftVerdict, shown: 'draft' | 'cloud'): void {
    const { mode, escalation } = this.#check;
    const { plan, onRouted } = this.#options;
    // A good draft was held from its own first content on; a bad one cost all the time since it was asked for.
    const sinceMs = verdict.type === 'good' ? this.#draft.firstContentMs : null;
    const heldMs = Date.now() - (sinceMs ?? this.#startedMs);
    const decision = shown === 'draft' ? plan.decision : escalation.decision;
    onRouted({ decision, check: { mode, verdict, heldMs } });
  }

  /** The second opinion, as far as it was asked for. */
  #others(): readonly ModelCall[] {
    return [{ model: this.#check.opinion?.model ?? '', call: this.#opinion }];
  }
}

type ModelCall = { readonly model: string; readonly call: DraftCall | null };

function usageOf(calls: readonly ModelCall[]): readonly ModelUsage[] {
  return calls.flatMap(({ model, call }): readonly ModelUsage[] => {
    const usage = call?.usage ?? null;
    return usage === null ? [] : [{ model, usage }];
  });
}

/** A draft that was not asked for: it failed before it began. */
function notCalled(stop: AbortSignal): DraftCall {
  return new DraftCall(failedAtOnce, stop, 0);
}

async function* failedAtOnce(): Batches {
  yield [{ type: 'failure', code: 'upstream_failed' }];
}

function bad(fault: DraftFault): DraftVerdict {
  return { type: 'bad', fault };
}
