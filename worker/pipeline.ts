// The one line every generation takes: authenticate → parse → route → plan → admit → generate.
// One step a statement, every refusal leaves at once. What follows (headers, bodies) is the response's.

import { parseChatRequest } from '../dialects/chat/parse-request.ts';
import type { Refusal } from '../protocol/errors.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';
import { endpointNamed } from '../durable-objects/endpoints.ts';
import type { ModelConfig } from '../policy/config.ts';
import { authenticate } from './authenticate.ts';
import { ConversationClient } from './conversation-client.ts';
import type { Deployment } from './deployment.ts';
import type { Environment } from './environment.ts';
import { startGeneration, type StartedGeneration } from './start-generation.ts';
import { resumeLink, routedOf } from './generation-headers.ts';
import { makePlan, type PlannedRequest } from './make-plan.ts';
import { Phases } from './phases.ts';
import { policyInForce } from './policy-in-force.ts';
import { readJsonBody } from './read-body.ts';
import { parseRequestOptions, type RequestOptions } from './request-options.ts';
import { routeRequest, type RoutedRequest } from './route-request.ts';
import { askTenant } from './tenant-client.ts';

/** A generation of this request, or the stream of an earlier identical one that it joins. */
export type PipelineOutcome =
  | {
      readonly type: 'started';
      readonly started: StartedGeneration;
      readonly options: RequestOptions;
      /** Value of the `link` header, for a stream that can be resumed. */
      readonly link: string;
      readonly phases: Phases;
    }
  | {
      readonly type: 'joined';
      readonly streamId: string;
      readonly tenant: string;
      readonly isStream: boolean;
    };

export type RequestContext = {
  readonly deployment: Deployment;
  readonly env: Environment;
  readonly waitUntil: (promise: Promise<unknown>) => void;
  /** Resolves when the response is made: what is not needed for it waits for that. */
  readonly answered: Promise<void>;
};

export async function runPipeline(
  request: Request,
  context: RequestContext,
): Promise<Result<PipelineOutcome, Refusal>> {
  const { deployment, env } = context;
  const phases = new Phases();
  const options = parseRequestOptions(request.headers);
  if (!options.ok) return options;
  const principal = await authenticate(request, deployment);
  if (!principal.ok) return principal;
  phases.end('auth');
  const body = await readJsonBody(request, deployment.config.limits.body_bytes);
  if (!body.ok) return body;
  const chat = parseChatRequest(body.value.json, { maxMessages: deployment.config.limits.messages });
  if (!chat.ok) return chat;
  phases.end('parse');
  const policy = await policyInForce(principal.value, context);
  const routed = routeRequest(chat.value, {
    principal: principal.value,
    deployment,
    policy,
    options: options.value,
    nowMs: Date.now(),
    draw: Math.random(),
  });
  if (!routed.ok) return routed;
  const missing = missingUpstream(routed.value.model, env);
  if (missing !== null) return refuse(missing);
  const address = request.headers.get('cf-connecting-ip');
  const planned = await makePlan({
    request: chat.value,
    bodyText: body.value.text,
    address,
    principal: principal.value,
    options: options.value,
    routed: routed.value,
    deployment,
    env,
  });
  phases.end('plan');
  const admitted = await admit(planned, options.value, context);
  if (!admitted.ok) return admitted;
  if (admitted.value.type === 'joined') {
    const { streamId } = admitted.value;
    return ok({ type: 'joined', streamId, tenant: principal.value.tenant, isStream: chat.value.stream });
  }
  phases.end('admit');
  const client = new ConversationClient(env, planned.conversationObject);
  const [started, link] = await Promise.all([
    startGeneration(admitted.value.plan, client, { context, request, lease: planned.lease }),
    resumeLink(planned.plan, deployment), // made while the upstream thinks, not after its first token
  ]);
  if (!started.ok) return started;
  phases.end('head');
  rememberRoute(started.value, routed.value, deployment);
  return ok({ type: 'started', started: started.value, options: options.value, link, phases });
}

/**
 * After an escalation the conversation goes on where it was answered. When the head left before the draft was judged
 * nobody here knows where that is, so nothing is remembered.
 */
function rememberRoute(
  started: StartedGeneration,
  { decided, memoryKeys }: RoutedRequest,
  { memory }: Deployment,
): void {
  const routed = started.type === 'direct' ? started.answer.routed : routedOf(started.plan, started.response);
  if (routed === null) return;
  const { tier, model } = routed.decision;
  memory.remember(memoryKeys, { ...decided.remember, tier, model });
}

/** A tier without an endpoint is a deployment that is not finished: say what to set, and start nothing. */
function missingUpstream(model: ModelConfig, env: Environment): Refusal | null {
  if (endpointNamed(model.endpoint, env) !== null) return null;
  const missing = model.endpoint === 'cloud' ? 'OPENAI_API_KEY' : 'the AI binding or EDGE_BASE_URL';
  return {
    reason: 'not_configured',
    missing,
    remedy: `The ${model.endpoint} tier needs it: wrangler secret put.`,
  };
}

type Admitted =
  | { readonly type: 'planned'; readonly plan: PlannedRequest['plan'] }
  | { readonly type: 'joined'; readonly streamId: string };

/**
 * A tenant in good standing is admitted by the Conversation, in parallel with the upstream call. Everybody
 * else waits here: nobody pays for a call that will be refused, and a repeated request must join before it starts.
 */
async function admit(
  planned: PlannedRequest,
  options: RequestOptions,
  { deployment, env }: RequestContext,
): Promise<Result<Admitted, Refusal>> {
  const { plan } = planned;
  const { headroom } = deployment;
  const caller = { ...planned.lease, tenant: plan.tenant };
  const mayJoin = options.idempotencyKey !== null || options.isRetry;
  if (!mayJoin && options.isResumable && headroom.isAmple(caller, Date.now())) {
    headroom.spend(caller);
    return ok({ type: 'planned', plan });
  }
  const outcome = await askTenant(env, plan.tenantObject, planned.lease);
  switch (outcome.type) {
    case 'granted':
      headroom.granted(caller, outcome.headroom, Date.now());
      return ok({
        type: 'planned',
        plan: { ...plan, admission: { type: 'granted', headroom: outcome.headroom } },
      });
    case 'attached':
      return ok({ type: 'joined', streamId: outcome.streamId });
    case 'refused':
      headroom.refused(caller, outcome.refusal, Date.now());
      return refuse(outcome.refusal);
  }
}
