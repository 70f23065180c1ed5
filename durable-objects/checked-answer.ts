// The answer that is shown: the upstream's own, or for an uncertain request the edge draft once it was checked,
// or the cloud's in its place. Invariant: the events of exactly one answer come out, whole, and `onRouted` is
// called once before the first of them. What is judged is decided in policy/answer-check; here it is only held.

import type {
  AnswerCheckPlan,
  DraftFault,
  DraftVerdict,
  HeldUsage,
  HiddenCalls,
  Routed,
} from '../protocol/answer-check.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { Plan, UpstreamTarget } from '../protocol/plan.ts';
import type { DecodedEvent } from '../protocol/upstream-event.ts';
import { userText } from '../classifier/user-text.ts';
import { draftOf, questionOf, type CheckedQuestion } from '../policy/answer-check/draft.ts';
import { checkDraft } from '../policy/answer-check/full-check.ts';
import { PrefixCheck } from '../policy/answer-check/prefix-check.ts';
import { DraftCall } from './draft-call.ts';
import type { EndpointEnv } from './endpoints.ts';
import { HoldTimer } from './hold-timer.ts';
import { logFailure } from './log-failure.ts';
import { upstreamAnswer, type AnswerOptions } from './upstream-answer.ts';

export type ShownAnswerOptions = {
  readonly plan: Plan;
  readonly env: EndpointEnv;
  readonly stop: AbortSignal;
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

export class ShownAnswer {
  readonly #options: ShownAnswerOptions;
  #checked: CheckedAnswer | null = null;

  constructor(options: ShownAnswerOptions) {
    this.#options = options;
  }

  /** The first read must come before any storage write of the same turn: outbound calls wait for pending commits. */
  batches(): AsyncGenerator<readonly DecodedEvent[], void> {
    const { plan, onRouted } = this.#options;
    if (plan.answerCheck !== null) return this.#checkedBatches(plan.answerCheck);
    // Nearly every answer: nothing stands between it and its upstream.
    onRouted({ decision: plan.decision, check: null });
    return upstreamAnswer(answerOptions(this.#options, plan.target));
  }

  async *#checkedBatches(check: AnswerCheckPlan): AsyncGenerator<readonly DecodedEvent[], void> {
    const checked = new CheckedAnswer(this.#options, check);
    this.#checked = checked;
    try {
      yield* checked.batches();
    } finally {
      await checked.close();
    }
  }

  /** For an answer that ends while its draft is held: those calls were paid for all the same. Null without a check. */
  get heldUsage(): HeldUsage | null {
    return this.#checked?.heldUsage ?? null;
  }
}

function answerOptions({ plan, env, stop }: ShownAnswerOptions, target: UpstreamTarget): AnswerOptions {
  const { request, limits, locality } = plan;
  return { target, request, limits, env, stop, locality };
}

class CheckedAnswer {
  readonly #options: ShownAnswerOptions;
  readonly #check: AnswerCheckPlan;
  readonly #question: CheckedQuestion;
  readonly #draft: DraftCall;
  readonly #opinion: DraftCall | null;
  readonly #startedMs = Date.now();
  #cloud: DraftCall | null = null;

  constructor(options: ShownAnswerOptions, check: AnswerCheckPlan) {
    const { plan } = options;
    this.#options = options;
    this.#check = check;
    this.#question = questionOf({ ...plan.request, maxOutputTokens: check.askedTokens }, userText);
    this.#draft = this.#call(plan.target);
    const asksTwo = check.mode === 'full' && check.opinion !== null;
    this.#opinion = asksTwo && check.opinion !== null ? this.#call(check.opinion.target) : null;
  }

  get heldUsage(): HeldUsage {
    return { draft: this.#draft.usage, hidden: usageOf(this.#others()) };
  }

  async *batches(): AsyncGenerator<readonly DecodedEvent[], void> {
    const verdict = this.#check.mode === 'full' ? await this.#judgeWhole() : await this.#judgePrefix();
    if (this.#options.stop.aborted) return; // whoever stopped says how it ended
    if (verdict.type === 'bad') {
      yield* this.#escalate(verdict);
      return;
    }
    this.#routed(verdict, 'draft');
    yield* this.#draft.show();
  }

  async close(): Promise<void> {
    await Promise.all([this.#draft.drop(), this.#opinion?.drop(), this.#cloud?.drop()]);
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

  async *#escalate(
    verdict: Extract<DraftVerdict, { type: 'bad' }>,
  ): AsyncGenerator<readonly DecodedEvent[], void> {
    const { escalation } = this.#check;
    const isShowable = this.#draft.ended && this.#draft.failure === null && SHOWABLE.has(verdict.fault);
    void this.#draft.drop(); // what it holds can still be shown; awaited again by close
    void this.#opinion?.drop();
    const cloud = this.#call(escalation.target, escalation.maxOutputTokens);
    this.#cloud = cloud;
    await cloud.untilContent();
    if (this.#options.stop.aborted) return;
    const shown = isShowable && cloud.cameToNothing ? 'draft' : 'cloud';
    this.#routed(verdict, shown);
    yield* shown === 'draft' ? this.#draft.show() : cloud.show();
  }

  #call(target: UpstreamTarget, maxOutputTokens?: number): DraftCall {
    const options = answerOptions(this.#options, target);
    const { plan } = this.#options;
    const limit = maxOutputTokens ?? plan.request.maxOutputTokens;
    const request = { ...plan.request, maxOutputTokens: limit, parameters: this.#parameters(target) };
    const call = new DraftCall({ ...options, request }, plan.inputTokens);
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
    const others = this.#others().filter(({ call }) => shown === 'draft' || call !== this.#cloud);
    const draft = { model: plan.decision.model, call: this.#draft };
    const hidden = usageOf(shown === 'draft' ? others : [draft, ...others]);
    const decision = shown === 'draft' ? plan.decision : escalation.decision;
    onRouted({ decision, check: { mode, verdict, heldMs, hidden } });
  }

  /** The calls beside the draft, as far as they were made. */
  #others(): readonly ModelCall[] {
    const { opinion, escalation } = this.#check;
    return [
      { model: opinion?.model ?? '', call: this.#opinion },
      { model: escalation.decision.model, call: this.#cloud },
    ];
  }
}

type ModelCall = { readonly model: string; readonly call: DraftCall | null };

function usageOf(calls: readonly ModelCall[]): HiddenCalls {
  return calls.flatMap(({ model, call }) => {
    const usage = call?.usage ?? null;
    return usage === null ? [] : [{ model, usage }];
  });
}

function bad(fault: DraftFault): DraftVerdict {
  return { type: 'bad', fault };
}
