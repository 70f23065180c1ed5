// How far probabilities agree with labels: ranking (AUC), calibration (ECE) and both together (Brier score).
// Labels are soft, in [0, 1]; only the AUC asks a yes-or-no question of them: is the label at least one half.

import type { Bootstrap, Figure, Interval } from './bootstrap.ts';
import { tieEnds } from './tie-ends.ts';

/** `probability` may be any score where only the ranking is asked for. */
export type Judged = { readonly probability: number; readonly label: number };

/** Bins hold the same number of prompts each; bins of equal width would leave most of them empty here. */
const CALIBRATION_BINS = 15;

/** Of a normal distribution, on each side of the middle 95 %. */
const DEVIATIONS = 1.959964;

export function auc(items: readonly Judged[]): number {
  return aucFigure(items)(new Uint8Array(items.length).fill(1));
}

/** Each `bootstrap` here is of as many prompts as there are items. */
export function aucInterval(items: readonly Judged[], bootstrap: Bootstrap): Interval {
  return bootstrap.interval(aucFigure(items));
}

/** Expected calibration error against the soft labels, over bins of equal mass. */
export function calibrationInterval(items: readonly Judged[], bootstrap: Bootstrap): Interval {
  return bootstrap.interval(calibrationFigure(items));
}

/** Mean squared distance to the soft label. */
export function brierInterval(items: readonly Judged[], bootstrap: Bootstrap): Interval {
  return meanInterval(
    items.map(({ probability, label }) => (probability - label) ** 2),
    bootstrap,
  );
}

export function meanInterval(values: readonly number[], bootstrap: Bootstrap): Interval {
  return bootstrap.interval((weights) => weightedMean(values, weights));
}

/**
 * Share of the items of which `fact` holds, with Wilson's interval: resampling two hundred prompts none of which fails
 * would claim that none ever will.
 */
export function shareInterval<Item>(items: readonly Item[], fact: (item: Item) => boolean): Interval {
  const count = items.length;
  const value = items.filter(fact).length / count;
  const shrink = 1 + DEVIATIONS ** 2 / count;
  const centre = value + DEVIATIONS ** 2 / (2 * count);
  const reach = DEVIATIONS * Math.sqrt((value * (1 - value)) / count + (DEVIATIONS / (2 * count)) ** 2);
  return {
    value,
    low: Math.max(0, (centre - reach) / shrink),
    high: Math.min(1, (centre + reach) / shrink),
  };
}

/** For those who resample in their own way. */
export function aucFigure(items: readonly Judged[]): Figure {
  const order = sortedByProbability(items);
  const positive = Uint8Array.from(order, (index) => ((items[index]?.label ?? 0) >= 0.5 ? 1 : 0));
  const ties = tieEnds(Float64Array.from(order, (index) => items[index]?.probability ?? 0));
  return (weights) => {
    let [negatives, positives, wins, at] = [0, 0, 0, 0];
    for (const end of ties) {
      let [tieNegatives, tiePositives] = [0, 0];
      for (; at < end; at += 1) {
        const weight = weights[order[at] ?? 0] ?? 0;
        if (positive[at] === 1) tiePositives += weight;
        else tieNegatives += weight;
      }
      wins += tiePositives * (negatives + tieNegatives / 2);
      negatives += tieNegatives;
      positives += tiePositives;
    }
    return wins / (negatives * positives);
  };
}

function calibrationFigure(items: readonly Judged[]): Figure {
  const order = sortedByProbability(items);
  const surplus = Float64Array.from(order, (index) => {
    const item = items[index];
    return item === undefined ? 0 : item.probability - item.label;
  });
  return (weights) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const bins = new Float64Array(CALIBRATION_BINS);
    let passed = 0;
    order.forEach((index, at) => {
      const weight = weights[index] ?? 0;
      const bin = Math.floor((CALIBRATION_BINS * (passed + weight / 2)) / total);
      bins[bin] = (bins[bin] ?? 0) + weight * (surplus[at] ?? 0);
      passed += weight;
    });
    return bins.reduce((sum, bin) => sum + Math.abs(bin), 0) / total;
  };
}

function sortedByProbability(items: readonly Judged[]): Uint32Array {
  return Uint32Array.from(items, (_, index) => index).sort(
    (left, right) => (items[left]?.probability ?? 0) - (items[right]?.probability ?? 0),
  );
}

function weightedMean(values: readonly number[], weights: Uint8Array): number {
  let [sum, total] = [0, 0];
  values.forEach((value, index) => {
    sum += value * (weights[index] ?? 0);
    total += weights[index] ?? 0;
  });
  return sum / total;
}
