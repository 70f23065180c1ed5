// GET /v1/analytics/models: what each model did, which upstreams are well now, and when their breakers turned.

import type { Refusal } from '../../protocol/errors.ts';
import type { BreakerTurn } from '../../protocol/generation-record.ts';
import { ok, type Result } from '../../protocol/result.ts';
import type { Cell } from '../../policy/analytics/cell.ts';
import { distributionsOf, metricsOf, outcomesOf, shareOf, tokensOf } from '../../policy/analytics/metrics.ts';
import { countsOf } from '../../policy/analytics/route-answer.ts';
import type { HistogramName } from '../../policy/analytics/stats-question.ts';
import { upstreamList } from '../show-upstreams.ts';
import { askShards, statsShards } from '../stats-client.ts';
import { readGroups, together, type Reading, type Told } from './read-cells.ts';
import { isoOf } from './stream-fields.ts';

const HISTOGRAMS: readonly HistogramName[] = ['ttft_ms', 'tokens_per_second', 'gap_ms'];
const METRICS = ['requests', 'error_rate', 'failovers', 'continuations', 'hedges', 'cost_usd', 'hidden_usd'];

/** What a timeline shows. */
const MAX_TURNS = 500;

export async function tellModels(reading: Reading): Promise<Result<Told, Refusal>> {
  const { context } = reading;
  const [read, turns, upstreams] = await Promise.all([
    readGroups(reading, { groupBy: 'model', histograms: HISTOGRAMS }),
    askShards(statsShards(context), (shard) => shard.turns()),
    upstreamList(context.env),
  ]);
  if (!read.ok) return read;
  if (!turns.ok) return turns;
  const { requests } = together(read.value.values()).sums;
  const models = Array.from(read.value, ([model, cell]) => modelFields(model, cell, { reading, requests }));
  const body = { models, upstreams, turns: turnsOf(turns.value.flat(), reading) };
  return ok({ body, rows: () => models });
}

/** A model that is no longer configured has neither tier nor provider here. */
function modelFields(
  model: string,
  cell: Cell,
  { reading: { context, asked }, requests }: { readonly reading: Reading; readonly requests: number },
): object {
  const configured = context.deployment.config.models.find(({ id }) => id === model);
  return {
    model,
    tier: configured?.tier ?? null,
    provider: configured?.provider ?? null,
    share: shareOf(cell.sums.requests, requests),
    ...metricsOf(cell, METRICS),
    outcomes: outcomesOf(cell),
    failures: countsOf(cell, 'failure').map(([code, count]) => ({ code, count })),
    tokens: tokensOf(cell),
    ...distributionsOf(cell, HISTOGRAMS, asked.percentiles),
  };
}

function turnsOf(turns: readonly BreakerTurn[], { asked: { fromMs, toMs } }: Reading): readonly object[] {
  return turns
    .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
    .toSorted((one, two) => two.atMs - one.atMs)
    .slice(0, MAX_TURNS)
    .map(({ atMs, upstream, from, to, cause }) => ({ at: isoOf(atMs), upstream, from, to, cause }));
}
