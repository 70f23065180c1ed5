// Asks the tenant's answer cache on behalf of one request, when the request uses it at all: what is kept of it already,
// and where its own answer shall go.

import type { CacheBounds, CachedAnswer } from '../protocol/cached-answer.ts';
import type { ChatRequest } from '../protocol/chat-request.ts';
import type { CachePlan } from '../protocol/plan.ts';
import { cacheChoice, type CacheWish } from '../policy/cache/cache-choice.ts';
import { canonicalRequest } from '../policy/cache/canonical-request.ts';
import type { AnswerCacheEnv } from '../durable-objects/store-answer.ts';
import { cacheKey, lookUp } from './answer-cache-client.ts';
import type { Principal } from './authenticate.ts';
import type { Deployment } from './deployment.ts';
import type { RequestOptions } from './request-options.ts';
import type { RoutedRequest } from './route-request.ts';
import { tenantObjectName } from './stream-id.ts';

export type CacheContext = {
  readonly principal: Principal;
  readonly options: Pick<RequestOptions, 'routing'> & { readonly cache: CacheWish | null };
  readonly routed: Pick<RoutedRequest, 'decided'>;
  readonly deployment: Deployment;
  readonly env: AnswerCacheEnv;
};

export type Consulted = {
  /** Null: the answer is not kept. */
  readonly plan: (CachePlan & CacheBounds) | null;
  /** Null: the answer has to be made. */
  readonly cached: CachedAnswer | null;
};

/** Never rejects for the cache's sake. Nothing is hashed and nobody is asked for a request that does not use it. */
export async function consultCache(request: ChatRequest, context: CacheContext): Promise<Consulted> {
  const { principal, options, routed, deployment, env } = context;
  const { decision, locality } = routed.decided;
  const choice = cacheChoice({
    config: deployment.config,
    tenant: principal.tenantConfig,
    ruleId: decision.ruleId,
    wish: options.cache,
  });
  if (choice === null) return { plan: null, cached: null };
  const { reads, scope, ...bounds } = choice;
  const { tenant } = principal;
  const keyId = scope === 'key' ? principal.keyId : null;
  const canonical = canonicalRequest(request, { tenant, keyId, locality, wishes: options.routing });
  const [cacheObject, key] = await Promise.all([
    tenantObjectName(deployment.signer, tenant),
    cacheKey(canonical),
  ]);
  const cached = reads ? await lookUp(env, cacheObject, key) : null;
  return { plan: { cacheObject, key, ...bounds }, cached };
}
