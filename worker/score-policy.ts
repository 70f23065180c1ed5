// POST /v1/routing: a policy that is not in force, as `npm run policy:evaluate` takes it, is scored on the tenant's own
// latest decisions. Nothing is routed by it.

import type { Refusal } from '../protocol/errors.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';
import { logFailure } from '../durable-objects/log-failure.ts';
import type { PolicyScore } from '../policy/decisions/score-policy.ts';
import { parsePolicy, type CandidatePolicy } from '../policy/learning/candidate-policy.ts';
import { authenticate } from './authenticate.ts';
import type { RequestContext } from './pipeline.ts';
import { readJsonBody } from './read-body.ts';
import { respondRefusal } from './respond.ts';
import { within } from '../durable-objects/within.ts';
import { routingNamed } from './routing-client.ts';
import { tenantObjectName } from './stream-id.ts';
import { questionOf } from './tenant-policy.ts';

/** A policy with a bent calibration of some hundred points. */
const MAX_BODY_BYTES = 65_536;

/** What a client waits when the object cannot answer. */
const OVERLOADED_RETRY_MS = 1_000;

export async function scoreCandidate(
  request: Request,
  { deployment, env }: RequestContext,
): Promise<Response> {
  const principal = await authenticate(request, deployment);
  if (!principal.ok) return respondRefusal(principal.refusal);
  const body = await readJsonBody(request, MAX_BODY_BYTES);
  if (!body.ok) return respondRefusal(body.refusal);
  const policy = readPolicy(body.value.json);
  if (!policy.ok) return respondRefusal(policy.refusal);
  const { config, signer } = deployment;
  const { prior, typicalCost, cloudQuality } = questionOf({ config, tenant: principal.value.tenantConfig });
  const band = config.routing.stages.answer_check ? config.routing.answer_check.band : 0;
  const ground = { prior, typicalCost, cloudQuality, band };
  try {
    const routing = routingNamed(env, await tenantObjectName(signer, principal.value.tenant));
    const score = await within(routing.score(policy.value, ground));
    return Response.json(score === null ? { name: policy.value.name, decisions: 0 } : scoreFields(score));
  } catch (error) {
    logFailure('policy score', error);
    return respondRefusal({ reason: 'overloaded', retryAfterMs: OVERLOADED_RETRY_MS });
  }
}

function readPolicy(json: unknown): Result<CandidatePolicy, Refusal> {
  const parsed = parsePolicy(json);
  if (parsed.ok) return ok(parsed.value);
  const [problem] = parsed.refusal;
  if (problem === undefined) throw new Error('a policy was refused without a problem');
  const { path, message, remedy } = problem;
  const param = path === '' ? null : path;
  return refuse({
    reason: 'invalid_request',
    param,
    message: `${param ?? 'The policy'}: ${message}. ${remedy}`,
  });
}

/** In the words of the wire. */
function scoreFields({ name, decisions, threshold, share, shareInForce, agreement }: PolicyScore): object {
  return {
    name,
    decisions,
    threshold,
    share,
    share_in_force: shareInForce,
    agreement,
  };
}
