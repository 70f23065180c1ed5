// The one line every generation takes: authenticate → parse → route → plan → admit → generate.
// One step a statement, every refusal leaves at once. What follows (headers, bodies) is the response's.

import { parseChatRequest } from '../dialects/chat/parse-request.ts';
import type { ChatRequest } from '../protocol/chat-request.ts';
import type { Refusal } from '../protocol/errors.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';
import type { ModelConfig } from '../policy/config.ts';
import { decideRoute } from '../policy/plan-route.ts';
import { decideOverBudget } from '../policy/route/over-budget.ts';
import { repeatedLease, repeatedPlan } from '../policy/cache/repeated-plan.ts';
import { admit } from './admit.ts';
import { authenticate } from './authenticate.ts';
import { consultCache, type Consulted } from './consult-cache.ts';
import { ConversationClient } from './conversation-client.ts';
import type { Deployment } from './deployment.ts';
import type { Environment } from './environment.ts';
import { startGeneration, type StartedGeneration } from './start-generation.ts';
import { resumeLink, routedOf } from './generation-headers.ts';
import { makePlan, type PlannedRequest } from './make-plan.ts';
import type { PlanInput } from './plan-calls.ts';
import { Phases } from './phases.ts';
import { policyInForce } from './policy-in-force.ts';
import { readJsonBody } from './read-body.ts';
import { parseRequestOptions, type RequestOptions } from './request-options.ts';
import { routeRequest, type RouteContext, type RoutedRequest } from './route-request.ts';
import { lackOf } from './plan-candidates.ts';
import { missingOf } from './upstream-targets.ts';

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
  const accepted: AcceptedRequest = {
    request: chat.value,
    bodyText: body.value.text,
    receivedMs: phases.startedMs,
    address: request.headers.get('cf-connecting-ip'),
    principal: principal.value,
    options: options.value,
    policy,
    nowMs: Date.now(),
    draw: Math.random(),
  };
  const first = await routeAndPlan(accepted, context, decideRoute);
  if (!first.ok) return first;
  phases.end('plan');
  const atEdge = () => routeAndPlan(accepted, context, decideOverBudget);
  const admitted = await admit({ planned: first.value, options: options.value, atEdge }, context);
  if (!admitted.ok) return admitted;
  if (admitted.value.type === 'joined') {
    const { streamId } = admitted.value;
    return ok({ type: 'joined', streamId, tenant: principal.value.tenant, isStream: chat.value.stream });
  }
  phases.end('admit');
  const { plan, lease, conversationObject, routed } = admitted.value.planned;
  const client = new ConversationClient(env, conversationObject);
  const [started, link] = await Promise.all([
    startGeneration(plan, client, { context, request, lease }),
    resumeLink(plan, deployment), // made while the upstream thinks, not after its first token
  ]);
  if (!started.ok) return started;
  phases.end('head');
  rememberRoute(started.value, routed, deployment);
  return ok({ type: 'started', started: started.value, options: options.value, link, phases });
}

type AcceptedRequest = Omit<PlanInput, 'routed' | 'deployment' | 'env'> &
  Pick<RouteContext, 'policy' | 'nowMs' | 'draw'>;

type RoutedPlan = PlannedRequest & { readonly routed: RoutedRequest };

/** Two ways to decide: by the request, and by what is left to it once its tenant's money is spent. */
async function routeAndPlan(
  accepted: AcceptedRequest,
  context: RequestContext,
  decide: typeof decideRoute,
): Promise<Result<RoutedPlan, Refusal>> {
  const { deployment, env } = context;
  const routed = routeRequest(accepted.request, { ...accepted, deployment }, decide);
  if (!routed.ok) return routed;
  const unfit = unfitModel(routed.value.model, accepted.request, context);
  if (unfit !== null) return refuse(unfit);
  const input: PlanInput = { ...accepted, routed: routed.value, deployment, env };
  const [made, consulted] = await Promise.all([makePlan(input), consultCache(accepted.request, input)]);
  return ok({ ...withCache(made, consulted), routed: routed.value });
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

/** What is kept already is repeated; else the answer is made, and kept if the request uses the cache. */
function withCache(planned: PlannedRequest, { plan: cache, cached }: Consulted): PlannedRequest {
  if (cached === null) return { ...planned, plan: { ...planned.plan, cache } };
  return { ...planned, plan: repeatedPlan(planned.plan, cached), lease: repeatedLease(planned.lease) };
}

/** A model that is not set up, or whose provider has no words for the request: say so, and start nothing. */
function unfitModel(
  model: ModelConfig,
  request: ChatRequest,
  { deployment: { config }, env }: RequestContext,
): Refusal | null {
  const missing = missingOf(model, { config, env });
  if (missing === null) {
    const capability = lackOf(model, request, { config, env });
    return capability === null ? null : { reason: 'unsupported_capability', model: model.id, capability };
  }
  return {
    reason: 'not_configured',
    missing,
    remedy: `The ${model.endpoint} tier needs it: wrangler secret put.`,
  };
}
