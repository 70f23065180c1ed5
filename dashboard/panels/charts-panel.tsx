// How it went over time: requests by tier, latency by the chosen group, money, errors. One time cursor for all of them.

import type { JSX } from 'preact';
import { metricValues, seriesOf } from '../charts/read-series.ts';
import type { PlotEvents } from '../charts/plot-options.ts';
import { TimeChart } from '../charts/time-chart.tsx';
import type { Timeseries } from '../state/analytics-answers.ts';
import type { Loaded } from '../state/use-answer.ts';
import { ERROR_RATE_TARGET } from '../state/targets.ts';
import { LatencyChart } from './latency-chart.tsx';
import { Panel } from './panel.tsx';
import type { ChangeView } from '../state/use-view.ts';
import type { View } from '../state/view.ts';

type ChartsPanelProps = {
  readonly view: View;
  readonly change: ChangeView;
  readonly whole: Loaded<Timeseries>;
  readonly byTier: Loaded<Timeseries>;
};

const CHART_HEIGHT = 290;

export function ChartsPanel({ view, change, whole, byTier }: ChartsPanelProps): JSX.Element {
  const onZoom: PlotEvents['onZoom'] = (from, to) =>
    change({ range: { type: 'between', from: isoOf(from), to: isoOf(to) } });
  return (
    <div class="charts">
      <Panel id="requests" title="Traffic" loaded={byTier} minHeight={CHART_HEIGHT}>
        {(answer) => <RequestsChart answer={answer} onZoom={onZoom} />}
      </Panel>
      <LatencyChart view={view} change={change} onZoom={onZoom} minHeight={CHART_HEIGHT} />
      <Panel id="cost" title="Money" loaded={whole} minHeight={CHART_HEIGHT}>
        {(answer) => <CostChart answer={answer} onZoom={onZoom} />}
      </Panel>
      <Panel id="errors" title="Errors" loaded={whole} minHeight={CHART_HEIGHT}>
        {(answer) => <ErrorChart answer={answer} onZoom={onZoom} />}
      </Panel>
    </div>
  );
}

type OneChartProps = { readonly answer: Timeseries; readonly onZoom: PlotEvents['onZoom'] };

function RequestsChart({ answer, onZoom }: OneChartProps): JSX.Element {
  const line = (tier: 'edge' | 'cloud', label: string) =>
    ({
      label,
      values: metricValues(answer, seriesOf(answer, tier), 'requests'),
      colour: `--${tier}`,
      style: 'bars',
    }) as const;
  return (
    <TimeChart
      title="Requests by tier"
      times={answer.times}
      lines={[line('cloud', 'Cloud'), line('edge', 'Edge')]}
      unit="count"
      targets={[]}
      isStacked
      band={null}
      onZoom={onZoom}
    />
  );
}

function CostChart({ answer, onZoom }: OneChartProps): JSX.Element {
  const series = answer.series[0];
  return (
    <TimeChart
      title="Cost against all-cloud"
      times={answer.times}
      lines={[
        {
          label: 'If all had gone to the cloud',
          values: metricValues(answer, series, 'all_cloud_usd'),
          colour: '--cloud',
          style: 'dashed',
        },
        {
          label: 'What it cost',
          values: metricValues(answer, series, 'cost_usd'),
          colour: '--edge',
          style: 'line',
        },
      ]}
      unit="usd"
      targets={[]}
      isStacked={false}
      band="--good"
      note="What lies between the lines is saved."
      onZoom={onZoom}
    />
  );
}

function ErrorChart({ answer, onZoom }: OneChartProps): JSX.Element {
  return (
    <TimeChart
      title="Error rate"
      times={answer.times}
      lines={[
        {
          label: 'Failed, of all requests',
          values: metricValues(answer, answer.series[0], 'error_rate'),
          colour: '--bad',
          style: 'area',
        },
      ]}
      unit="rate"
      targets={[{ value: ERROR_RATE_TARGET.bound, label: 'target' }]}
      isStacked={false}
      band={null}
      onZoom={onZoom}
    />
  );
}

function isoOf(seconds: number): string {
  return new Date(Math.round(seconds) * 1_000).toISOString();
}
