// What users wait for, over time, for each group: time to the first token, gaps, speed, or our own part of it.

import type { JSX } from 'preact';
import type { PlotEvents, ChartTarget } from '../charts/plot-options.ts';
import { groupLines } from '../charts/read-series.ts';
import { TimeChart } from '../charts/time-chart.tsx';
import type { Timeseries } from '../state/analytics-answers.ts';
import { TOKENS_PER_SECOND_TARGET, TTFT_P50_TARGET, TTFT_P95_TARGET } from '../state/targets.ts';
import { useAnswer } from '../state/use-answer.ts';
import type { ChangeView } from '../state/use-view.ts';
import { LATENCY_METRICS, type LatencyMetric, questionPath, type View } from '../state/view.ts';
import { wordFor } from '../text/words.ts';
import { Choice } from './choice.tsx';
import { Panel } from './panel.tsx';

const TARGETS: Readonly<Record<LatencyMetric, readonly ChartTarget[]>> = {
  ttft_ms: [
    { value: TTFT_P50_TARGET.bound, label: 'p50 target' },
    { value: TTFT_P95_TARGET.bound, label: 'p95 target' },
  ],
  gap_p95_ms: [],
  tokens_per_second: [{ value: TOKENS_PER_SECOND_TARGET.bound, label: 'p50 target' }],
  overhead_ms: [],
};

type LatencyChartProps = {
  readonly view: View;
  readonly change: ChangeView;
  readonly onZoom: PlotEvents['onZoom'];
  readonly minHeight: number;
};

export function LatencyChart({ view, change, onZoom, minHeight }: LatencyChartProps): JSX.Element {
  const { metric, group } = view;
  const path = questionPath('timeseries', view, {
    metrics: `requests,${metric}`,
    percentiles: '50,95',
    ...(group === null ? {} : { group_by: group }),
  });
  const loaded = useAnswer<Timeseries>(path);
  const options = LATENCY_METRICS.map((value) => ({ value, label: wordFor(value) }));
  const metricChoice = (
    <Choice
      label="Metric"
      value={metric}
      options={options}
      onChange={(chosen) => change({ metric: chosen })}
    />
  );
  return (
    <Panel id="latency" title="Latency" aside={metricChoice} loaded={loaded} minHeight={minHeight}>
      {(answer) => {
        const { lines, leftOut, percentiles } = groupLines(answer, metric);
        const by = group === null ? '' : ` by ${wordFor(group).toLowerCase()}`;
        return (
          <TimeChart
            title={`${wordFor(metric)}${by}, ${percentiles.join(' and ')}`}
            times={answer.times}
            lines={lines}
            unit={metric === 'tokens_per_second' ? 'per_second' : 'ms'}
            targets={TARGETS[metric]}
            isStacked={false}
            band={null}
            onZoom={onZoom}
            {...(leftOut === 0
              ? {}
              : { note: `${leftOut} more with fewer requests are not drawn. Filter to see them.` })}
          />
        );
      }}
    </Panel>
  );
}
