// DELETE /v1/cache: forgets every answer that is kept for the tenant. 204: they are gone. Answers that are being made
// meanwhile are kept when they end.

import { logFailure } from '../durable-objects/log-failure.ts';
import { within } from '../durable-objects/within.ts';
import { cacheNamed } from './answer-cache-client.ts';
import { authenticate } from './authenticate.ts';
import type { RequestContext } from './pipeline.ts';
import { respondRefusal } from './respond.ts';
import { tenantObjectName } from './stream-id.ts';

/** What a client waits when the object cannot answer. */
const OVERLOADED_RETRY_MS = 1_000;

export async function emptyCache(request: Request, { deployment, env }: RequestContext): Promise<Response> {
  const principal = await authenticate(request, deployment);
  if (!principal.ok) return respondRefusal(principal.refusal);
  const name = await tenantObjectName(deployment.signer, principal.value.tenant);
  try {
    await within(cacheNamed(env, name).empty());
    return new Response(null, { status: 204 });
  } catch (error) {
    logFailure('answer cache', error);
    return respondRefusal({ reason: 'overloaded', retryAfterMs: OVERLOADED_RETRY_MS });
  }
}
