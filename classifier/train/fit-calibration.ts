// Fits what turns the model's sum into a probability: two numbers (Platt), then a curve through the means of a few
// groups of rows. Deterministic; the rows must not be those the model was trained on.

import { calibrated, type CalibrationCurve } from '../calibration-curve.ts';

export type Outcome = { readonly sum: number; readonly label: number };

export type PlattScale = { readonly slope: number; readonly shift: number };

/** Groups of equal size, ordered by the sum. Few, or the curve would learn the noise of the calibration rows. */
const GROUPS = 9;

/** The curve keeps rising at least so much: what the model ranks must not become a tie. */
const LEAST_SLOPE = 0.2;

/** Platt scaling by Newton's method on soft labels: probability = sigmoid(slope × sum + shift). */
export function fitPlatt(outcomes: readonly Outcome[]): PlattScale {
  let slope = 1;
  let shift = 0;
  for (let round = 0; round < 25; round += 1) {
    // A ridge of one row keeps the step finite when the calibration set is tiny.
    let [gradientSlope, gradientShift, curveSlope, curveShift, curveBoth] = [0, 0, 1, 1, 0];
    for (const { sum, label } of outcomes) {
      const probability = sigmoid(slope * sum + shift);
      const error = label - probability;
      const curvature = probability * (1 - probability);
      gradientSlope += error * sum;
      gradientShift += error;
      curveSlope += curvature * sum * sum;
      curveShift += curvature;
      curveBoth += curvature * sum;
    }
    const determinant = curveSlope * curveShift - curveBoth * curveBoth;
    slope += (gradientSlope * curveShift - gradientShift * curveBoth) / determinant;
    shift += (gradientShift * curveSlope - gradientSlope * curveBoth) / determinant;
  }
  return { slope, shift };
}

/** @param outcomes with sums after Platt scaling */
export function fitCurve(outcomes: readonly Outcome[]): CalibrationCurve {
  const sorted = outcomes.toSorted((left, right) => left.sum - right.sum);
  if (sorted.length < 20 * GROUPS) return { sums: new Float64Array(0), logits: new Float64Array(0) };
  const groups = Array.from({ length: GROUPS }, (_, group) =>
    sorted.slice(
      Math.floor((group * sorted.length) / GROUPS),
      Math.floor(((group + 1) * sorted.length) / GROUPS),
    ),
  );
  const sums = Float64Array.from(groups, (group) => meanOf(group, ({ sum }) => sum));
  const labels = Float64Array.from(groups, (group) => meanOf(group, ({ label }) => label));
  const logits = Float64Array.from(labels, (label) => Math.log(label / (1 - label)));
  raise(sums, logits);
  return centred({ sums, logits }, outcomes);
}

/** Pools neighbours until every step rises enough (pool adjacent violators, on the part above the least slope). */
function raise(sums: Float64Array, logits: Float64Array): void {
  const rest = logits.map((logit, index) => logit - LEAST_SLOPE * (sums[index] ?? 0));
  const pools: { mean: number; count: number }[] = [];
  for (const value of rest) {
    pools.push({ mean: value, count: 1 });
    for (;;) {
      const [before, last] = [pools.at(-2), pools.at(-1)];
      if (before === undefined || last === undefined || before.mean <= last.mean) break;
      pools.pop();
      const count = before.count + last.count;
      before.mean = (before.mean * before.count + last.mean * last.count) / count;
      before.count = count;
    }
  }
  const pooled = pools.flatMap(({ mean, count }) => Array.from({ length: count }, () => mean));
  pooled.forEach((value, index) => (logits[index] = value + LEAST_SLOPE * (sums[index] ?? 0)));
}

/** Moves the whole curve so that the mean probability is the mean label: means of groups are bent by the sigmoid. */
function centred(curve: CalibrationCurve, outcomes: readonly Outcome[]): CalibrationCurve {
  const goal = meanOf(outcomes, ({ label }) => label);
  let shift = 0;
  for (let round = 0; round < 20; round += 1) {
    const mean = meanOf(outcomes, ({ sum }) => sigmoid(calibrated(curve, sum) + shift));
    shift += (goal - mean) / (mean * (1 - mean));
  }
  return { sums: curve.sums, logits: curve.logits.map((logit) => logit + shift) };
}

function meanOf(outcomes: readonly Outcome[], value: (outcome: Outcome) => number): number {
  return outcomes.reduce((sum, outcome) => sum + value(outcome), 0) / outcomes.length;
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
