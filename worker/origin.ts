// Which pages may call us. In local mode also which machine: the Worker cannot see where it runs (Host and
// cf-* headers come from the client there), so everything that does not look like this machine is refused.

import type { Refusal } from '../protocol/errors.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';
import type { Deployment } from './deployment.ts';

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;
const LOOPBACK_ADDRESS = /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/i;

/** What a page needs to read of our responses. */
const EXPOSED_HEADERS = [
  'x-edgeways-stream',
  'x-edgeways-conversation',
  'x-edgeways-route',
  'x-edgeways-model',
  'x-edgeways-reason',
  'x-edgeways-resumable',
  'x-edgeways-cache',
  'x-edgeways-joined',
  'x-request-id',
  'server-timing',
  'link',
  'retry-after',
].join(', ');

const ALLOWED_METHODS = 'GET, POST, DELETE, OPTIONS';

/** How long a browser may remember a preflight (s); Chromium caps it at two hours. */
const PREFLIGHT_MAX_AGE_S = 7200;

/** The origin to answer to, null when the request names none; a foreign page or machine is refused. */
export function checkOrigin(request: Request, deployment: Deployment): Result<string | null, Refusal> {
  if (deployment.isLocal && !isThisMachine(request.headers)) return refuse({ reason: 'foreign_host' });
  const origin = request.headers.get('origin');
  if (origin === null) return ok(null);
  if (deployment.config.cors.allowed_origins.includes(origin)) return ok(origin);
  if (deployment.isLocal && isLoopbackOrigin(origin)) return ok(origin);
  if (isSameOrigin(origin, request.url)) return ok(null);
  return refuse({ reason: 'foreign_origin' });
}

export function addCorsHeaders(headers: Headers, origin: string | null): void {
  headers.append('vary', 'origin');
  if (origin === null) return;
  headers.set('access-control-allow-origin', origin);
  headers.set('access-control-expose-headers', EXPOSED_HEADERS);
}

export function preflight(request: Request, origin: string | null): Response {
  const headers = new Headers({ 'access-control-max-age': String(PREFLIGHT_MAX_AGE_S) });
  headers.set('access-control-allow-methods', ALLOWED_METHODS);
  // The request headers of SDKs differ and change; the origin is what is checked, not their names.
  headers.set('access-control-allow-headers', request.headers.get('access-control-request-headers') ?? '*');
  addCorsHeaders(headers, origin);
  return new Response(null, { status: 204, headers });
}

function isThisMachine(headers: Headers): boolean {
  const address = headers.get('cf-connecting-ip');
  return (
    LOOPBACK_HOST.test(headers.get('host') ?? '') && (address === null || LOOPBACK_ADDRESS.test(address))
  );
}

function isLoopbackOrigin(origin: string): boolean {
  const url = URL.parse(origin);
  return url !== null && LOOPBACK_HOST.test(url.host);
}

function isSameOrigin(origin: string, url: string): boolean {
  return URL.parse(url)?.origin === origin;
}
