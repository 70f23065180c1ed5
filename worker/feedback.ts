// POST /v1/feedback: what somebody says of an answer, for the tenant's own calibration. 204: it counts. 202: the
// answer still runs, it will count when that ends.

import type { Refusal } from '../protocol/errors.ts';
import { parseFeedback } from '../policy/learning/feedback.ts';
import type { FeedbackOutcome } from '../durable-objects/routing.ts';
import { logFailure } from '../durable-objects/log-failure.ts';
import { authenticate } from './authenticate.ts';
import type { RequestContext } from './pipeline.ts';
import { readJsonBody } from './read-body.ts';
import { respondRefusal } from './respond.ts';
import { within } from '../durable-objects/within.ts';
import { routingNamed } from './routing-client.ts';
import { locateStream } from './stream-id.ts';

/** A stream id and one word; ten times what that takes. */
const MAX_BODY_BYTES = 2_048;

/** What a client waits when the object cannot take it now: those that wait for their answers become fewer with each. */
const OVERLOADED_RETRY_MS = 5_000;

export async function takeFeedback(request: Request, { deployment, env }: RequestContext): Promise<Response> {
  const principal = await authenticate(request, deployment);
  if (!principal.ok) return respondRefusal(principal.refusal);
  const body = await readJsonBody(request, MAX_BODY_BYTES);
  if (!body.ok) return respondRefusal(body.refusal);
  const said = parseFeedback(body.value.json);
  if (!said.ok) return respondRefusal(said.refusal);
  const located = await locateStream(deployment.signer, principal.value.tenant, said.value.stream);
  if (located === null) return respondRefusal({ reason: 'unknown_stream' });
  if (!deployment.config.routing.log_decisions) return respondRefusal(UNRECORDED);
  try {
    const routing = routingNamed(env, located.tenantObject);
    return respond(await within(routing.feedback(said.value, located.createdMs)));
  } catch (error) {
    logFailure('feedback', error);
    return respondRefusal({ reason: 'overloaded', retryAfterMs: OVERLOADED_RETRY_MS });
  }
}

function respond(outcome: FeedbackOutcome): Response {
  switch (outcome) {
    case 'joined':
      return new Response(null, { status: 204 });
    case 'waiting':
      return new Response(null, { status: 202 });
    case 'full':
      return respondRefusal({ reason: 'overloaded', retryAfterMs: OVERLOADED_RETRY_MS });
    case 'unknown':
      return respondRefusal(UNRECORDED);
  }
}

const UNRECORDED: Refusal = {
  reason: 'invalid_request',
  param: 'stream',
  message:
    'The decision of this stream is not kept: it is too old, or routing.log_decisions is off. Send feedback soon after the answer.',
};
