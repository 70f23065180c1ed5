// A routing decision for tests that are not about routing: complete, and the same everywhere.

import type { RouteEvent } from '../../protocol/events.ts';
import type { RouteDecision } from '../../protocol/route.ts';

const DECISION: RouteDecision = {
  tier: 'edge',
  model: 'edge-small',
  stage: 'classifier',
  probability: 0.75,
  threshold: 0.5,
  target: { type: 'fixed' },
  signals: [{ name: 'greeting', weight: 0.5 }],
  ruleId: null,
  policyVersion: '0123456789ab',
  counterfactual: 'cloud if the threshold were above 0.75',
  propensity: 1,
  arms: [
    { tier: 'edge', model: 'edge-small', costUsd: 0.0001, firstTokenMs: null },
    { tier: 'cloud', model: 'cloud-large', costUsd: 0.002, firstTokenMs: 800 },
  ],
  reasons: ['classifier'],
};

export function aDecision(changes: Partial<RouteDecision> = {}): RouteDecision {
  return { ...DECISION, ...changes };
}

export function aRouteEvent(changes: Partial<RouteEvent> = {}): RouteEvent {
  const { tier, model, probability, reasons, stage, threshold, target, signals, counterfactual, propensity } =
    DECISION;
  return {
    type: 'route',
    tier,
    model,
    probability,
    reasons,
    stage,
    threshold,
    target,
    signals,
    rule: null,
    policy_version: DECISION.policyVersion,
    counterfactual,
    propensity,
    arms: [],
    answer_check: null,
    ...changes,
  };
}
