// Speaks to Tenant objects, for what the Worker itself admits. Nothing here rejects: a tenant whose object cannot
// answer is refused, and a lease that cannot be renewed or given back expires by itself.

import type { AdmissionOutcome } from '../protocol/admission.ts';
import type { LeaseRequest, Plan } from '../protocol/plan.ts';
import type { LeaseOutcome } from '../policy/lease-book.ts';
import type { Account } from '../policy/money/budget-book.ts';
import type { Environment } from './environment.ts';

/** What a client waits when the tenant's object cannot answer. */
export const OVERLOADED_RETRY_MS = 1000;

/** Whose lease it is. */
type Leased = Pick<Plan, 'tenantObject' | 'streamId'>;

export async function askTenant(
  env: Environment,
  tenantObject: string,
  lease: LeaseRequest,
): Promise<AdmissionOutcome> {
  try {
    return await tenantNamed(env, tenantObject).admit(lease);
  } catch {
    // Without its tenant's object nothing bounds the spending: refuse, and say when to come back.
    return { type: 'refused', refusal: { reason: 'overloaded', retryAfterMs: OVERLOADED_RETRY_MS } };
  }
}

/** For an answer that no object owns, so that nobody else renews its lease. */
export async function renewLease(env: Environment, { tenantObject, streamId }: Leased): Promise<void> {
  try {
    await tenantNamed(env, tenantObject).renew([streamId]);
  } catch {
    // The next renewal tries again; a lease survives two missed ones.
  }
}

export async function releaseLease(
  env: Environment,
  { tenantObject, streamId }: Leased,
  { end, usedTokens, usedUsd }: LeaseOutcome,
): Promise<void> {
  try {
    await tenantNamed(env, tenantObject).release(streamId, end, usedTokens, usedUsd);
  } catch {
    // The lease expires by itself within its TTL.
  }
}

/** Null when the tenant's object cannot answer. */
export async function accountOf(env: Environment, tenantObject: string): Promise<Account | null> {
  try {
    return await tenantNamed(env, tenantObject).account();
  } catch {
    return null; // the caller says so to its client
  }
}

function tenantNamed(env: Environment, name: string): ReturnType<Environment['TENANTS']['get']> {
  return env.TENANTS.get(env.TENANTS.idFromName(name));
}
