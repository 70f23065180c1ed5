// GET /v1/budget: what the tenant has spent and what is left, for people and dashboards. `null` without a budget:
// nothing is counted then.

import type { Budget } from '../protocol/plan.ts';
import type { Account } from '../policy/money/budget-book.ts';
import { budgetOf } from '../policy/money/budget-of.ts';
import { authenticate } from './authenticate.ts';
import type { RequestContext } from './pipeline.ts';
import { respondRefusal } from './respond.ts';
import { tenantObjectName } from './stream-id.ts';
import { accountOf, OVERLOADED_RETRY_MS } from './tenant-client.ts';

const NO_STORE = { headers: { 'cache-control': 'no-store' } };

export async function showBudget(request: Request, { deployment, env }: RequestContext): Promise<Response> {
  const principal = await authenticate(request, deployment);
  if (!principal.ok) return respondRefusal(principal.refusal);
  const { tenant, tenantConfig } = principal.value;
  const budget = budgetOf({ config: deployment.config, tenant: tenantConfig }, deployment.isLocal);
  if (budget === null) return Response.json({ budget: null }, NO_STORE);
  const account = await accountOf(env, await tenantObjectName(deployment.signer, tenant));
  if (account === null) return respondRefusal({ reason: 'overloaded', retryAfterMs: OVERLOADED_RETRY_MS });
  return Response.json({ budget: budgetBody(budget, account) }, NO_STORE);
}

/** In the words of the wire. */
export function budgetBody(budget: Budget, { reservedUsd, day, month }: Account): object {
  return {
    over: budget.over,
    reserved_usd: reservedUsd,
    day: periodFields(budget.usdPerDay, day),
    month: periodFields(budget.usdPerMonth, month),
  };
}

function periodFields(limitUsd: number | null, { spentUsd, endsMs }: Account['day']): object {
  return { limit_usd: limitUsd, spent_usd: spentUsd, ends_at: new Date(endsMs).toISOString() };
}
