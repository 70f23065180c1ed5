// GET /v1/analytics/timeseries: the asked metrics for every step of the range, for all or for each group.

import type { Refusal } from '../../protocol/errors.ts';
import { ok, type Result } from '../../protocol/result.ts';
import { Cell } from '../../policy/analytics/cell.ts';
import { metricOf, quantilesOf } from '../../policy/analytics/metrics.ts';
import { HISTOGRAMS } from '../../policy/analytics/stats-question.ts';
import { readSteps, type Reading, type Told } from './read-cells.ts';
import { isoOf } from './stream-fields.ts';

export async function tellTimeseries(reading: Reading): Promise<Result<Told, Refusal>> {
  const { fromMs, toMs, stepMs, groupBy, metrics, percentiles } = reading.asked;
  const histograms = HISTOGRAMS.filter((name) => metrics.includes(name));
  const read = await readSteps(reading, { stepMs, groupBy, histograms });
  if (!read.ok) return read;
  const firstMs = Math.floor(fromMs / stepMs) * stepMs;
  const starts = Array.from(
    { length: Math.ceil((toMs - firstMs) / stepMs) },
    (_, at) => firstMs + at * stepMs,
  );
  const counted = metrics.filter((name) => !histograms.some((histogram) => histogram === name));
  const groups = groupBy === null ? [''] : [...read.value.keys()].toSorted();
  const nothing = new Cell();
  const series = groups.map((group) => {
    const steps = read.value.get(group);
    const cells = starts.map((startMs) => steps?.get(startMs) ?? nothing);
    return {
      group,
      ...Object.fromEntries(counted.map((name) => [name, cells.map((cell) => metricOf(cell, name))])),
      ...Object.fromEntries(
        histograms.map((name) => [name, columns(cells.map((cell) => quantilesOf(cell, name, percentiles)))]),
      ),
    };
  });
  const times = starts.map((startMs) => startMs / 1000);
  const rows = () =>
    series.flatMap((one) => starts.map((ms, at) => ({ time: isoOf(ms), ...rowAt(one, at) })));
  return ok({ body: { step_s: stepMs / 1000, group_by: groupBy, times, series }, rows });
}

type Quantiles = Readonly<Record<string, number | null>>;

/** One list a percentile from one record a step. */
function columns(steps: readonly Quantiles[]): Readonly<Record<string, readonly (number | null)[]>> {
  const names = Object.keys(steps[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, steps.map((step) => step[name] ?? null)]));
}

/** A series as it is at one step: lists become their value there. */
function rowAt(series: object, at: number): object {
  const fields = Object.entries(series).map(([name, value]: [string, unknown]) => {
    if (Array.isArray(value)) return [name, value[at]];
    return [name, typeof value === 'object' && value !== null ? rowAt(value, at) : value];
  });
  return Object.fromEntries(fields);
}
