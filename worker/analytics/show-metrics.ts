// GET /metrics: the lifetime totals for Prometheus. They are those that are on disk, so that no counter ever goes back,
// and those of all shards: a sum without one of them would look like a counter that was reset.

import { briefKey } from '../../policy/analytics/cell-key.ts';
import { prometheusText } from '../../policy/analytics/prometheus-text.ts';
import { readRollup, Rollup } from '../../policy/analytics/rollup.ts';
import { authenticateOperator } from '../operator.ts';
import type { RequestContext } from '../pipeline.ts';
import { respondRefusal } from '../respond.ts';
import { askShards, statsShards } from '../stats-client.ts';
import { respondText } from './show-analytics.ts';

export async function showMetrics(request: Request, context: RequestContext): Promise<Response> {
  const operator = await authenticateOperator(request, context.deployment);
  if (!operator.ok) return respondRefusal(operator.refusal);
  const totals = await askShards(statsShards(context), (shard) => shard.totals());
  if (!totals.ok) return respondRefusal(totals.refusal);
  const rollup = new Rollup(Infinity);
  // A shard with too many models calls the tenant of some of them `other`: they are the same series as elsewhere.
  for (const bytes of totals.value) readRollup(bytes, (key) => rollup.cellOf(briefKey(key)));
  const rows = Array.from(rollup.entries(), ({ key, cell }) => ({ ...key, cell }));
  return respondText(prometheusText(rows), 'text/plain; version=0.0.4; charset=utf-8');
}
