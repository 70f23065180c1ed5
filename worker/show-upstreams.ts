// GET /v1/upstreams: which upstreams answer, how fast, and which are left alone for now.

import { healthOf } from '../durable-objects/isolate-health.ts';
import { logFailure } from '../durable-objects/log-failure.ts';
import type { UpstreamView } from '../policy/failover/upstream-record.ts';
import { authenticate } from './authenticate.ts';
import type { Environment } from './environment.ts';
import type { RequestContext } from './pipeline.ts';
import { respondRefusal } from './respond.ts';

export async function showUpstreams(
  request: Request,
  { deployment, env }: RequestContext,
): Promise<Response> {
  const principal = await authenticate(request, deployment);
  if (!principal.ok) return respondRefusal(principal.refusal);
  const upstreams = await upstreamList(env);
  return Response.json({ object: 'list', data: upstreams }, { headers: { 'cache-control': 'no-store' } });
}

export async function upstreamList(env: Environment): Promise<readonly object[]> {
  const health = healthOf(env);
  try {
    await health.exchange();
  } catch (error) {
    logFailure('upstreams', error); // what this isolate saw is still worth showing
  }
  const nowMs = Date.now();
  return health.upstreams.view(nowMs).map((view) => upstreamFields(view, nowMs));
}

/** In the words of the wire. Calls and failures are those of the last ten seconds. */
function upstreamFields(view: UpstreamView & { readonly key: string }, nowMs: number): object {
  const { key, state, cause, lastFailure, calls, failures, waitMs } = view;
  const slash = key.indexOf('/');
  return {
    endpoint: key.slice(0, slash),
    model: key.slice(slash + 1),
    state,
    cause: state === 'closed' ? null : cause,
    last_failure: lastFailure,
    open_until: state === 'open' ? new Date(nowMs + waitMs).toISOString() : null,
    calls,
    error_rate: calls === 0 ? 0 : failures / calls,
    first_token_ms: { p50: view.firstTokenP50Ms, p95: view.firstTokenP95Ms },
  };
}
