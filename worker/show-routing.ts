// GET /v1/routing: what the tenant's own traffic has taught, for people and dashboards.

import { logFailure } from '../durable-objects/log-failure.ts';
import type { RoutingState } from '../durable-objects/routing.ts';
import type { Calibration } from '../policy/learning/calibration.ts';
import type { SnapshotQuestion, SnapshotThreshold } from '../policy/routing-snapshot.ts';
import { authenticate } from './authenticate.ts';
import type { RequestContext } from './pipeline.ts';
import { respondRefusal } from './respond.ts';
import { askRouting } from './routing-client.ts';
import { tenantObjectName } from './stream-id.ts';
import { questionOf } from './tenant-policy.ts';

/** What a client waits when the object cannot answer. */
const OVERLOADED_RETRY_MS = 1_000;

export async function showRouting(request: Request, { deployment, env }: RequestContext): Promise<Response> {
  const principal = await authenticate(request, deployment);
  if (!principal.ok) return respondRefusal(principal.refusal);
  const question = questionOf({ config: deployment.config, tenant: principal.value.tenantConfig });
  try {
    const tenantObject = await tenantObjectName(deployment.signer, principal.value.tenant);
    const state = await askRouting(env, tenantObject, question);
    return Response.json(routingBody(state, question), { headers: { 'cache-control': 'no-store' } });
  } catch (error) {
    logFailure('routing', error);
    return respondRefusal({ reason: 'overloaded', retryAfterMs: OVERLOADED_RETRY_MS });
  }
}

/** In the words of the wire. */
function routingBody({ snapshot, shadow }: RoutingState, { target }: SnapshotQuestion): object {
  const { version, threshold, calibrations, labels, firstTokenMs, drift, share, decisions } = snapshot;
  return {
    version,
    target,
    threshold: threshold === null ? null : thresholdFields(threshold),
    calibrations: Object.fromEntries(
      Object.entries(calibrations).map(([model, calibration]) => {
        return [model, { labels: labels[model] ?? 0, ...calibrationFields(calibration) }];
      }),
    ),
    first_token_ms: firstTokenMs,
    drift,
    share: {
      cloud: share.cloud,
      held: share.held,
      escalated: share.escalated,
      added_ttft_ms: share.addedTtftMs,
    },
    decisions,
    shadow: { pairs: shadow.pairs, labels: shadow.labels, cost_usd: shadow.costUsd },
  };
}

export function thresholdFields({ value, basis, isReachable, expected }: SnapshotThreshold): object {
  const { cloudShare, quality, usdPer1k } = expected;
  return {
    value,
    basis,
    reachable: isReachable,
    expected: { cloud_share: cloudShare, quality, usd_per_1k: usdPer1k },
  };
}

/** A bent line may have hundreds of points: how many says enough. */
function calibrationFields(calibration: Calibration): object {
  return calibration.type === 'isotonic'
    ? { type: calibration.type, points: calibration.points.length }
    : calibration;
}
