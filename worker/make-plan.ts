// Puts everything a Conversation needs into one plan.

import type { ChatRequest } from '../protocol/chat-request.ts';
import type { Admission, LeaseRequest, Plan } from '../protocol/plan.ts';
import {
  durabilityOf,
  defaultDisconnectPolicy,
  generationLimits,
  outputLimit,
  tenantLimits,
} from '../policy/effective-limits.ts';
import { isEdgeOverHttp } from '../durable-objects/endpoints.ts';
import type { Principal } from './authenticate.ts';
import type { Deployment } from './deployment.ts';
import { toHex } from './encoding.ts';
import type { Environment } from './environment.ts';
import type { RequestOptions } from './request-options.ts';
import type { RoutedRequest } from './route-request.ts';
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
  const maxOutputTokens = outputLimit(scope, input.request.maxOutputTokens, routed.model.max_output_tokens);
  const lease: LeaseRequest = {
    streamId,
    keyId: principal.keyId,
    address: input.address,
    estimatedTokens: routed.inputTokens + maxOutputTokens,
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
    decision: routed.decision,
    target: {
      provider:
        routed.model.endpoint === 'edge' && isEdgeOverHttp(input.env) ? HTTP_PROVIDER : routed.model.provider,
      endpoint: routed.model.endpoint,
      upstreamModel: routed.model.upstream_model,
    },
    request: { ...input.request, maxOutputTokens },
    format: 'c',
    durability: options.durability ?? durabilityOf(scope),
    onDisconnect: options.onDisconnect ?? defaultDisconnectPolicy(config),
    limits: generationLimits(config),
    admission,
  };
  return { plan, lease, conversationObject };
}

/** What makes two requests the same: who, in which named conversation, and every byte of the body. */
async function hashBody({ principal, options, bodyText }: PlanInput): Promise<string> {
  const scope = options.isNamed ? options.conversation : '';
  const bytes = new TextEncoder().encode(`${principal.tenant}\0${scope}\0${bodyText}`);
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}
