// The route table, and nothing else: who may call, which function answers, what every response carries.

import { showAnalytics, showStream } from './analytics/show-analytics.ts';
import { showMetrics } from './analytics/show-metrics.ts';
import { listModels } from './catalogue.ts';
import { countRefusal } from './count-refusals.ts';
import { deploymentOf } from './deployment.ts';
import { exportDecisions } from './decisions.ts';
import type { Environment } from './environment.ts';
import { emptyCache } from './empty-cache.ts';
import { explainRoute } from './explain-route.ts';
import { takeFeedback } from './feedback.ts';
import { addCorsHeaders, checkOrigin, preflight } from './origin.ts';
import { runPipeline, type RequestContext } from './pipeline.ts';
import { respondRefusal } from './respond.ts';
import { respondStarted } from './respond-generation.ts';
import { findRoute, type RouteTable } from './route-table.ts';
import { authenticate } from './authenticate.ts';
import { scoreCandidate } from './score-policy.ts';
import { showBudget } from './show-budget.ts';
import { showRouting } from './show-routing.ts';
import { showUpstreams } from './show-upstreams.ts';
import { joinStream, readStream, stopStream } from './streams.ts';
import { takeReport } from './take-report.ts';

type Execution = Pick<ExecutionContext, 'waitUntil'>;

type Answer = (request: Request, context: RequestContext, id: string) => Response | Promise<Response>;

const ROUTES: RouteTable<Answer> = {
  'GET /healthz': () => Response.json({ status: 'ok' }),
  'GET /v1/models': showModels,
  'POST /v1/chat/completions': complete,
  'POST /v1/route': explainRoute,
  'POST /v1/feedback': takeFeedback,
  'GET /v1/decisions': exportDecisions,
  'GET /v1/routing': showRouting,
  'POST /v1/routing': scoreCandidate,
  'GET /v1/budget': showBudget,
  'GET /v1/upstreams': showUpstreams,
  'DELETE /v1/cache': emptyCache,
  'GET /v1/analytics/:id': showAnalytics,
  'GET /v1/analytics/streams/:id': showStream,
  'GET /metrics': showMetrics,
  'GET /v1/streams/:id': readStream,
  'POST /v1/streams/:id/stop': stopStream,
  'POST /v1/streams/:id/report': takeReport,
};

export const app = {
  async fetch(request: Request, bindings: object, execution: Execution): Promise<Response> {
    // What is bound is the word of wrangler.toml; no code can check it.
    const response = await guarded(() => receive(request, bindings as Environment, execution));
    if (request.method !== 'HEAD') return response;
    // A body that nobody reads would be generated and followed to its end.
    if (response.body !== null) execution.waitUntil(response.body.cancel());
    return new Response(null, response);
  },
};

async function receive(request: Request, env: Environment, execution: Execution): Promise<Response> {
  const deployment = deploymentOf(env);
  if (!deployment.ok) return finish(respondRefusal(deployment.refusal), null);
  const origin = checkOrigin(request, deployment.value);
  if (!origin.ok) return finish(respondRefusal(origin.refusal), null);
  if (request.method === 'OPTIONS') return preflight(request, origin.value);
  const answered = Promise.withResolvers<void>();
  const context: RequestContext = {
    deployment: deployment.value,
    env,
    waitUntil: (promise) => execution.waitUntil(promise),
    answered: answered.promise,
  };
  const route = findRoute(ROUTES, request.method, new URL(request.url).pathname);
  const response = route.ok
    ? await guarded(() => route.value.answer(request, context, route.value.id))
    : respondRefusal(route.refusal);
  answered.resolve();
  return finish(response, origin.value);
}

async function showModels(request: Request, { deployment }: RequestContext): Promise<Response> {
  const principal = await authenticate(request, deployment);
  return principal.ok ? Response.json(listModels(deployment.config)) : respondRefusal(principal.refusal);
}

async function complete(request: Request, context: RequestContext): Promise<Response> {
  const outcome = await runPipeline(request, context);
  if (!outcome.ok) {
    countRefusal(request, outcome.refusal, context);
    return respondRefusal(outcome.refusal);
  }
  return outcome.value.type === 'joined'
    ? joinStream(request, outcome.value, context)
    : respondStarted(outcome.value);
}

async function guarded(answer: () => Response | Promise<Response>): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    // An exception's message may quote a prompt, so only its name is logged, and nothing of it is answered.
    const name = error instanceof Error ? error.name : 'unknown';
    console.error(JSON.stringify({ level: 'error', where: 'request', error: name }));
    return respondRefusal({ reason: 'generation_failed', failure: 'internal', retryAfterMs: null });
  }
}

/** What every response carries: an id to quote in a report, and what the page that asked may read. */
function finish(response: Response, origin: string | null): Response {
  const headers = new Headers(response.headers);
  headers.set('x-request-id', crypto.randomUUID());
  addCorsHeaders(headers, origin);
  return new Response(response.body, { status: response.status, headers });
}
