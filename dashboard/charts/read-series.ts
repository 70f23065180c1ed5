// Lines out of an answer of the time series endpoint.

import type { GroupSeries, Timeseries, Values } from '../state/analytics-answers.ts';
import { groupLabel } from '../text/words.ts';
import { type ChartLine, MOST_GROUPS, seriesColour } from './chart-line.ts';

/** A metric of one group; nulls where the answer does not have it. */
export function metricValues({ times }: Timeseries, series: GroupSeries | undefined, metric: string): Values {
  const found = series?.[metric];
  return isValues(found) ? found : times.map(() => null);
}

export function percentileValues(
  { times }: Timeseries,
  series: GroupSeries | undefined,
  of: { readonly metric: string; readonly percentile: string },
): Values {
  const found = series?.[of.metric];
  if (found === undefined || typeof found === 'string' || isValues(found)) return times.map(() => null);
  return found[of.percentile] ?? times.map(() => null);
}

export type GroupLines = {
  readonly lines: readonly ChartLine[];
  /** Groups that were left out because there are too many to tell apart. */
  readonly leftOut: number;
  /** With many groups p50 would only be in the way. */
  readonly percentiles: readonly string[];
};

/** More groups than this show one percentile each. */
const BOTH_UP_TO = 3;

/** p50 and p95 of a distribution for the groups with most requests. */
export function groupLines(answer: Timeseries, metric: string): GroupLines {
  const groups = busiest(answer);
  const shown = groups.slice(0, MOST_GROUPS);
  const percentiles = shown.length > BOTH_UP_TO ? ['p95'] : ['p50', 'p95'];
  const lines = shown.flatMap((series, at) =>
    percentiles.map((percentile): ChartLine => ({
      label: `${groupLabel(series.group)} ${percentile}`,
      values: percentileValues(answer, series, { metric, percentile }),
      colour: series.group === '' ? '--accent' : seriesColour(series.group, at),
      style: percentile === 'p95' && percentiles.length > 1 ? 'dashed' : 'line',
    })),
  );
  return { lines, leftOut: groups.length - shown.length, percentiles };
}

export function seriesOf(answer: Timeseries, group: string): GroupSeries | undefined {
  return answer.series.find((series) => series.group === group);
}

function busiest(answer: Timeseries): readonly GroupSeries[] {
  const requests = (series: GroupSeries): number =>
    metricValues(answer, series, 'requests').reduce<number>((sum, value) => sum + (value ?? 0), 0);
  return answer.series
    .map((series) => ({ series, count: requests(series) }))
    .toSorted((left, right) => right.count - left.count)
    .map(({ series }) => series);
}

function isValues(found: GroupSeries[string] | undefined): found is Values {
  return Array.isArray(found);
}
