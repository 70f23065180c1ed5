// GET /v1/analytics/…: who may ask, what was asked, and the answer as JSON or as one table.

import type { Refusal } from '../../protocol/errors.ts';
import type { Result } from '../../protocol/result.ts';
import { rowsOf, toCsv } from '../../policy/analytics/csv.ts';
import { parseQuestion } from '../../policy/analytics/parse-question.ts';
import { DIMENSIONS } from '../../policy/analytics/stats-question.ts';
import { authenticateOperator } from '../operator.ts';
import type { RequestContext } from '../pipeline.ts';
import { respondRefusal } from '../respond.ts';
import { respondLive } from './live.ts';
import { tellModels } from './models.ts';
import { tellQuality } from './quality.ts';
import { tellQuota } from './quota.ts';
import type { Reading, Told } from './read-cells.ts';
import { tellStream, tellStreams } from './recent-streams.ts';
import { tellRoutes } from './routes.ts';
import { isoOf } from './stream-fields.ts';
import { tellSummary } from './summary.ts';
import { tellTimeseries } from './timeseries.ts';

type Tell = (reading: Reading) => Promise<Result<Told, Refusal>>;

const TIME: readonly string[] = ['range', 'from', 'to', ...DIMENSIONS];
const PERCENTILES = 'percentiles';

/** Parameters beside `format`, and who answers; null: `live`, which is no single answer. */
const ENDPOINTS = new Map<string, readonly [readonly string[], Tell | null]>([
  ['summary', [[...TIME, 'group_by', PERCENTILES], tellSummary]],
  ['timeseries', [[...TIME, 'group_by', PERCENTILES, 'step', 'metrics'], tellTimeseries]],
  ['routes', [TIME, tellRoutes]],
  ['models', [[...TIME, PERCENTILES], tellModels]],
  ['quality', [[...TIME, PERCENTILES], tellQuality]],
  ['quota', [[], tellQuota]],
  ['streams', [[...DIMENSIONS, 'limit', 'outcome'], tellStreams]],
  ['live', [DIMENSIONS, null]],
]);

export async function showAnalytics(
  request: Request,
  context: RequestContext,
  name: string,
): Promise<Response> {
  const operator = await authenticateOperator(request, context.deployment);
  if (!operator.ok) return respondRefusal(operator.refusal);
  const endpoint = ENDPOINTS.get(name);
  if (endpoint === undefined) return respondRefusal({ reason: 'unknown_route' });
  const [takes, tell] = endpoint;
  const reading = { takes, nowMs: Date.now(), instant: Date.parse };
  const asked = parseQuestion(new URL(request.url).searchParams, request.headers.get('accept'), reading);
  if (!asked.ok) return respondRefusal(asked.refusal);
  if (tell === null) return respondLive({ context, asked: asked.value }, request.signal);
  const told = await tell({ context, asked: asked.value });
  if (!told.ok) return respondRefusal(told.refusal);
  const { body, rows = () => rowsOf(body) } = told.value;
  if (asked.value.isCsv) return respondText(toCsv(rows()), 'text/csv; charset=utf-8');
  const span = takes.includes('range')
    ? { from: isoOf(asked.value.fromMs), to: isoOf(asked.value.toMs) }
    : {};
  return respondJson({ object: `analytics.${name}`, ...span, ...body });
}

/** GET /v1/analytics/streams/{id} */
export async function showStream(request: Request, context: RequestContext, id: string): Promise<Response> {
  const operator = await authenticateOperator(request, context.deployment);
  if (!operator.ok) return respondRefusal(operator.refusal);
  const told = await tellStream(context, id);
  return told.ok ? respondJson(told.value) : respondRefusal(told.refusal);
}

function respondJson(body: object): Response {
  return respondText(JSON.stringify(body), 'application/json');
}

export function respondText(text: string, contentType: string): Response {
  return new Response(text, { headers: { 'content-type': contentType, 'cache-control': 'no-store' } });
}
