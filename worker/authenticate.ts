// Who asks. One function reads the identity from whatever header carries it, so that no way in escapes
// what is decided here. Keys are hashed before any look-up; they are stored nowhere.

import type { Refusal } from '../protocol/errors.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';
import type { TenantConfig } from '../policy/config.ts';
import type { Deployment } from './deployment.ts';
import { toHex } from './encoding.ts';
import { readTicket } from './ticket.ts';

export type Principal = {
  readonly tenant: string;
  /** Names the key for its per-minute limits, without being the key. */
  readonly keyId: string;
  /** Null in local mode, where nobody has to be configured. */
  readonly tenantConfig: TenantConfig | null;
};

const LOCAL: Principal = { tenant: 'local', keyId: 'local', tenantConfig: null };

/** Any key is welcome in local mode: clients insist on sending one. */
export async function authenticate(
  request: Request,
  deployment: Deployment,
): Promise<Result<Principal, Refusal>> {
  if (deployment.isLocal) return ok(LOCAL);
  const key = await hashedKey(request.headers);
  if (!key.ok) return key;
  const keyId = key.value;
  const tenantConfig = deployment.tenantByKeyHash.get(keyId);
  if (tenantConfig === undefined) return refuse({ reason: 'unknown_key' });
  return ok({ tenant: tenantConfig.id, keyId, tenantConfig });
}

/** Like `authenticate`, but a ticket for this very stream will do. Only for reading it. */
export async function authenticateReader(
  request: Request,
  deployment: Deployment,
  streamId: string,
): Promise<Result<string, Refusal>> {
  const text = new URL(request.url).searchParams.get('ticket');
  if (text !== null) {
    const ticket = await readTicket(deployment.signer, streamId, text, Date.now());
    return ticket === null ? refuse({ reason: 'bad_ticket' }) : ok(ticket.tenant);
  }
  const principal = await authenticate(request, deployment);
  return principal.ok ? ok(principal.value.tenant) : principal;
}

/** SHA-256 of the key that the request carries, in hex. */
export async function hashedKey(headers: Headers): Promise<Result<string, Refusal>> {
  const key = keyOf(headers);
  if (!key.ok) return key;
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key.value));
  return ok(toHex(new Uint8Array(hash)));
}

/** `Authorization: Bearer` (OpenAI, Anthropic SDK 1.x) or `x-api-key` (Anthropic). Two different ones are refused. */
function keyOf(headers: Headers): Result<string, Refusal> {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  const plain = headers.get('x-api-key') ?? undefined;
  if (bearer !== undefined && plain !== undefined && bearer !== plain) {
    return refuse({ reason: 'conflicting_credentials' });
  }
  const key = bearer ?? plain;
  return key === undefined || key === '' ? refuse({ reason: 'missing_key' }) : ok(key);
}
