// The decision in the words of the wire: the `route` event of a log and the body of POST /v1/route say the same.

import type { AnswerCheckResult, Routed } from './answer-check.ts';
import type { RouteArmFields, RouteEvent } from './events.ts';
import type { RouteArm } from './route.ts';

export function routeEvent({ decision, check }: Routed): RouteEvent {
  return {
    type: 'route',
    tier: decision.tier,
    model: decision.model,
    probability: decision.probability,
    reasons: decision.reasons,
    stage: decision.stage,
    threshold: decision.threshold,
    target: decision.target,
    signals: decision.signals,
    rule: decision.ruleId,
    policy_version: decision.policyVersion,
    counterfactual: decision.counterfactual,
    propensity: decision.propensity,
    arms: decision.arms.map(armFields),
    answer_check: check === null ? null : checkFields(check),
  };
}

export function armFields({ tier, model, costUsd, firstTokenMs }: RouteArm): RouteArmFields {
  return { tier, model, estimated_cost_usd: costUsd, first_token_ms: firstTokenMs };
}

function checkFields({ mode, verdict, heldMs }: AnswerCheckResult): NonNullable<RouteEvent['answer_check']> {
  return { mode, verdict: verdict.type === 'good' ? 'good' : verdict.fault, held_ms: heldMs };
}
