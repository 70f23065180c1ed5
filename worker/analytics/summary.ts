// GET /v1/analytics/summary: what routing saves and what readers feel, for the whole range in one answer.

import type { Refusal } from '../../protocol/errors.ts';
import { ok, type Result } from '../../protocol/result.ts';
import { Cell } from '../../policy/analytics/cell.ts';
import { totalsOf, waterfallOf } from '../../policy/analytics/metrics.ts';
import { HISTOGRAMS } from '../../policy/analytics/stats-question.ts';
import { activeStreams } from './active-streams.ts';
import { readGroups, together, type Reading, type Told } from './read-cells.ts';

export async function tellSummary(reading: Reading): Promise<Result<Told, Refusal>> {
  const { context, asked } = reading;
  const { groupBy, percentiles } = asked;
  const [tiers, parts, active] = await Promise.all([
    readGroups(reading, { groupBy: 'tier', histograms: HISTOGRAMS }),
    groupBy === null ? null : readGroups(reading, { groupBy, histograms: HISTOGRAMS }),
    activeStreams(context, asked.filter),
  ]);
  if (!tiers.ok) return tiers;
  if (parts?.ok === false) return parts;
  const edge = tiers.value.get('edge') ?? new Cell();
  const cloud = tiers.value.get('cloud') ?? new Cell();
  const all = together(tiers.value.values());
  const told = (cell: Cell) => totalsOf(cell, percentiles);
  const [totals, tierTotals] = [told(all), { edge: told(edge), cloud: told(cloud) }];
  const groups = parts && Array.from(parts.value, ([group, cell]) => ({ group, ...told(cell) }));
  const body = {
    totals,
    tiers: tierTotals,
    active_streams: active,
    groups,
    waterfall: { all: waterfallOf(all), edge: waterfallOf(edge), cloud: waterfallOf(cloud) },
  };
  const rows = () => [
    { of: 'all', group: '', ...totals },
    { of: 'tier', group: 'edge', ...tierTotals.edge },
    { of: 'tier', group: 'cloud', ...tierTotals.cloud },
    ...(groups ?? []).map((row) => ({ of: groupBy, ...row })),
  ];
  return ok({ body, rows });
}
