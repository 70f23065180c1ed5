// Every upstream call that an answer may take: the planned model, the check of its draft, the models that stand in for
// it, and those that answer unseen.

import type { AnswerCheckPlan } from '../protocol/answer-check.ts';
import type { ChatRequest } from '../protocol/chat-request.ts';
import type { Candidate } from '../protocol/plan.ts';
import type { ShadowPlan } from '../protocol/shadow.ts';
import type { ModelConfig } from '../policy/config.ts';
import type { AnswerCheckChoice, DecidedRoute } from '../policy/route/route-question.ts';
import { budgetOf } from '../policy/money/budget-of.ts';
import { shadowChoice } from '../policy/shadow-choice.ts';
import type { Principal } from './authenticate.ts';
import type { Deployment } from './deployment.ts';
import type { Environment } from './environment.ts';
import { lackOf, PlanCandidates } from './plan-candidates.ts';
import type { RequestOptions } from './request-options.ts';
import { configuredModel, type RoutedRequest } from './route-request.ts';
import { missingOf, targetOf } from './upstream-targets.ts';

export type PlanInput = {
  readonly request: ChatRequest;
  readonly bodyText: string;
  /** Unix ms at which the request came in. */
  readonly receivedMs: number;
  readonly address: string | null;
  readonly principal: Principal;
  readonly options: RequestOptions;
  readonly routed: RoutedRequest;
  readonly deployment: Deployment;
  readonly env: Environment;
};

export type PlannedCalls = {
  readonly planned: Candidate;
  /** In order; none of them is the planned one. */
  readonly fallbacks: readonly Candidate[];
  readonly answerCheck: AnswerCheckPlan | null;
  readonly shadow: ShadowPlan | null;
  /** Called for the answer in any case, the planned one first. */
  readonly called: readonly ModelConfig[];
  /** May give the answer: `called` and everyone who may stand in. */
  readonly answering: readonly ModelConfig[];
  /** Everyone who may be called at all. */
  readonly models: readonly ModelConfig[];
};

export function planCalls(input: PlanInput): PlannedCalls {
  const { request, routed, deployment, env, principal } = input;
  const { tenantConfig: tenant } = principal;
  const candidates = new PlanCandidates({ request, deployment, env, tenant }, routed);
  const fallbacks = candidates.usable(routed.decided.fallbacks);
  const check = possibleCheck(routed.decided, input);
  const answerCheck = check === null ? null : answerCheckPlan(input, check, candidates);
  const shadow = shadowPlan(input);
  const called = modelsCalled(routed.model, check, deployment);
  const standIns = [...fallbacks, ...(answerCheck?.escalation.fallbacks ?? [])];
  const answering = [...called, ...standIns.map(({ model }) => configuredModel(deployment, model))];
  const models = [...answering, ...shadowModels(shadow, deployment)];
  return {
    planned: candidates.candidate(routed.model),
    fallbacks,
    answerCheck,
    shadow,
    called,
    answering,
    models,
  };
}

/** Null when nothing is to be checked, or there is nowhere to go with a bad draft. */
export function possibleCheck(
  { check }: DecidedRoute,
  { request, deployment, env }: Pick<PlanInput, 'request' | 'deployment' | 'env'>,
): AnswerCheckChoice | null {
  if (check === null) return null;
  const cloud = configuredModel(deployment, check.escalation.model);
  const scope = { config: deployment.config, env };
  return missingOf(cloud, scope) === null && lackOf(cloud, request, scope) === null ? check : null;
}

function answerCheckPlan(
  { request, routed, deployment }: PlanInput,
  check: AnswerCheckChoice,
  candidates: PlanCandidates,
): AnswerCheckPlan {
  const cloud = candidates.candidate(configuredModel(deployment, check.escalation.model));
  const second =
    check.opinion === null ? null : candidates.candidate(configuredModel(deployment, check.opinion));
  return {
    mode: check.mode,
    holdMs: check.holdMs,
    budgetMs: check.budgetMs,
    askedTokens: request.maxOutputTokens,
    asksLogprobs: routed.model.capabilities.includes('logprobs'),
    opinion: second === null ? null : { model: second.model, target: second.target },
    escalation: { ...cloud, decision: check.escalation, fallbacks: candidates.usable(check.fallbacks) },
  };
}

/** Null: nobody answers the request unseen, because it was not drawn or an upstream is missing. */
function shadowPlan({ request, routed, deployment, env, principal }: PlanInput): ShadowPlan | null {
  const { decision, locality } = routed.decided;
  const { config } = deployment;
  // They run after the account is settled, so a tenant with a budget has none.
  if (budgetOf({ config, tenant: principal.tenantConfig }, deployment.isLocal) !== null) return null;
  const choice = shadowChoice({ config, request, decision, locality, draw: Math.random() });
  if (choice === null) return null;
  const other = configuredModel(deployment, choice.model);
  const judge = configuredModel(deployment, choice.judge);
  const scope = { config, env };
  if (missingOf(other, scope) !== null || missingOf(judge, scope) !== null) return null;
  return {
    other: { tier: choice.tier, model: other.id, target: targetOf(other, scope) },
    judge: { model: judge.id, target: targetOf(judge, scope) },
  };
}

function shadowModels(shadow: ShadowPlan | null, deployment: Deployment): readonly ModelConfig[] {
  if (shadow === null) return [];
  return [shadow.other.model, shadow.judge.model].map((id) => configuredModel(deployment, id));
}

/** Every model that may be called for this answer, the first one first. */
export function modelsCalled(
  first: ModelConfig,
  check: AnswerCheckChoice | null,
  deployment: Deployment,
): readonly ModelConfig[] {
  if (check === null) return [first];
  const others = [check.escalation.model, ...(check.opinion === null ? [] : [check.opinion])];
  return [first, ...others.map((id) => configuredModel(deployment, id))];
}
