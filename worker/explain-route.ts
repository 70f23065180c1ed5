// POST /v1/route: the decision for a chat request, without running it.

import { isJsonObject } from '../protocol/json.ts';
import { parseChatRequest } from '../dialects/chat/parse-request.ts';
import { estimateCostUsd } from '../policy/estimate-cost.ts';
import { outputLimit } from '../policy/effective-limits.ts';
import { authenticate } from './authenticate.ts';
import type { RequestContext } from './pipeline.ts';
import { readJsonBody } from './read-body.ts';
import { respondRefusal } from './respond.ts';
import { routeRequest } from './route-request.ts';

/** A question about routing need not repeat that the router shall choose. */
function withModel(json: unknown): unknown {
  return isJsonObject(json) ? { model: 'auto', ...json } : json;
}

export async function explainRoute(request: Request, { deployment }: RequestContext): Promise<Response> {
  const principal = await authenticate(request, deployment);
  if (!principal.ok) return respondRefusal(principal.refusal);
  const { config } = deployment;
  const body = await readJsonBody(request, config.limits.body_bytes);
  if (!body.ok) return respondRefusal(body.refusal);
  const chat = parseChatRequest(withModel(body.value.json), { maxMessages: config.limits.messages });
  if (!chat.ok) return respondRefusal(chat.refusal);
  const routed = routeRequest(chat.value, principal.value, deployment);
  if (!routed.ok) return respondRefusal(routed.refusal);
  const { decision, model, inputTokens } = routed.value;
  const scope = { config, tenant: principal.value.tenantConfig };
  const outputTokens = outputLimit(scope, chat.value.maxOutputTokens, model.max_output_tokens);
  const { tier, probability, threshold, reasons } = decision;
  return Response.json({
    tier,
    probability,
    threshold,
    reasons,
    model: model.id,
    // The most it can cost: the answer's real length is not known before it is given.
    estimated_cost_usd: estimateCostUsd({ inputTokens, outputTokens }, model.price),
    estimated_tokens: { input: inputTokens, output_limit: outputTokens },
  });
}
