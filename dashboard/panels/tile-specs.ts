// Which tiles there are, in reading order: what routing saves, then what users feel.

import { metricValues, percentileValues, seriesOf } from '../charts/read-series.ts';
import type { Distribution, Summary, Tier, Timeseries, Values } from '../state/analytics-answers.ts';
import {
  ERROR_RATE_TARGET,
  RECONNECT_RATE_TARGET,
  TOKENS_PER_SECOND_TARGET,
  TTFT_P50_TARGET,
  TTFT_P95_TARGET,
} from '../state/targets.ts';
import { formatValue } from '../text/format.ts';
import type { TileSpec } from './tile.tsx';

/** What the sparklines are drawn from; null as long as it is on its way. */
export type TileTrends = { readonly whole: Timeseries | null; readonly byTier: Timeseries | null };

export function tileSpecs(summary: Summary, trends: TileTrends): readonly TileSpec[] {
  return [
    ...moneyTiles(summary, trends),
    ...firstTokenTiles(summary, 'edge', trends.byTier),
    ...firstTokenTiles(summary, 'cloud', trends.byTier),
    ...feelTiles(summary, trends),
  ];
}

function moneyTiles({ totals, active_streams }: Summary, { whole }: TileTrends): readonly TileSpec[] {
  const share = formatValue(totals.saved_share, 'rate');
  const ofCloud = `${share} of ${formatValue(totals.all_cloud_usd, 'usd')}`;
  return [
    { id: 'requests', label: 'Requests', value: totals.requests, unit: 'count', ...trend(whole, 'requests') },
    {
      id: 'active_streams',
      label: 'Active streams',
      value: active_streams,
      unit: 'count',
      note: 'right now',
    },
    {
      id: 'edge_share',
      label: 'Edge share',
      value: totals.edge_share,
      unit: 'rate',
      note: 'answered at the edge',
      colour: '--edge',
      ...trend(whole, 'edge_share'),
    },
    {
      id: 'saved_usd',
      label: 'Saved against all-cloud',
      value: totals.saved_usd,
      unit: 'usd',
      note: ofCloud,
      colour: '--good',
      ...trend(whole, 'saved_usd'),
    },
  ];
}

function firstTokenTiles(summary: Summary, tier: Tier, byTier: Timeseries | null): readonly TileSpec[] {
  const name = tier === 'edge' ? 'Edge' : 'Cloud';
  const found = summary.tiers[tier].ttft_ms;
  const values = (percentile: string): { readonly values?: Values } =>
    byTier === null
      ? {}
      : { values: percentileValues(byTier, seriesOf(byTier, tier), { metric: 'ttft_ms', percentile }) };
  const shared = { unit: 'ms', colour: `--${tier}` } as const;
  return [
    {
      ...shared,
      id: `${tier}_ttft_p50`,
      label: `${name} TTFT p50`,
      value: middle(found),
      target: TTFT_P50_TARGET,
      ...values('p50'),
    },
    {
      ...shared,
      id: `${tier}_ttft_p95`,
      label: `${name} TTFT p95`,
      value: found.p95 ?? null,
      target: TTFT_P95_TARGET,
      ...values('p95'),
    },
  ];
}

function feelTiles({ totals }: Summary, { whole }: TileTrends): readonly TileSpec[] {
  return [
    {
      id: 'tokens_per_second',
      label: 'Tokens/s p50',
      value: middle(totals.tokens_per_second),
      unit: 'per_second',
      target: TOKENS_PER_SECOND_TARGET,
      ...(whole === null
        ? {}
        : {
            values: percentileValues(whole, whole.series[0], {
              metric: 'tokens_per_second',
              percentile: 'p50',
            }),
          }),
    },
    {
      id: 'error_rate',
      label: 'Errors',
      value: totals.error_rate,
      unit: 'rate',
      target: ERROR_RATE_TARGET,
      colour: '--bad',
      ...trend(whole, 'error_rate'),
    },
    {
      id: 'reconnect_rate',
      label: 'Reconnects',
      value: totals.reconnect_rate,
      unit: 'rate',
      target: RECONNECT_RATE_TARGET,
      ...trend(whole, 'reconnects'),
    },
    {
      id: 'cancel_rate',
      label: 'Cancelled',
      value: totals.cancel_rate,
      unit: 'rate',
      note: 'stopped by their users',
      ...trend(whole, 'stopped'),
    },
    {
      id: 'completion_rate',
      label: 'Completed',
      value: totals.completion_rate,
      unit: 'rate',
      note: 'of all requests',
      ...trend(whole, 'completed'),
    },
    {
      id: 'abandon_rate',
      label: 'Left',
      value: totals.abandon_rate,
      unit: 'rate',
      note: 'nobody read any more',
      ...trend(whole, 'client_gone'),
    },
  ];
}

function trend(whole: Timeseries | null, metric: string): { readonly values?: Values } {
  return whole === null ? {} : { values: metricValues(whole, whole.series[0], metric) };
}

function middle(distribution: Distribution): number | null {
  return distribution.p50 ?? null;
}
