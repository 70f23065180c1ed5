// From a parsed chat request to a routing decision: counts the input, asks the gates, then the classifier.

import { classify } from '../classifier/classify.ts';
import { DEFAULT_THRESHOLD } from '../classifier/threshold.ts';
import { userText } from '../classifier/user-text.ts';
import type { ChatRequest } from '../protocol/chat-request.ts';
import type { Refusal } from '../protocol/errors.ts';
import type { RouteDecision } from '../protocol/route.ts';
import { ok, type Result } from '../protocol/result.ts';
import type { ModelConfig } from '../policy/config.ts';
import { estimateInputTokens } from '../policy/estimate-tokens.ts';
import { decideRoute } from '../policy/plan-route.ts';
import { userTurns } from '../policy/user-turns.ts';
import type { Principal } from './authenticate.ts';
import type { Deployment } from './deployment.ts';

export type RoutedRequest = {
  readonly decision: RouteDecision;
  readonly model: ModelConfig;
  readonly inputTokens: number;
};

export function routeRequest(
  request: ChatRequest,
  principal: Principal,
  deployment: Deployment,
): Result<RoutedRequest, Refusal> {
  const { config, classifier } = deployment;
  const inputTokens = estimateInputTokens(request);
  const decided = decideRoute({
    request,
    config,
    tenant: principal.tenantConfig,
    classification: () => classify(classifier, userTurns(request.messages, userText)),
    threshold: DEFAULT_THRESHOLD,
    inputTokens,
  });
  if (!decided.ok) return decided;
  const model = config.models.find((candidate) => candidate.id === decided.value.model);
  if (model === undefined)
    throw new Error(`decided for a model that is not configured: ${decided.value.model}`);
  return ok({ decision: decided.value, model, inputTokens });
}
