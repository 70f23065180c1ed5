// The figures a router is judged by. Definitions are RouteLLM's: c = share sent to the strong model,
// PGR = (r − r_weak) / (r_strong − r_weak), APGR = ∫ PGR dc, CPT(x) = least c with PGR ≥ x.
// Ties in the score are served in expectation (linear within the tie), so a coarse score gains nothing by luck.

import { seededRandom } from './seeded-random.ts';

export type RoutingItem = {
  /** Higher = sent to the strong model first. */
  readonly demand: number;
  readonly weak: number;
  readonly strong: number;
};

export type RoutingFigures = { readonly apgr: number; readonly cpt50: number; readonly cpt80: number };

export type Interval = { readonly value: number; readonly low: number; readonly high: number };

const RESAMPLES = 500;
const SEED = 20261023;

export function routingFigures(items: readonly RoutingItem[]): RoutingFigures {
  const sorted = items.toSorted((left, right) => right.demand - left.demand);
  return weightedFigures(sorted, new Float64Array(sorted.length).fill(1));
}

/** APGR with its 95 % bootstrap interval (percentiles of seeded resamples of the items). */
export function apgrInterval(items: readonly RoutingItem[]): Interval {
  const sorted = items.toSorted((left, right) => right.demand - left.demand);
  const random = seededRandom(SEED);
  const resampled = Array.from(
    { length: RESAMPLES },
    () => weightedFigures(sorted, resample(sorted.length, random)).apgr,
  );
  return { value: routingFigures(items).apgr, ...percentiles(resampled) };
}

function weightedFigures(sorted: readonly RoutingItem[], weights: Float64Array): RoutingFigures {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let wholeGain = 0;
  sorted.forEach((item, index) => (wholeGain += (weights[index] ?? 0) * (item.strong - item.weak)));
  let [share, pgr, area, cpt50, cpt80] = [0, 0, 0, 1, 1];
  for (let start = 0; start < sorted.length;) {
    let [end, tieWeight, tieGain] = [start, 0, 0];
    for (; end < sorted.length && sorted[end]?.demand === sorted[start]?.demand; end += 1) {
      const item = sorted[end];
      if (item === undefined) break;
      tieWeight += weights[end] ?? 0;
      tieGain += (weights[end] ?? 0) * (item.strong - item.weak);
    }
    const nextShare = share + tieWeight / total;
    const nextPgr = pgr + tieGain / wholeGain;
    area += ((pgr + nextPgr) / 2) * (nextShare - share);
    const crossing = (level: number): number =>
      share + ((level - pgr) / (nextPgr - pgr)) * (nextShare - share);
    if (cpt50 === 1 && nextPgr >= 0.5) cpt50 = crossing(0.5);
    if (cpt80 === 1 && nextPgr >= 0.8) cpt80 = crossing(0.8);
    [share, pgr, start] = [nextShare, nextPgr, end];
  }
  return { apgr: area, cpt50, cpt80 };
}

export type Judged = { readonly probability: number; readonly label: number };

/** AUC for the question "is the label at least one half", with the bootstrap interval. */
export function aucInterval(items: readonly Judged[]): Interval {
  const sorted = items.toSorted((left, right) => left.probability - right.probability);
  const random = seededRandom(SEED);
  const resampled = Array.from({ length: RESAMPLES }, () =>
    weightedAuc(sorted, resample(sorted.length, random)),
  );
  return { value: weightedAuc(sorted, new Float64Array(sorted.length).fill(1)), ...percentiles(resampled) };
}

function weightedAuc(sorted: readonly Judged[], weights: Float64Array): number {
  let [negatives, positives, wins] = [0, 0, 0];
  for (let start = 0; start < sorted.length;) {
    let [end, tieNegatives, tiePositives] = [start, 0, 0];
    for (; end < sorted.length && sorted[end]?.probability === sorted[start]?.probability; end += 1) {
      if ((sorted[end]?.label ?? 0) >= 0.5) tiePositives += weights[end] ?? 0;
      else tieNegatives += weights[end] ?? 0;
    }
    wins += tiePositives * (negatives + tieNegatives / 2);
    negatives += tieNegatives;
    positives += tiePositives;
    start = end;
  }
  return wins / (negatives * positives);
}

/** Expected calibration error over ten bins of equal width, against the soft labels. */
export function calibrationError(items: readonly Judged[]): number {
  const bins = Array.from({ length: 10 }, () => ({ probability: 0, label: 0 }));
  for (const item of items) {
    const bin = bins[Math.min(9, Math.floor(item.probability * 10))];
    if (bin === undefined) continue;
    bin.probability += item.probability;
    bin.label += item.label;
  }
  return bins.reduce((sum, bin) => sum + Math.abs(bin.probability - bin.label), 0) / items.length;
}

function resample(count: number, random: () => number): Float64Array {
  const weights = new Float64Array(count);
  for (let draw = 0; draw < count; draw += 1) {
    const index = Math.floor(random() * count);
    weights[index] = (weights[index] ?? 0) + 1;
  }
  return weights;
}

function percentiles(values: readonly number[]): { readonly low: number; readonly high: number } {
  const sorted = values.toSorted((left, right) => left - right);
  return {
    low: sorted[Math.floor(0.025 * sorted.length)] ?? Number.NaN,
    high: sorted[Math.floor(0.975 * sorted.length)] ?? Number.NaN,
  };
}
