// Puts everything a Conversation needs into one plan.

import type {
  Admission,
  AnalyticsPlan,
  Candidate,
  FailoverPlan,
  LeaseRequest,
  Plan,
} from '../protocol/plan.ts';
import {
  durabilityOf,
  defaultDisconnectPolicy,
  generationLimits,
  tenantLimits,
} from '../policy/effective-limits.ts';
import { budgetOf } from '../policy/money/budget-of.ts';
import { toHex } from './encoding.ts';
import { planCalls, type PlanInput, type PlannedCalls } from './plan-calls.ts';
import { highestUsd, priceOf, pricesOf, reservedTokens } from './plan-reservation.ts';
import { conversationObjectName, makeStreamId, newGeneration, tenantObjectName } from './stream-id.ts';

export type PlannedRequest = {
  /** Its admission is `ask`; the pipeline replaces it when it took the lease itself. */
  readonly plan: Plan;
  readonly lease: LeaseRequest;
  readonly conversationObject: string;
};

/** 128 bits of a hash: enough to keep tenants apart in a provider's prompt cache. */
const CACHE_SCOPE_LENGTH = 32;

export async function makePlan(input: PlanInput): Promise<PlannedRequest> {
  const { principal, options, deployment } = input;
  const { signer } = deployment;
  const { tenant } = principal;
  const generation = newGeneration();
  const createdMs = Date.now();
  const [conversationObject, tenantObject, bodyHash] = await Promise.all([
    conversationObjectName(signer, tenant, options.conversation),
    tenantObjectName(signer, tenant),
    hashBody(input),
  ]);
  const streamId = await makeStreamId(signer, { conversationObject, generation, createdMs, tenant });
  const calls = planCalls(input);
  const lease = leaseOf(input, calls, { streamId, bodyHash });
  const admission: Admission = { type: 'ask', lease };
  const named = { streamId, generation, tenant, tenantObject, createdMs, admission };
  return { plan: planOf(input, calls, named), lease, conversationObject };
}

type Named = Pick<Plan, 'streamId' | 'generation' | 'tenant' | 'tenantObject' | 'createdMs' | 'admission'>;

function planOf(input: PlanInput, calls: PlannedCalls, named: Named): Plan {
  const { principal, options, routed, deployment } = input;
  const { config } = deployment;
  const scope = { config, tenant: principal.tenantConfig };
  const { planned, answerCheck, shadow } = calls;
  const { decision, evidence, locality } = routed.decided;
  return {
    ...named,
    conversation: options.conversation,
    inputTokens: routed.inputTokens,
    decision,
    evidence,
    isRecorded: config.routing.log_decisions,
    analytics: analyticsPlan(input),
    locality,
    target: planned.target,
    canPrefill: planned.canPrefill,
    leavesOut: planned.leavesOut,
    failover: failoverPlan(input, calls.fallbacks),
    cache: null,
    cached: null,
    answerCheck,
    shadow,
    prices: pricesOf(calls.models),
    request: {
      ...input.request,
      maxOutputTokens: planned.maxOutputTokens,
      cacheScope: named.tenantObject.slice(0, CACHE_SCOPE_LENGTH),
    },
    format: 'c',
    durability: options.durability ?? durabilityOf(scope),
    onDisconnect: options.onDisconnect ?? defaultDisconnectPolicy(config),
    limits: generationLimits(config),
  };
}

function analyticsPlan({ receivedMs, routed, deployment }: PlanInput): AnalyticsPlan | null {
  const { analytics, models } = deployment.config;
  const arm = routed.decided.decision.arms.find(({ tier }) => tier === 'cloud');
  const cloud = models.find(({ id, tier }) => (arm === undefined ? tier === 'cloud' : id === arm.model));
  if (!analytics.enabled || cloud === undefined) return null;
  return { receivedMs, shards: analytics.shards, cloudPrice: priceOf(cloud) };
}

function failoverPlan(
  { options, deployment: { config } }: PlanInput,
  fallbacks: readonly Candidate[],
): FailoverPlan {
  const { failover } = config;
  return {
    onUpstreamLoss: options.onUpstreamLoss ?? failover.on_upstream_loss,
    fallbacks,
    maxCalls: failover.max_calls,
    maxContinuations: failover.max_continuations,
    hedges: failover.hedge,
    breaks: failover.breaker,
    retryRatio: failover.retry_ratio,
  };
}

function leaseOf(
  input: PlanInput,
  calls: PlannedCalls,
  { streamId, bodyHash }: Pick<LeaseRequest, 'streamId' | 'bodyHash'>,
): LeaseRequest {
  const { principal, options, deployment } = input;
  const scope = { config: deployment.config, tenant: principal.tenantConfig };
  const budget = budgetOf(scope, deployment.isLocal);
  return {
    streamId,
    keyId: principal.keyId,
    address: input.address,
    estimatedTokens: reservedTokens(input, calls),
    ...(budget === null ? {} : { money: { budget, estimatedUsd: highestUsd(input, calls) } }),
    // Without a log there is nothing to join: an answer that is not resumable has a body like no other.
    bodyHash: options.isResumable ? bodyHash : streamId,
    idempotencyKey: options.idempotencyKey,
    isRetry: options.isRetry,
    limits: tenantLimits(scope, deployment.isLocal),
  };
}

/** What makes two requests the same: who, in which named conversation, and every byte of the body. */
async function hashBody({ principal, options, bodyText }: PlanInput): Promise<string> {
  const scope = options.isNamed ? options.conversation : '';
  const bytes = new TextEncoder().encode(`${principal.tenant}\0${scope}\0${bodyText}`);
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}
