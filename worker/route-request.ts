// From a parsed chat request to a routing decision: counts the input, gathers what is known of the tenant and of the
// conversation, and asks the policy. What the memory and the snapshots lack costs precision, never an answer.

import { classify } from '../classifier/classify.ts';
import { userText } from '../classifier/user-text.ts';
import type { ChatRequest } from '../protocol/chat-request.ts';
import type { Refusal } from '../protocol/errors.ts';
import { ok, type Result } from '../protocol/result.ts';
import type { ModelConfig } from '../policy/config.ts';
import { conversationMarks } from '../policy/conversation/conversation-marks.ts';
import { estimateInputTokens } from '../policy/estimate-tokens.ts';
import { decideRoute } from '../policy/plan-route.ts';
import { decideWithinBudget } from '../policy/prompt-budget/decide-within-budget.ts';
import type { DecidedRoute } from '../policy/route/route-question.ts';
import type { Principal } from './authenticate.ts';
import type { Deployment } from './deployment.ts';
import type { RequestOptions } from './request-options.ts';
import type { TenantPolicy } from './tenant-policy.ts';

export type RoutedRequest = {
  readonly decided: DecidedRoute;
  readonly model: ModelConfig;
  /** Estimate of what is sent. */
  readonly inputTokens: number;
  /** Estimate of the whole request. */
  readonly wholeTokens: number;
  /** The oldest turns are left out, because no model has room for all. */
  readonly isShortened: boolean;
  /** Under which the route is remembered; opaque. */
  readonly memoryKeys: readonly string[];
};

export type RouteContext = {
  readonly principal: Principal;
  readonly deployment: Deployment;
  readonly policy: TenantPolicy;
  readonly options: Pick<RequestOptions, 'routing' | 'isRetry' | 'conversation' | 'isNamed' | 'isTrimmed'>;
  readonly nowMs: number;
  /** Random in [0, 1). */
  readonly draw: number;
};

export function routeRequest(
  request: ChatRequest,
  context: RouteContext,
  decide = decideRoute,
): Result<RoutedRequest, Refusal> {
  const { principal, deployment, policy, options, nowMs, draw } = context;
  const { config, classifier, memory } = deployment;
  const inputTokens = estimateInputTokens(request);
  const keys = memoryKeys(request, context);
  const decided = decideWithinBudget(
    {
      request,
      config,
      tenant: principal.tenantConfig,
      inputTokens,
      ownText: userText,
      classification: (turns) => classify(classifier, turns),
      calibrated: policy.calibrated,
      threshold: policy.threshold,
      target: policy.target,
      wishes: options.routing,
      remembered: memory.recall(keys, nowMs),
      isRetry: options.isRetry,
      nowMs,
      draw,
      policyVersion: policy.version,
      firstTokenMs: policy.firstTokenMs,
    },
    { isTrimmed: options.isTrimmed && config.prompt_budget.trim === 'history', decide },
  );
  if (!decided.ok) return decided;
  const { decided: route, isShortened } = decided.value;
  return ok({
    decided: route,
    model: configuredModel(deployment, route.decision.model),
    inputTokens: decided.value.inputTokens,
    wholeTokens: inputTokens,
    isShortened,
    memoryKeys: keys,
  });
}

export function configuredModel({ config }: Pick<Deployment, 'config'>, id: string): ModelConfig {
  const model = config.models.find((candidate) => candidate.id === id);
  if (model === undefined) throw new Error(`decided for a model that is not configured: ${id}`);
  return model;
}

/** The tenant stands in every key: conversations of two tenants may have the same name. */
function memoryKeys(request: ChatRequest, { principal, options }: RouteContext): readonly string[] {
  const named = options.isNamed ? [`n:${principal.tenant}:${options.conversation}`] : [];
  return [...named, ...conversationMarks(request.messages).map((mark) => `t:${principal.tenant}:${mark}`)];
}
