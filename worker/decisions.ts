// GET /v1/decisions: the tenant's own decisions and what was said about them, as lines of JSON, for calibration and
// for the evaluation of other policies. A page is bounded; its `link` leads on until the log ends.

import type { Refusal } from '../protocol/errors.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';
import { logFailure } from '../durable-objects/log-failure.ts';
import type { ExportPosition } from '../durable-objects/routing-export.ts';
import { authenticate } from './authenticate.ts';
import type { RequestContext } from './pipeline.ts';
import { respondRefusal } from './respond.ts';
import { within } from '../durable-objects/within.ts';
import { routingNamed } from './routing-client.ts';
import { tenantObjectName } from './stream-id.ts';

const PATH = '/v1/decisions';

/** A decision has about a kilobyte. */
const DEFAULT_LIMIT = 1_000;
const MAX_LIMIT = 5_000;

/** Unix ms, or from a `link` also the batch and the place in it: `<ms>.<key>.<skip>`. Digits that a number holds exactly. */
const AFTER = /^(\d{1,15})(?:\.(\d{1,15})\.(\d{1,6}))?$/;

/** What a client waits when the object cannot answer. */
const OVERLOADED_RETRY_MS = 1_000;

export async function exportDecisions(
  request: Request,
  { deployment, env }: RequestContext,
): Promise<Response> {
  const principal = await authenticate(request, deployment);
  if (!principal.ok) return respondRefusal(principal.refusal);
  const asked = parsePage(new URL(request.url).searchParams);
  if (!asked.ok) return respondRefusal(asked.refusal);
  const { start, limit } = asked.value;
  const routing = routingNamed(env, await tenantObjectName(deployment.signer, principal.value.tenant));
  try {
    const { body, next } = await within(routing.export(start, limit));
    const headers = new Headers({
      'content-type': 'application/x-ndjson; charset=utf-8',
      'cache-control': 'no-store',
    });
    if (next !== null)
      headers.set('link', `<${PATH}?after=${positionText(next)}&limit=${limit}>; rel="next"`);
    return new Response(body, { headers });
  } catch (error) {
    logFailure('decisions', error);
    return respondRefusal({ reason: 'overloaded', retryAfterMs: OVERLOADED_RETRY_MS });
  }
}

type AskedPage = { readonly start: ExportPosition; readonly limit: number };

function parsePage(query: URLSearchParams): Result<AskedPage, Refusal> {
  const after = AFTER.exec(query.get('after') ?? '0');
  if (after === null)
    return invalid('after', 'must be Unix milliseconds, or as a link of an earlier page gave it');
  const [, afterMs, key = '0', skip = '0'] = after;
  const limit = query.get('limit') ?? String(DEFAULT_LIMIT);
  if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > MAX_LIMIT)
    return invalid('limit', `must be a whole number from 1 to ${MAX_LIMIT}`);
  return ok({
    start: { afterMs: Number(afterMs), key: Number(key), skip: Number(skip) },
    limit: Number(limit),
  });
}

function positionText({ afterMs, key, skip }: ExportPosition): string {
  return `${afterMs}.${key}.${skip}`;
}

function invalid(param: string, rule: string): Result<never, Refusal> {
  return refuse({ reason: 'invalid_request', param, message: `The parameter ${param} ${rule}.` });
}
