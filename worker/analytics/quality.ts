// GET /v1/analytics/quality: how well one tenant is served, and how far its probabilities can be trusted.

import { logFailure } from '../../durable-objects/log-failure.ts';
import { within } from '../../durable-objects/within.ts';
import type { Refusal } from '../../protocol/errors.ts';
import { ok, refuse, type Result } from '../../protocol/result.ts';
import { distributionsOf, metricsOf, shareOf } from '../../policy/analytics/metrics.ts';
import type { HistogramName } from '../../policy/analytics/stats-question.ts';
import type { ReliabilityBin } from '../../policy/learning/reliability.ts';
import type { RequestContext } from '../pipeline.ts';
import { askRouting, routingNamed } from '../routing-client.ts';
import { thresholdFields } from '../show-routing.ts';
import { tenantObjectName } from '../stream-id.ts';
import { OVERLOADED_RETRY_MS } from '../tenant-client.ts';
import { questionOf } from '../tenant-policy.ts';
import { tenantsOf } from './active-streams.ts';
import { readGroups, together, type Reading, type Told } from './read-cells.ts';

const METRICS = ['completion_rate', 'error_rate', 'abandon_rate', 'reconnect_rate'];
const HISTOGRAMS: readonly HistogramName[] = ['gap_ms', 'gap_p95_ms', 'gap_cv_percent', 'render_lag_ms'];

export async function tellQuality(reading: Reading): Promise<Result<Told, Refusal>> {
  const { context, asked } = reading;
  const named = asked.filter.tenant ?? [];
  if (named.length > 1) {
    const message = 'The parameter tenant must be one name here.';
    return refuse({ reason: 'invalid_request', param: 'tenant', message });
  }
  const tenants = await readGroups(reading, { groupBy: 'tenant', histograms: HISTOGRAMS });
  if (!tenants.ok) return tenants;
  const tenant = named[0] ?? tenants.value.keys().next().value ?? null;
  const cell = together(Array.from(tenants.value).flatMap(([name, one]) => (name === tenant ? [one] : [])));
  const learnt = await learntOf(context, tenant);
  if (!learnt.ok) return learnt;
  const measured = { ...metricsOf(cell, METRICS), ...distributionsOf(cell, HISTOGRAMS, asked.percentiles) };
  return ok({ body: { tenant, ...measured, ...learnt.value } });
}

/** Nothing was learnt of a tenant that is not configured (any more). */
async function learntOf(context: RequestContext, tenant: string | null): Promise<Result<object, Refusal>> {
  const { deployment, env } = context;
  if (tenant === null || !tenantsOf(context).includes(tenant)) return ok(learntFields([], null, null));
  const { config, isLocal } = deployment;
  const tenantConfig = isLocal ? null : (config.tenants.find(({ id }) => id === tenant) ?? null);
  try {
    const name = await tenantObjectName(deployment.signer, tenant);
    const [bins, { snapshot }] = await Promise.all([
      within(routingNamed(env, name).reliability()),
      askRouting(env, name, questionOf({ config, tenant: tenantConfig })),
    ]);
    const threshold = snapshot.threshold === null ? null : thresholdFields(snapshot.threshold);
    return ok(learntFields(bins, snapshot.drift, threshold));
  } catch (error) {
    logFailure('quality', error);
    return refuse({ reason: 'overloaded', retryAfterMs: OVERLOADED_RETRY_MS });
  }
}

type Bins = readonly Pick<ReliabilityBin, 'labels' | 'predicted' | 'observed'>[];

function learntFields(bins: Bins, drift: object | null, threshold: object | null): object {
  const weighed = (amount: (bin: Bins[number]) => number): number =>
    bins.reduce((sum, bin) => sum + bin.labels * amount(bin), 0);
  const labels = weighed(() => 1);
  return {
    feedback: {
      labels,
      good_rate: shareOf(
        weighed((bin) => bin.observed),
        labels,
      ),
    },
    calibration: bins,
    ece: shareOf(
      weighed((bin) => Math.abs(bin.predicted - bin.observed)),
      labels,
    ),
    drift,
    threshold,
  };
}
