// The policy for the tenant that asks, as far as it is known here: what its object has learnt since comes with the
// next requests. Nobody waits for that object.

import type { Principal } from './authenticate.ts';
import type { RequestContext } from './pipeline.ts';
import { askRouting } from './routing-client.ts';
import { tenantObjectName } from './stream-id.ts';
import { questionOf, type TenantPolicy } from './tenant-policy.ts';

export function policyInForce(
  principal: Principal,
  { deployment, env, waitUntil, answered }: RequestContext,
): Promise<TenantPolicy> {
  const { config, signer, routings, policies } = deployment;
  const { tenant: tenantId, tenantConfig: tenant } = principal;
  const ask = async () => {
    await answered; // the object's work would share a thread with the answer's first token
    const name = await tenantObjectName(signer, tenantId);
    return (await askRouting(env, name, questionOf({ config, tenant }))).snapshot;
  };
  const snapshot = routings.current(tenantId, ask, waitUntil, Date.now());
  return policies.policyOf({ config, tenant, tenantId }, snapshot);
}
