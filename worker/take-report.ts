// POST /v1/streams/{id}/report: how a client experienced a stream. 204, also when it was told before.

import { logFailure } from '../durable-objects/log-failure.ts';
import { reportRenderLag } from '../durable-objects/stats-client.ts';
import { isJsonObject } from '../protocol/json.ts';
import { authenticateReader } from './authenticate.ts';
import type { RequestContext } from './pipeline.ts';
import { readJsonBody } from './read-body.ts';
import { respondRefusal } from './respond.ts';
import { locateStream } from './stream-id.ts';
import { OVERLOADED_RETRY_MS } from './tenant-client.ts';

const MAX_BODY_BYTES = 1_024;

/** A minute: whoever painted later than that has been away. */
const MAX_LAG_MS = 60_000;

export async function takeReport(
  request: Request,
  { deployment, env }: RequestContext,
  streamId: string,
): Promise<Response> {
  const tenant = await authenticateReader(request, deployment, streamId);
  if (!tenant.ok) return respondRefusal(tenant.refusal);
  const body = await readJsonBody(request, MAX_BODY_BYTES);
  if (!body.ok) return respondRefusal(body.refusal);
  const { json } = body.value;
  const lag = isJsonObject(json) ? json['render_lag_ms'] : undefined;
  if (typeof lag !== 'number' || !(lag >= 0 && lag <= MAX_LAG_MS)) {
    const message = `The parameter render_lag_ms must be a number of milliseconds from 0 to ${MAX_LAG_MS}.`;
    return respondRefusal({ reason: 'invalid_request', param: 'render_lag_ms', message });
  }
  const located = await locateStream(deployment.signer, tenant.value, streamId);
  if (located === null) return respondRefusal({ reason: 'unknown_stream' });
  const { enabled, shards } = deployment.config.analytics;
  try {
    const place = { tenantObject: located.tenantObject, shards };
    if (enabled) await reportRenderLag(env, place, { id: streamId, renderLagMs: lag });
    return new Response(null, { status: 204 });
  } catch (error) {
    logFailure('report', error);
    return respondRefusal({ reason: 'overloaded', retryAfterMs: OVERLOADED_RETRY_MS });
  }
}
