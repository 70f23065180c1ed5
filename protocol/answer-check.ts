// How an edge draft is checked before its first byte is released, and what the check found.

import type { RouteChangedEvent } from './events.ts';
import type { Candidate, UpstreamTarget } from './plan.ts';
import type { RouteDecision } from './route.ts';

/** `prefix`: what the first moments of the draft tell. `full`: the complete draft, with a second opinion if there is one. */
export type AnswerCheckMode = 'prefix' | 'full';

/** Why a draft was not shown. Closed set: analytics count them. */
export type DraftFault =
  /** The edge upstream failed, was busy or answered nothing. */
  | 'upstream_failed'
  | 'empty'
  | 'refusal'
  | 'hedging'
  | 'truncated'
  | 'repetition'
  | 'invalid_json'
  | 'invalid_tool_call'
  | 'wrong_language'
  | 'low_confidence'
  /** The second edge model came to another answer. */
  | 'disagreement'
  /** The draft is longer than what is held for a check. */
  | 'too_long'
  /** The checks were not done within the budget. */
  | 'timeout';

export type DraftVerdict = { readonly type: 'good' } | { readonly type: 'bad'; readonly fault: DraftFault };

/** Everything the object needs to check the edge draft of one request. */
export type AnswerCheckPlan = {
  readonly mode: AnswerCheckMode;
  /** `prefix`: how long a draft is held from its first content, in ms. */
  readonly holdMs: number;
  /** `full`: how long the complete drafts may take, in ms from the start of the upstream call. */
  readonly budgetMs: number;
  /** The output limit that the client asked for, in tokens; null = none. A draft cut by another limit is truncated. */
  readonly askedTokens: number | null;
  /** The edge model gives log probabilities when it is asked for them. */
  readonly asksLogprobs: boolean;
  /** The edge model whose answer is compared; null: no second opinion. */
  readonly opinion: { readonly model: string; readonly target: UpstreamTarget } | null;
  /** Where the request goes when the draft is bad. */
  readonly escalation: {
    readonly target: UpstreamTarget;
    readonly decision: RouteDecision;
    /** This and the next two as in `Candidate`. */
    readonly maxOutputTokens: number | null;
    readonly canPrefill: boolean;
    readonly leavesOut: readonly number[];
    /** Where it goes when that model fails as well, in order. */
    readonly fallbacks: readonly Candidate[];
  };
};

/** What was decided in the end, once a draft was judged: until then nobody knows which answer will be shown. */
export type Routed = { readonly decision: RouteDecision; readonly check: AnswerCheckResult | null };

/** The same once another model has taken over: what headers, the record and the conversation's memory tell. */
export function routedAfter({ decision, check }: Routed, { tier, model, reason }: RouteChangedEvent): Routed {
  const reasons = [`${reason}:${decision.model}`, ...decision.reasons];
  return { decision: { ...decision, tier, model, reasons }, check };
}

/** What a check cost and found; kept with the generation for the record and the account. */
export type AnswerCheckResult = {
  readonly mode: AnswerCheckMode;
  readonly verdict: DraftVerdict;
  /** Milliseconds the first byte was held by the check alone. */
  readonly heldMs: number;
};
