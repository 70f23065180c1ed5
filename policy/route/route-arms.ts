// What each tier would cost and how long it would take for one request: the two arms of the decision, and the
// highest cost that a ceiling is compared with.

import type { RouteArm } from '../../protocol/route.ts';
import type { ModelConfig } from '../config.ts';
import { answerLimit } from '../effective-limits.ts';
import { estimateCostUsd, TYPICAL_ANSWER_TOKENS } from '../estimate-cost.ts';
import type { RouteQuestion } from './route-question.ts';

/** @param models - the chosen one first */
export function armsOf(question: RouteQuestion, models: readonly ModelConfig[]): readonly RouteArm[] {
  return models.map((model) => {
    const outputTokens = Math.min(limitOf(question, model), TYPICAL_ANSWER_TOKENS);
    return {
      tier: model.tier,
      model: model.id,
      costUsd: estimateCostUsd({ inputTokens: question.inputTokens, outputTokens }, model.price),
      firstTokenMs: question.firstTokenMs(model.id) ?? model.first_token_ms ?? null,
    };
  });
}

/** With an answer as long as it may be. */
export function highestCostUsd(question: RouteQuestion, model: ModelConfig): number {
  const outputTokens = limitOf(question, model);
  return estimateCostUsd({ inputTokens: question.inputTokens, outputTokens }, model.price);
}

function limitOf({ config, tenant, request }: RouteQuestion, model: ModelConfig): number {
  return answerLimit({ config, tenant }, request.maxOutputTokens, model);
}
