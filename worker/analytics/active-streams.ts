// How many generations run now, by their tenants' leases.

import type { StatsFilter } from '../../policy/analytics/stats-question.ts';
import { logFailure } from '../../durable-objects/log-failure.ts';
import { within } from '../../durable-objects/within.ts';
import type { RequestContext } from '../pipeline.ts';
import { tenantObjectName } from '../stream-id.ts';

type Bound = Pick<RequestContext, 'deployment' | 'env'>;

/** Each is an object of its own that is asked. */
export const MAX_TENANTS = 20;

/** Null: leases know their tenant and nothing else, there are too many tenants to ask, or one did not answer. */
export async function activeStreams(context: Bound, filter: StatsFilter): Promise<number | null> {
  const { tenant = tenantsOf(context), ...others } = filter;
  if (Object.keys(others).length > 0 || tenant.length > MAX_TENANTS) return null;
  const counts = await Promise.all(tenant.map((id) => occupancyOf(context, id)));
  return counts.reduce((sum, count) => (sum === null || count === null ? null : sum + count), 0);
}

/** Those that are configured; in local mode everybody is `local`. */
export function tenantsOf({ deployment: { config, isLocal } }: Bound): readonly string[] {
  return isLocal ? ['local'] : config.tenants.map(({ id }) => id);
}

/** Null also for a tenant that is not configured: asking would make its object, and any name may be asked. */
export async function occupancyOf(context: Bound, tenant: string): Promise<number | null> {
  const { deployment, env } = context;
  if (!tenantsOf(context).includes(tenant)) return null;
  try {
    const name = await tenantObjectName(deployment.signer, tenant);
    const { activeStreams: count } = await within(env.TENANTS.get(env.TENANTS.idFromName(name)).occupancy());
    return count;
  } catch (error) {
    logFailure('occupancy', error);
    return null;
  }
}
