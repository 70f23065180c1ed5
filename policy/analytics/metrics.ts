// The numbers that a cell of the statistics gives, in the words of the wire: counts, money, rates and distributions.
// A rate of nothing is null, and so are the percentiles of nothing: 0 would be a claim.

import type { GenerationOutcome } from '../../protocol/generation-record.ts';
import { toUsd } from '../money/usd.ts';
import type { Cell, SumName } from './cell.ts';
import { HISTOGRAMS, type HistogramName } from './stats-question.ts';

export const OUTCOMES: readonly GenerationOutcome[] = ['completed', 'stopped', 'client_gone', 'failed'];

/** In an object of their own where everything is told. */
const NESTED: readonly SumName[] = [...OUTCOMES, 'input_tokens', 'output_tokens', 'cached_tokens'];

const SAME: readonly SumName[] = ['requests', ...NESTED, 'reconnects', 'followers'];

/** `failovers` and the like count streams, not events. */
const COUNTS: Readonly<Record<string, SumName>> = {
  ...Object.fromEntries(SAME.map((name) => [name, name])),
  escalations: 'escalated',
  failovers: 'failed_over',
  continuations: 'continued',
  hedges: 'hedged',
};

const MONEY: Readonly<Record<string, SumName>> = {
  cost_usd: 'cost_nano',
  hidden_usd: 'hidden_nano',
  all_cloud_usd: 'all_cloud_nano',
};

/** Of the requests. */
const RATES: Readonly<Record<string, SumName>> = {
  edge_share: 'edge_requests',
  completion_rate: 'completed',
  error_rate: 'failed',
  cancel_rate: 'stopped',
  abandon_rate: 'client_gone',
  reconnect_rate: 'reconnected',
  cache_rate: 'cached',
  escalation_rate: 'escalated',
};

export const METRIC_NAMES: readonly string[] = [
  ...Object.keys(COUNTS),
  ...Object.keys(MONEY),
  'saved_usd',
  'saved_share',
  ...Object.keys(RATES),
];

/** @param name - one of METRIC_NAMES */
export function metricOf({ sums }: Cell, name: string): number | null {
  const count = COUNTS[name];
  if (count !== undefined) return sums[count];
  const money = MONEY[name];
  if (money !== undefined) return toUsd(sums[money]);
  const savedNano = sums.all_cloud_nano - sums.cost_nano;
  if (name === 'saved_usd') return toUsd(savedNano);
  if (name === 'saved_share') return shareOf(savedNano, sums.all_cloud_nano);
  const rate = RATES[name];
  return rate === undefined ? null : shareOf(sums[rate], sums.requests);
}

export function metricsOf(cell: Cell, names: readonly string[]): Record<string, number | null> {
  return Object.fromEntries(names.map((name) => [name, metricOf(cell, name)]));
}

export function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

export type Distribution = { readonly count: number; readonly mean: number | null } & Readonly<
  Record<`p${number}`, number | null>
>;

export function distributionOf(
  cell: Cell,
  name: HistogramName,
  percentiles: readonly number[],
): Distribution {
  const histogram = cell.histogram(name);
  return { count: histogram.count, mean: histogram.mean, ...quantilesOf(cell, name, percentiles) };
}

export function quantilesOf(
  cell: Cell,
  name: HistogramName,
  percentiles: readonly number[],
): Record<`p${number}`, number | null> {
  const histogram = cell.histogram(name);
  return Object.fromEntries(percentiles.map((p) => [`p${p}`, rounded(histogram.quantile(p / 100))]));
}

/** A percentile is within two in a hundred; more digits would be a claim, and most of a chart's bytes. */
function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(4));
}

export function distributionsOf(
  cell: Cell,
  names: readonly HistogramName[],
  percentiles: readonly number[],
): object {
  return Object.fromEntries(names.map((name) => [name, distributionOf(cell, name, percentiles)]));
}

/** The phases of the first token are shown apart. */
export const TOTAL_HISTOGRAMS = HISTOGRAMS.slice(0, 8);

export function outcomesOf(cell: Cell): object {
  return metricsOf(cell, OUTCOMES);
}

export function tokensOf({ sums }: Cell): object {
  return { input: sums.input_tokens, output: sums.output_tokens, cached: sums.cached_tokens };
}

/** Everything about the generations of a cell. */
export function totalsOf(cell: Cell, percentiles: readonly number[]): object {
  const plain = METRIC_NAMES.filter((name) => !NESTED.some((nested) => nested === name));
  return {
    ...metricsOf(cell, plain),
    outcomes: outcomesOf(cell),
    tokens: tokensOf(cell),
    ...distributionsOf(cell, TOTAL_HISTOGRAMS, percentiles),
  };
}

const PHASES = ['worker', 'admit', 'detour', 'model', 'hold'] as const;

/** What the time to the first content is meant to be made of; the network to the reader is not measured here. */
const TARGETS_MS: Readonly<Partial<Record<string, number>>> = {
  worker: 10,
  admit: 200,
  model: 1_000,
  hold: 50,
};

export function waterfallOf(cell: Cell): readonly object[] {
  return PHASES.map((phase) => {
    const { count: _, ...distribution } = distributionOf(cell, `${phase}_ms`, [50, 95]);
    return { phase, ...distribution, target_ms: TARGETS_MS[phase] ?? null };
  });
}
