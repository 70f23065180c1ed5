// Puts a choice into the shape in which it travels: the decision with its explanation, what it was made from, how it
// is checked and what is remembered of it. It chooses nothing.

import type { AnswerCheckMode } from '../../protocol/answer-check.ts';
import type { RouteDecision, Tier } from '../../protocol/route.ts';
import type { ModelConfig } from '../config.ts';
import { turnHashOf } from '../conversation/turn-hash.ts';
import { secondOpinion } from './answer-check-choice.ts';
import { servingModels } from './candidates.ts';
import { counterfactualOf } from './counterfactual.ts';
import { fallbackModels } from './fallback-models.ts';
import { stageOf, weighedOf, type Ground } from './ground.ts';
import { reasonsOf } from './reasons.ts';
import { armsOf } from './route-arms.ts';
import type { AnswerCheckChoice, DecidedRoute, RememberedRoute } from './route-question.ts';
import type { RouteScope } from './route-scope.ts';
import { fixedThreshold } from './route-target.ts';
import type { Course } from './replayed-tier.ts';
import { calibrate } from './weigher.ts';

export type Choice = {
  readonly model: ModelConfig;
  /** The model of the other tier that could have answered; null = none could. */
  readonly other: ModelConfig | null;
  readonly ground: Ground;
  /** Probability with which this tier is chosen for this request. */
  readonly propensity: number;
};

/** A choice that no classifier had to make: the other tier's first model that could have served stands beside it. */
export function decidedAlone(scope: RouteScope, model: ModelConfig, ground: Ground): DecidedRoute {
  const other = servingModels(scope).find((candidate) => candidate.tier !== model.tier) ?? null;
  return decided(scope, { model, other, ground, propensity: 1 });
}

export function chosenOf({ edge, cloud }: Course, tier: Tier): Pick<Choice, 'model' | 'other'> {
  return tier === 'edge' ? { model: edge, other: cloud } : { model: cloud, other: edge };
}

export function decided(scope: RouteScope, choice: Choice): DecidedRoute {
  const weighed = weighedOf(choice.ground);
  return {
    decision: decisionOf(scope, choice),
    check: null,
    fallbacks: fallbackIds(scope, choice),
    evidence: {
      rawProbability: weighed?.opinion.probability ?? null,
      features: weighed?.opinion.features ?? [],
      edgeModel: edgeModelOf(scope, choice),
    },
    locality: scope.locality.setting === null ? 'any' : 'edge-only',
    remember: rememberedRoute(scope, choice.model),
  };
}

/** The edge drafts, and the cloud answers when the draft is not good enough. */
export function decidedWithCheck(scope: RouteScope, draft: Choice, mode: AnswerCheckMode): DecidedRoute {
  const weighed = weighedOf(draft.ground);
  const { model: edge, other: cloud, propensity } = draft;
  if (weighed === null || cloud === null) throw new Error('a check needs a probability and a cloud model');
  const { answer_check: check } = scope.question.config.routing;
  const escalated: Choice = { model: cloud, other: edge, ground: { type: 'escalated', weighed }, propensity };
  const choice: AnswerCheckChoice = {
    mode,
    holdMs: check.hold_ms,
    budgetMs: check.budget_ms,
    opinion: mode === 'full' ? (secondOpinion(scope, edge)?.id ?? null) : null,
    escalation: decisionOf(scope, escalated),
    fallbacks: fallbackIds(scope, escalated),
  };
  return { ...decided(scope, draft), check: choice };
}

function fallbackIds(scope: RouteScope, { model, ground }: Choice): readonly string[] {
  return fallbackModels(scope, model, ground).map((fallback) => fallback.id);
}

function decisionOf(scope: RouteScope, choice: Choice): RouteDecision {
  const { question, threshold } = scope;
  const { model, other, ground, propensity } = choice;
  const weighed = weighedOf(ground);
  const edgeModel = edgeModelOf(scope, choice);
  const calibrated = (raw: number): number => calibrate(scope, edgeModel, raw);
  return {
    tier: model.tier,
    model: model.id,
    stage: stageOf(ground),
    probability: weighed?.probability ?? null,
    threshold,
    target: fixedThreshold(question) === null ? question.target : { type: 'fixed' },
    signals: weighed?.opinion.signals ?? [],
    ruleId: appliedRuleId(scope, ground),
    policyVersion: question.policyVersion,
    counterfactual: counterfactualOf({ scope, tier: model.tier, ground, calibrated }),
    propensity,
    arms: armsOf(question, other === null ? [model] : [model, other]),
    reasons: reasonsOf(ground, threshold),
  };
}

/** A rule counts when it chose, kept the request at the edge or said how it is checked; an explicit wish may pass it by. */
function appliedRuleId({ rule }: RouteScope, ground: Ground): string | null {
  if (rule === null) return null;
  const { data_locality: locality, answer_check: check, cache } = rule.then;
  const isEffective = [locality, check, cache].some((effect) => effect !== undefined);
  return ground.type === 'rule' || isEffective ? rule.id : null;
}

/** The edge model that a probability is about, or would be: the tier's default when none could have answered. */
function edgeModelOf({ question }: RouteScope, { model, other }: Choice): string {
  const edge = [model, other].find((candidate) => candidate?.tier === 'edge');
  return (edge ?? question.config.models.find((candidate) => candidate.tier === 'edge') ?? model).id;
}

function rememberedRoute({ question, conversation }: RouteScope, model: ModelConfig): RememberedRoute {
  const turnHash = turnHashOf(conversation.turns.at(-1)?.text ?? '');
  const { userMessages: turns } = conversation;
  return { tier: model.tier, model: model.id, atMs: question.nowMs, turns, turnHash };
}
