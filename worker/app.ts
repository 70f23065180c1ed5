// The route table, and nothing else: who may call, which function answers, what every response carries.

import { Hono } from 'hono/tiny';
import type { Refusal } from '../protocol/errors.ts';
import { listModels } from './catalogue.ts';
import { deploymentOf, type Deployment } from './deployment.ts';
import { exportDecisions } from './decisions.ts';
import type { Environment } from './environment.ts';
import { emptyCache } from './empty-cache.ts';
import { explainRoute } from './explain-route.ts';
import { takeFeedback } from './feedback.ts';
import { addCorsHeaders, checkOrigin, preflight } from './origin.ts';
import { runPipeline, type RequestContext } from './pipeline.ts';
import { respondRefusal } from './respond.ts';
import { respondStarted } from './respond-generation.ts';
import { authenticate } from './authenticate.ts';
import { scoreCandidate } from './score-policy.ts';
import { showBudget } from './show-budget.ts';
import { showRouting } from './show-routing.ts';
import { showUpstreams } from './show-upstreams.ts';
import { joinStream, readStream, stopStream } from './streams.ts';

type AppEnv = { Bindings: Environment; Variables: { deployment: Deployment; answered: Promise<void> } };

export const app = new Hono<AppEnv>();

app.use(async (c, next) => {
  const deployment = deploymentOf(c.env);
  if (!deployment.ok) return finish(respondRefusal(deployment.refusal), null);
  const origin = checkOrigin(c.req.raw, deployment.value);
  if (!origin.ok) return finish(respondRefusal(origin.refusal), null);
  if (c.req.method === 'OPTIONS') return preflight(c.req.raw, origin.value);
  c.set('deployment', deployment.value);
  const answered = Promise.withResolvers<void>();
  c.set('answered', answered.promise);
  await next();
  answered.resolve();
  c.res = finish(c.res, origin.value);
  return undefined;
});

app.get('/healthz', (c) => c.json({ status: 'ok' }));

app.get('/v1/models', async (c) => {
  const { deployment } = c.var;
  const principal = await authenticate(c.req.raw, deployment);
  return principal.ok ? Response.json(listModels(deployment.config)) : respondRefusal(principal.refusal);
});

app.post('/v1/chat/completions', async (c) => {
  const context = contextOf(c);
  const outcome = await runPipeline(c.req.raw, context);
  if (!outcome.ok) return respondRefusal(outcome.refusal);
  return outcome.value.type === 'joined'
    ? joinStream(c.req.raw, outcome.value, context)
    : respondStarted(outcome.value);
});

app.post('/v1/route', (c) => explainRoute(c.req.raw, contextOf(c)));
app.post('/v1/feedback', (c) => takeFeedback(c.req.raw, contextOf(c)));
app.get('/v1/decisions', (c) => exportDecisions(c.req.raw, contextOf(c)));
app.get('/v1/routing', (c) => showRouting(c.req.raw, contextOf(c)));
app.post('/v1/routing', (c) => scoreCandidate(c.req.raw, contextOf(c)));
app.get('/v1/budget', (c) => showBudget(c.req.raw, contextOf(c)));
app.get('/v1/upstreams', (c) => showUpstreams(c.req.raw, contextOf(c)));
app.delete('/v1/cache', (c) => emptyCache(c.req.raw, contextOf(c)));
app.get('/v1/streams/:id', (c) => readStream(c.req.raw, c.req.param('id'), contextOf(c)));
app.post('/v1/streams/:id/stop', (c) => stopStream(c.req.raw, c.req.param('id'), contextOf(c)));

const METHODS: Readonly<Record<string, string>> = {
  '/healthz': 'GET',
  '/v1/models': 'GET',
  '/v1/chat/completions': 'POST',
  '/v1/route': 'POST',
  '/v1/feedback': 'POST',
  '/v1/decisions': 'GET',
  '/v1/routing': 'GET, POST',
  '/v1/budget': 'GET',
  '/v1/upstreams': 'GET',
  '/v1/cache': 'DELETE',
  '/v1/streams/:id': 'GET',
  '/v1/streams/:id/stop': 'POST',
};
for (const [path, allow] of Object.entries(METHODS)) {
  app.all(path, () => respondRefusal({ reason: 'method_not_allowed', allow }));
}

app.notFound(() => respondRefusal({ reason: 'unknown_route' }));

app.onError((error) => {
  // An exception's message may quote a prompt, so only its name is logged, and nothing of it is answered.
  console.error(JSON.stringify({ level: 'error', where: 'request', error: error.name }));
  const refusal: Refusal = { reason: 'generation_failed', failure: 'internal', retryAfterMs: null };
  return respondRefusal(refusal);
});

function contextOf(c: {
  env: Environment;
  var: { deployment: Deployment; answered: Promise<void> };
  executionCtx: { waitUntil(promise: Promise<unknown>): void };
}): RequestContext {
  return {
    deployment: c.var.deployment,
    env: c.env,
    waitUntil: (promise) => c.executionCtx.waitUntil(promise),
    answered: c.var.answered,
  };
}

/** What every response carries: an id to quote in a report, and what the page that asked may read. */
function finish(response: Response, origin: string | null): Response {
  const headers = new Headers(response.headers);
  headers.set('x-request-id', crypto.randomUUID());
  addCorsHeaders(headers, origin);
  return new Response(response.body, { status: response.status, headers });
}
