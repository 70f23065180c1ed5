// Whether the probability is too near the threshold for the prompt alone to tell, and how the edge draft is checked
// then. A check may cost both tiers' answers and a second opinion, so a ceiling has to hold all of them.

import type { AnswerCheckMode } from '../../protocol/answer-check.ts';
import type { ModelConfig } from '../config.ts';
import { servingModels } from './candidates.ts';
import { highestCostUsd } from './route-arms.ts';
import type { Course } from './replayed-tier.ts';
import type { RouteScope } from './route-scope.ts';
import type { Weighed } from './weigher.ts';

/** Null: not uncertain, or not to be checked. */
export function checkModeOf(course: Course, { probability }: Weighed): AnswerCheckMode | null {
  const { scope } = course;
  const { stages, answer_check: check } = scope.question.config.routing;
  if (!stages.answer_check || !(Math.abs(probability - scope.threshold) <= check.band)) return null;
  const mode = modeOf(scope);
  return mode !== null && isAffordable(course, mode) ? mode : null;
}

/** The second edge model that a whole draft is compared with; null when there is none that could answer. */
export function secondOpinion(scope: RouteScope, draft: ModelConfig): ModelConfig | null {
  const { second_opinion: id } = scope.question.config.routing.answer_check;
  if (id === null || id === draft.id) return null;
  return servingModels(scope).find((model) => model.id === id) ?? null;
}

function modeOf({ question, rule }: RouteScope): AnswerCheckMode | null {
  const { request, wishes } = question;
  const wanted = wishes.answerCheck ?? rule?.then.answer_check;
  if (wanted !== undefined) return wanted === 'off' ? null : wanted;
  // Where the whole draft can be had or has a form to keep, the beginning alone would tell too little.
  const hasForm = request.responseFormat !== undefined || request.tools.length > 0;
  return !request.stream || hasForm ? 'full' : 'prefix';
}

function isAffordable({ scope, edge, cloud }: Course, mode: AnswerCheckMode): boolean {
  if (scope.ceilingUsd === null) return true;
  const opinion = mode === 'full' ? secondOpinion(scope, edge) : null;
  const models = opinion === null ? [edge, cloud] : [edge, cloud, opinion];
  const highestUsd = models.reduce((sum, model) => sum + highestCostUsd(scope.question, model), 0);
  return highestUsd <= scope.ceilingUsd;
}
