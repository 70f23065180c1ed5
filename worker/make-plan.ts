// Puts everything a Conversation needs into one plan.

import type { ChatRequest } from '../protocol/chat-request.ts';
import type { AnswerCheckPlan } from '../protocol/answer-check.ts';
import type { ShadowPlan } from '../protocol/shadow.ts';
import type { Admission, LeaseRequest, Plan, TokenPrice, UpstreamTarget } from '../protocol/plan.ts';
import {
  durabilityOf,
  defaultDisconnectPolicy,
  generationLimits,
  outputLimit,
  tenantLimits,
} from '../policy/effective-limits.ts';
import type { ModelConfig } from '../policy/config.ts';
import { shadowChoice } from '../policy/shadow-choice.ts';
import type { AnswerCheckChoice, DecidedRoute } from '../policy/route/route-question.ts';
import { stripForeignState } from '../policy/conversation/bound-state.ts';
import { endpointNamed, isEdgeOverHttp } from '../durable-objects/endpoints.ts';
import type { Principal } from './authenticate.ts';
import type { Deployment } from './deployment.ts';
import { toHex } from './encoding.ts';
import type { Environment } from './environment.ts';
import type { RequestOptions } from './request-options.ts';
import { configuredModel, type RoutedRequest } from './route-request.ts';
import { conversationObjectName, makeStreamId, newGeneration, tenantObjectName } from './stream-id.ts';

export type PlanInput = {
  readonly request: ChatRequest;
  readonly bodyText: string;
  readonly address: string | null;
  readonly principal: Principal;
  readonly options: RequestOptions;
  readonly routed: RoutedRequest;
  readonly deployment: Deployment;
  readonly env: Environment;
};

export type PlannedRequest = {
  /** Its admission is `ask`; the pipeline replaces it when it took the lease itself. */
  readonly plan: Plan;
  readonly lease: LeaseRequest;
  readonly conversationObject: string;
};

/** The wire format of a self-hosted edge server, whatever the model speaks on Workers AI. */
const HTTP_PROVIDER = 'openai-compatible';

/** No provider here speaks a dialect with thinking parts yet, so none may stay, whoever made them. */
const SPEAKS_THINKING = false;

export async function makePlan(input: PlanInput): Promise<PlannedRequest> {
  const { principal, options, routed, deployment } = input;
  const { signer, config } = deployment;
  const { tenant, tenantConfig } = principal;
  const scope = { config, tenant: tenantConfig };
  const generation = newGeneration();
  const createdMs = Date.now();
  const [conversationObject, tenantObject, bodyHash] = await Promise.all([
    conversationObjectName(signer, tenant, options.conversation),
    tenantObjectName(signer, tenant),
    hashBody(input),
  ]);
  const streamId = await makeStreamId(signer, { conversationObject, generation, createdMs, tenant });
  const { decision, evidence, locality } = routed.decided;
  const maxOutputTokens = outputLimit(scope, input.request.maxOutputTokens, routed.model.max_output_tokens);
  const check = possibleCheck(routed.decided, deployment, input.env);
  const answerCheck = check === null ? null : answerCheckPlan(input, check);
  const shadow = shadowPlan(input);
  const called = modelsCalled(routed.model, check, deployment);
  const lease: LeaseRequest = {
    streamId,
    keyId: principal.keyId,
    address: input.address,
    estimatedTokens: reservedTokens(input, called),
    // Without a log there is nothing to join: an answer that is not resumable has a body like no other.
    bodyHash: options.isResumable ? bodyHash : streamId,
    idempotencyKey: options.idempotencyKey,
    isRetry: options.isRetry,
    limits: tenantLimits(scope, deployment.isLocal),
  };
  const admission: Admission = { type: 'ask', lease };
  const plan: Plan = {
    streamId,
    generation,
    tenant,
    tenantObject,
    conversation: options.conversation,
    createdMs,
    inputTokens: routed.inputTokens,
    decision,
    evidence,
    isRecorded: config.routing.log_decisions,
    locality,
    target: upstreamTarget(routed.model, input.env),
    answerCheck,
    shadow,
    prices: Object.fromEntries(
      [...called, ...shadowModels(shadow, deployment)].map((model) => [model.id, priceOf(model)]),
    ),
    request: { ...stripForeignState(input.request, SPEAKS_THINKING), maxOutputTokens },
    format: 'c',
    durability: options.durability ?? durabilityOf(scope),
    onDisconnect: options.onDisconnect ?? defaultDisconnectPolicy(config),
    limits: generationLimits(config),
    admission,
  };
  return { plan, lease, conversationObject };
}

function upstreamTarget(model: ModelConfig, env: Environment): UpstreamTarget {
  const isOwnServer = model.endpoint === 'edge' && isEdgeOverHttp(env);
  return {
    provider: isOwnServer ? HTTP_PROVIDER : model.provider,
    endpoint: model.endpoint,
    upstreamModel: model.upstream_model,
  };
}

/** Null when nothing is to be checked, or there is nowhere to go with a bad draft. */
export function possibleCheck(
  { check }: DecidedRoute,
  deployment: Deployment,
  env: Environment,
): AnswerCheckChoice | null {
  if (check === null) return null;
  const cloud = configuredModel(deployment, check.escalation.model);
  return endpointNamed(cloud.endpoint, env) === null ? null : check;
}

function answerCheckPlan(
  { request, principal, routed, deployment, env }: PlanInput,
  check: AnswerCheckChoice,
): AnswerCheckPlan {
  const cloud = configuredModel(deployment, check.escalation.model);
  const second = check.opinion === null ? null : configuredModel(deployment, check.opinion);
  const scope = { config: deployment.config, tenant: principal.tenantConfig };
  return {
    mode: check.mode,
    holdMs: check.holdMs,
    budgetMs: check.budgetMs,
    askedTokens: request.maxOutputTokens,
    asksLogprobs: routed.model.capabilities.includes('logprobs'),
    opinion: second === null ? null : { model: second.id, target: upstreamTarget(second, env) },
    escalation: {
      target: upstreamTarget(cloud, env),
      decision: check.escalation,
      maxOutputTokens: outputLimit(scope, request.maxOutputTokens, cloud.max_output_tokens),
    },
  };
}

/** Null: nobody answers the request unseen, because it was not drawn or an upstream is missing. */
function shadowPlan({ request, routed, deployment, env }: PlanInput): ShadowPlan | null {
  const { decision, locality } = routed.decided;
  const { config } = deployment;
  const choice = shadowChoice({ config, request, decision, locality, draw: Math.random() });
  if (choice === null) return null;
  const other = configuredModel(deployment, choice.model);
  const judge = configuredModel(deployment, choice.judge);
  if (endpointNamed(other.endpoint, env) === null || endpointNamed(judge.endpoint, env) === null) return null;
  return {
    other: { tier: choice.tier, model: other.id, target: upstreamTarget(other, env) },
    judge: { model: judge.id, target: upstreamTarget(judge, env) },
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

/** Reserved for every call that may be made; what was not used is given back at the end. */
function reservedTokens(
  { request, routed, principal, deployment }: PlanInput,
  called: readonly ModelConfig[],
): number {
  const scope = { config: deployment.config, tenant: principal.tenantConfig };
  const limits = called.map((model) => outputLimit(scope, request.maxOutputTokens, model.max_output_tokens));
  return limits.reduce((sum, limit) => sum + routed.inputTokens + limit, 0);
}

function priceOf({ price }: ModelConfig): TokenPrice {
  return { inputUsdPerMtok: price.input_usd_per_mtok, outputUsdPerMtok: price.output_usd_per_mtok };
}

/** What makes two requests the same: who, in which named conversation, and every byte of the body. */
async function hashBody({ principal, options, bodyText }: PlanInput): Promise<string> {
  const scope = options.isNamed ? options.conversation : '';
  const bytes = new TextEncoder().encode(`${principal.tenant}\0${scope}\0${bodyText}`);
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}
