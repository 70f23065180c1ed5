// POST /v1/route: the decision for a chat request, with everything that led to it, without running it.

import { parseChatRequest } from '../dialects/chat/parse-request.ts';
import { isJsonObject } from '../protocol/json.ts';
import { routeEvent } from '../protocol/route-event.ts';
import type { ModelConfig } from '../policy/config.ts';
import { answerLimit } from '../policy/effective-limits.ts';
import { estimateCostUsd } from '../policy/estimate-cost.ts';
import { authenticate } from './authenticate.ts';
import type { RequestContext } from './pipeline.ts';
import { policyInForce } from './policy-in-force.ts';
import { readJsonBody } from './read-body.ts';
import { parseRequestOptions } from './request-options.ts';
import { respondRefusal } from './respond.ts';
import { modelsCalled, possibleCheck } from './plan-calls.ts';
import { routeRequest } from './route-request.ts';

/** A question about routing need not repeat that the router shall choose. */
function withModel(json: unknown): unknown {
  return isJsonObject(json) ? { model: 'auto', ...json } : json;
}

/** A draw that explores nothing: an explanation is the same every time it is asked for. */
const NO_DRAW = 1;

export async function explainRoute(request: Request, context: RequestContext): Promise<Response> {
  const { deployment } = context;
  const options = parseRequestOptions(request.headers);
  if (!options.ok) return respondRefusal(options.refusal);
  const principal = await authenticate(request, deployment);
  if (!principal.ok) return respondRefusal(principal.refusal);
  const { config } = deployment;
  const body = await readJsonBody(request, config.limits.body_bytes);
  if (!body.ok) return respondRefusal(body.refusal);
  const chat = parseChatRequest(withModel(body.value.json), { maxMessages: config.limits.messages });
  if (!chat.ok) return respondRefusal(chat.refusal);
  const policy = await policyInForce(principal.value, context);
  const routed = routeRequest(chat.value, {
    principal: principal.value,
    deployment,
    policy,
    options: options.value,
    nowMs: Date.now(),
    draw: NO_DRAW,
  });
  if (!routed.ok) return respondRefusal(routed.refusal);
  const { decided, model, inputTokens } = routed.value;
  const scope = { config, tenant: principal.value.tenantConfig };
  const limitOf = (called: ModelConfig): number => answerLimit(scope, chat.value.maxOutputTokens, called);
  const { env } = context;
  const check = possibleCheck(decided, { request: chat.value, deployment, env });
  const called = modelsCalled(model, check, deployment);
  const {
    type: _type,
    answer_check: _none,
    ...decision
  } = routeEvent({ decision: decided.decision, check: null });
  return Response.json({
    ...decision,
    // Uncertain: the edge drafts first, and this tier answers when the draft is not good enough.
    answer_check: check === null ? null : { mode: check.mode, escalates_to: check.escalation.model },
    data_locality: decided.locality,
    // Who stands in when the model fails, in this order.
    fallbacks: decided.fallbacks,
    // The most it can cost, with every call that a check may make: no answer's real length is known before it is given.
    estimated_cost_usd: called.reduce(
      (sum, one) => sum + estimateCostUsd({ inputTokens, outputTokens: limitOf(one) }, one.price),
      0,
    ),
    estimated_tokens: { input: inputTokens, output_limit: limitOf(model) },
  });
}
