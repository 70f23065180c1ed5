// GET /v1/analytics/quota: what the busiest tenants use of what they may.

import type { Refusal } from '../../protocol/errors.ts';
import type { RefusalCount } from '../../protocol/generation-record.ts';
import { ok, refuse, type Result } from '../../protocol/result.ts';
import { DAY_MS } from '../../policy/analytics/step-levels.ts';
import { tenantLimits } from '../../policy/effective-limits.ts';
import { budgetOf } from '../../policy/money/budget-of.ts';
import type { RequestContext } from '../pipeline.ts';
import { budgetBody } from '../show-budget.ts';
import { askShards, statsShards } from '../stats-client.ts';
import { tenantObjectName } from '../stream-id.ts';
import { accountOf, OVERLOADED_RETRY_MS } from '../tenant-client.ts';
import { MAX_TENANTS, occupancyOf, tenantsOf } from './active-streams.ts';
import { readGroups, type Reading, type Told } from './read-cells.ts';

export async function tellQuota({ context, asked }: Reading): Promise<Result<Told, Refusal>> {
  const lastDay = { ...asked, fromMs: asked.toMs - DAY_MS };
  const [read, refusals] = await Promise.all([
    readGroups({ context, asked: lastDay }, { groupBy: 'tenant' }),
    askShards(statsShards(context), (shard) => shard.refusals()),
  ]);
  if (!read.ok) return read;
  if (!refusals.ok) return refusals;
  const refused = refusedByTenant(refusals.value.flat());
  // Who is refused everything has no generations: it comes after those that have.
  const known = tenantsOf(context);
  const busiest = [...new Set([...read.value.keys(), ...refused.keys()])].filter((id) => known.includes(id));
  const tenants = await Promise.all(
    busiest.slice(0, MAX_TENANTS).map((tenant) => tenantFields(context, tenant, refused.get(tenant) ?? {})),
  );
  const overloaded: Refusal = { reason: 'overloaded', retryAfterMs: OVERLOADED_RETRY_MS };
  return tenants.includes(null) ? refuse(overloaded) : ok({ body: { tenants } });
}

type Refused = Record<string, number>;

function refusedByTenant(counts: readonly RefusalCount[]): ReadonlyMap<string, Refused> {
  const tenants = new Map<string, Refused>();
  for (const { tenant, reason, count } of counts) {
    const refused = tenants.get(tenant) ?? {};
    refused[reason] = (refused[reason] ?? 0) + count;
    tenants.set(tenant, refused);
  }
  return tenants;
}

/** Null when its budget cannot be read: no budget would be a claim. */
async function tenantFields(context: RequestContext, id: string, refused: Refused): Promise<object | null> {
  const { deployment, env } = context;
  const { config, isLocal, signer } = deployment;
  const scope = {
    config,
    tenant: isLocal ? null : (config.tenants.find((tenant) => tenant.id === id) ?? null),
  };
  const budget = budgetOf(scope, isLocal);
  const account = budget === null ? null : await accountOf(env, await tenantObjectName(signer, id));
  if (budget !== null && account === null) return null;
  return {
    tenant: id,
    active_streams: await occupancyOf(context, id),
    limit: tenantLimits(scope, isLocal).concurrentStreams,
    budget: budget === null || account === null ? null : budgetBody(budget, account),
    refused,
  };
}
