// Platt's two numbers from labels. A prior holds them at the identity, so that no labels change nothing, a handful
// change little, and a few hundred decide. Newton's method on a convex function: deterministic, a few steps.

import type { Calibration } from './calibration.ts';
import type { CalibrationLabel } from './labels.ts';
import { logitOf, probabilityOf } from './logit.ts';

/** One over the variances: edge models differ mostly by level, about one logit, and by a quarter in slope. */
const INTERCEPT_RIDGE = 1;
const SLOPE_RIDGE = 16;

/** Labels that say the classifier is of no use must not turn its order round. */
const LEAST_SLOPE = 0.1;

const MAX_STEPS = 50;
const CONVERGED = 1e-10;

type Line = { readonly slope: number; readonly intercept: number };

export function fitPlatt(labels: readonly CalibrationLabel[]): Calibration {
  const free = minimise(labels, { slope: 1, intercept: 0 }, false);
  const line =
    free.slope >= LEAST_SLOPE
      ? free
      : minimise(labels, { slope: LEAST_SLOPE, intercept: free.intercept }, true);
  return { type: 'platt', slope: line.slope, intercept: line.intercept };
}

function minimise(labels: readonly CalibrationLabel[], start: Line, isSlopeFixed: boolean): Line {
  let line = start;
  let cost = costOf(labels, line);
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const move = newtonMove(labels, line, isSlopeFixed);
    let size = 1;
    let next = along(line, move, size);
    let nextCost = costOf(labels, next);
    while (nextCost > cost && size > CONVERGED) {
      size /= 2;
      next = along(line, move, size);
      nextCost = costOf(labels, next);
    }
    if (nextCost > cost) return line;
    const gained = cost - nextCost;
    line = next;
    cost = nextCost;
    if (gained < CONVERGED) return line;
  }
  return line;
}

function along(line: Line, move: Line, size: number): Line {
  return { slope: line.slope - size * move.slope, intercept: line.intercept - size * move.intercept };
}

/** Log loss and the prior. Written by logits: σ rounds to 1 long before the loss stops growing. */
function costOf(labels: readonly CalibrationLabel[], { slope, intercept }: Line): number {
  let cost = (SLOPE_RIDGE * (slope - 1) ** 2 + INTERCEPT_RIDGE * intercept ** 2) / 2;
  for (const { rawProbability, edgeGood, weight } of labels) {
    const logit = intercept + slope * logitOf(rawProbability);
    cost += weight * (Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - edgeGood * logit);
  }
  return cost;
}

function newtonMove(labels: readonly CalibrationLabel[], line: Line, isSlopeFixed: boolean): Line {
  let [slopeGradient, interceptGradient] = [SLOPE_RIDGE * (line.slope - 1), INTERCEPT_RIDGE * line.intercept];
  let [slopeCurve, crossCurve, interceptCurve] = [SLOPE_RIDGE, 0, INTERCEPT_RIDGE];
  for (const { rawProbability, edgeGood, weight } of labels) {
    const raw = logitOf(rawProbability);
    const probability = probabilityOf(line.intercept + line.slope * raw);
    const error = weight * (probability - edgeGood);
    const curve = weight * probability * (1 - probability);
    slopeGradient += error * raw;
    interceptGradient += error;
    slopeCurve += curve * raw * raw;
    crossCurve += curve * raw;
    interceptCurve += curve;
  }
  if (isSlopeFixed) return { slope: 0, intercept: interceptGradient / interceptCurve };
  const determinant = slopeCurve * interceptCurve - crossCurve ** 2;
  return {
    slope: (interceptCurve * slopeGradient - crossCurve * interceptGradient) / determinant,
    intercept: (slopeCurve * interceptGradient - crossCurve * slopeGradient) / determinant,
  };
}
