// The routing decision for a request that may be too long: decided as it is whenever a model has room for it, and only
// when none has as if its oldest turns had not come. The decision then says how much was left out.

import type { Refusal } from '../../protocol/errors.ts';
import type { Result } from '../../protocol/result.ts';
import { ok } from '../../protocol/result.ts';
import type { RouteDecision } from '../../protocol/route.ts';
import type { decideRoute } from '../plan-route.ts';
import { NEED_NAME } from '../request-needs.ts';
import type { DecidedRoute, RouteQuestion } from '../route/route-question.ts';
import { RequestTrimmer, withoutMessages } from './request-trimmer.ts';
import type { LeftOut } from './trim-history.ts';

export type BudgetedRoute = {
  readonly decided: DecidedRoute;
  /** Estimate of what is sent, in tokens. */
  readonly inputTokens: number;
  /** The decision holds for the request without its oldest turns. */
  readonly isShortened: boolean;
};

export type BudgetingOptions = {
  /** False: a request that fits nowhere is refused. */
  readonly isTrimmed: boolean;
  readonly decide: typeof decideRoute;
};

export function decideWithinBudget(
  question: RouteQuestion,
  { isTrimmed, decide }: BudgetingOptions,
): Result<BudgetedRoute, Refusal> {
  const whole = decide(question);
  if (whole.ok) return ok({ decided: whole.value, inputTokens: question.inputTokens, isShortened: false });
  return isTrimmed && isTooLong(whole.refusal) ? (decideTrimmed(question, decide) ?? whole) : whole;
}

/** Null: no model can answer what is left either. The largest context is tried first: least is left out for it. */
function decideTrimmed(
  question: RouteQuestion,
  decide: typeof decideRoute,
): Result<BudgetedRoute, Refusal> | null {
  const trimmer = new RequestTrimmer(question.request, question.inputTokens);
  const models = question.config.models.toSorted((left, right) => right.context_tokens - left.context_tokens);
  const tried = new Set<number>();
  for (const model of models) {
    const leftOut = trimmer.leavesOutFor(model);
    if (leftOut === null || leftOut.tokens === 0 || tried.has(leftOut.tokens)) continue;
    tried.add(leftOut.tokens);
    const decided = decide(trimmedQuestion(question, leftOut));
    if (decided.ok) {
      return ok({
        decided: explained(decided.value, question, leftOut),
        inputTokens: question.inputTokens - leftOut.tokens,
        isShortened: true,
      });
    }
  }
  return null;
}

function isTooLong(refusal: Refusal): boolean {
  return (
    refusal.reason === 'context_too_long' || ('missing' in refusal && refusal.missing === NEED_NAME.context)
  );
}

/** The conversation's memory counts turns of the whole history, by which a repeated turn is told from a new one. */
function trimmedQuestion(question: RouteQuestion, leftOut: LeftOut): RouteQuestion {
  const { request, inputTokens, remembered } = question;
  const turns = turnsIn(question, leftOut);
  return {
    ...question,
    request: withoutMessages(request, leftOut),
    inputTokens: inputTokens - leftOut.tokens,
    remembered: remembered && { ...remembered, turns: remembered.turns - turns },
  };
}

function explained(decided: DecidedRoute, question: RouteQuestion, leftOut: LeftOut): DecidedRoute {
  const { check, decision, remember } = decided;
  const reason = `left-out:${leftOut.indices.length} messages, ${leftOut.tokens} tokens`;
  const withReason = (one: RouteDecision): RouteDecision => ({ ...one, reasons: [...one.reasons, reason] });
  return {
    ...decided,
    decision: withReason(decision),
    check: check && { ...check, escalation: withReason(check.escalation) },
    remember: { ...remember, turns: remember.turns + turnsIn(question, leftOut) },
  };
}

function turnsIn({ request }: RouteQuestion, { indices }: LeftOut): number {
  return indices.filter((index) => request.messages[index]?.role === 'user').length;
}
