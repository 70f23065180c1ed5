// Who may see what concerns all tenants: statistics, costs, upstreams. Nobody needs a key on the machine itself, where
// only pages and programs of this machine are answered.

import type { Refusal } from '../protocol/errors.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';
import { hashedKey } from './authenticate.ts';
import type { Deployment } from './deployment.ts';

/** A tenant's key is told apart from an unknown one, so that nobody searches for a typing error. */
export async function authenticateOperator(
  request: Request,
  { isLocal, config, tenantByKeyHash }: Deployment,
): Promise<Result<{ readonly id: string }, Refusal>> {
  if (isLocal) return ok({ id: 'local' });
  const key = await hashedKey(request.headers);
  if (!key.ok) return config.operators.length === 0 ? refuse({ reason: 'operator_only' }) : key;
  const operator = config.operators.find(({ key_sha256: hashes }) => hashes.includes(key.value));
  if (operator !== undefined) return ok({ id: operator.id });
  const isOther = config.operators.length === 0 || tenantByKeyHash.has(key.value);
  return refuse({ reason: isOther ? 'operator_only' : 'unknown_key' });
}
