// The plan of an answer that is repeated: the same stream in every respect, but nobody is called, checked or learnt
// from, nothing is spent, and the route names the model that gave the answer.

import type { CachedAnswer } from '../../protocol/cached-answer.ts';
import type { LeaseRequest, Plan } from '../../protocol/plan.ts';

export type RepeatedPlan = Plan & { readonly cached: CachedAnswer };

export function repeatedPlan(plan: Plan, cached: CachedAnswer): RepeatedPlan {
  const { tier, model } = cached;
  const { admission } = plan;
  return {
    ...plan,
    decision: { ...plan.decision, tier, model, reasons: ['cache:hit'] },
    // Nothing happened from which a tenant could learn: no model ran.
    isRecorded: false,
    answerCheck: null,
    shadow: null,
    cache: null,
    cached,
    admission: admission.type === 'ask' ? { type: 'ask', lease: repeatedLease(admission.lease) } : admission,
  };
}

/** A place is taken like by any other stream; tokens and money are not reserved, because none will be used. */
export function repeatedLease(lease: LeaseRequest): LeaseRequest {
  const { money } = lease;
  return {
    ...lease,
    estimatedTokens: 0,
    ...(money === undefined ? {} : { money: { ...money, estimatedUsd: 0 } }),
  };
}
