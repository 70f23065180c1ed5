// Admission: a tenant in good standing is admitted by the Conversation, in parallel with the upstream call. Everybody
// else waits here: nobody pays for a call that will be refused, and a repeated request must join before it starts.

import type { Refusal } from '../protocol/errors.ts';
import type { Plan } from '../protocol/plan.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';
import type { Deployment } from './deployment.ts';
import type { Environment } from './environment.ts';
import type { PlannedRequest } from './make-plan.ts';
import type { RequestOptions } from './request-options.ts';
import { askTenant } from './tenant-client.ts';

export type AdmissionQuestion<Planned> = {
  readonly planned: Planned;
  readonly options: RequestOptions;
  /** The request planned for the edge alone: what is left to a tenant whose money is spent. */
  readonly atEdge: () => Promise<Result<Planned, Refusal>>;
};

type AdmissionContext = {
  readonly deployment: Pick<Deployment, 'headroom'>;
  readonly env: Environment;
};

export type Admitted<Planned> =
  | { readonly type: 'planned'; readonly planned: Planned }
  | { readonly type: 'joined'; readonly streamId: string };

export async function admit<Planned extends PlannedRequest>(
  { planned, options, atEdge }: AdmissionQuestion<Planned>,
  context: AdmissionContext,
): Promise<Result<Admitted<Planned>, Refusal>> {
  const admitted = await admitPlanned(planned, options, context);
  if (admitted.ok || admitted.refusal.reason !== 'budget_spent') return admitted;
  if (planned.lease.money?.budget.over !== 'edge') return admitted;
  const edge = await atEdge();
  return edge.ok ? admitPlanned(unlimited(edge.value), options, context) : admitted;
}

async function admitPlanned<Planned extends PlannedRequest>(
  planned: Planned,
  options: RequestOptions,
  { deployment, env }: AdmissionContext,
): Promise<Result<Admitted<Planned>, Refusal>> {
  const { plan, lease } = planned;
  const { headroom } = deployment;
  const caller = { ...lease, tenant: plan.tenant };
  const mayJoin = options.idempotencyKey !== null || options.isRetry;
  // How much of a budget is left is known to nobody but the tenant's object: its requests always wait.
  const mayRunAhead = !mayJoin && options.isResumable && lease.money === undefined;
  if (mayRunAhead && headroom.isAmple(caller, Date.now())) {
    headroom.spend(caller);
    return ok({ type: 'planned', planned });
  }
  const outcome = await askTenant(env, plan.tenantObject, lease);
  switch (outcome.type) {
    case 'granted':
      headroom.granted(caller, outcome.headroom, Date.now());
      return ok({ type: 'planned', planned: { ...planned, plan: granted(plan, outcome.headroom) } });
    case 'attached':
      return ok({ type: 'joined', streamId: outcome.streamId });
    case 'refused':
      headroom.refused(caller, outcome.refusal, Date.now());
      return refuse(outcome.refusal);
  }
}

function granted(plan: Plan, headroom: number): Plan {
  return { ...plan, admission: { type: 'granted', headroom } };
}

/** The edge answers whatever is left; its cost is counted all the same. */
function unlimited<Planned extends PlannedRequest>(planned: Planned): Planned {
  const { money } = planned.lease;
  if (money === undefined) return planned;
  const budget = { ...money.budget, usdPerDay: null, usdPerMonth: null };
  return { ...planned, lease: { ...planned.lease, money: { ...money, budget } } };
}
