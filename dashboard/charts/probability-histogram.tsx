// How sure the classifier was that the edge is good enough, and where the requests went.

import type { JSX } from 'preact';
import type { ProbabilityBin } from '../state/analytics-answers.ts';
import { formatValue } from '../text/format.ts';
import { percent } from './percent.ts';
import { shareOf } from './scale.ts';

type HistogramProps = {
  readonly bins: readonly ProbabilityBin[];
  /** Edge from here on; null: not known. */
  readonly threshold: number | null;
};

export function ProbabilityHistogram({ bins, threshold }: HistogramProps): JSX.Element {
  const most = Math.max(...bins.map((bin) => bin.requests), 0);
  const label = histogramText(bins, threshold);
  return (
    <div>
      <h3>Probability that the edge is good enough</h3>
      <div class="histogram" role="img" aria-label={label}>
        {bins.map((bin) => (
          <span key={bin.from} class="histogram-bin" title={binText(bin)}>
            <span class="bin-cloud" style={{ height: percent(shareOf(bin.requests - bin.edge, most)) }} />
            <span class="bin-edge" style={{ height: percent(shareOf(bin.edge, most)) }} />
          </span>
        ))}
        {threshold === null ? null : (
          <span
            class={threshold > 0.7 ? 'threshold threshold-end' : 'threshold'}
            style={{ left: percent(threshold) }}
          >
            <span>threshold {threshold.toFixed(2)}</span>
          </span>
        )}
      </div>
      <div class="axis-ends" aria-hidden="true">
        <span>0</span>
        <span>0.5</span>
        <span>1</span>
      </div>
      <ul class="legend" aria-hidden="true">
        <li>
          <span class="swatch swatch-bars tone-edge" /> Edge
        </li>
        <li>
          <span class="swatch swatch-bars tone-cloud" /> Cloud
        </li>
      </ul>
    </div>
  );
}

function histogramText(bins: readonly ProbabilityBin[], threshold: number | null): string {
  const filled = bins.filter((bin) => bin.requests > 0);
  if (filled.length === 0) return 'No request was classified in this range.';
  const at = threshold === null ? '' : ` The threshold is ${threshold.toFixed(2)}.`;
  return `${filled.map(binText).join('; ')}.${at}`;
}

function binText({ from, to, requests, edge }: ProbabilityBin): string {
  const all = formatValue(requests, 'count');
  return `${from.toFixed(2)} to ${to.toFixed(2)}: ${all} requests, ${formatValue(edge, 'count')} at the edge`;
}
