// A tenant's calibration of the classifier for one edge model: from "good enough for a model of this class" to "good
// enough, as this tenant's people said of this model". Invariant: it never falls as the probability rises, so it moves
// thresholds and never changes which of two prompts is the safer one for the edge.

import { clampProbability, logitOf, probabilityOf } from './logit.ts';

export type Calibration =
  | { readonly type: 'identity' }
  /** P = σ(intercept + slope × logit); slope > 0. */
  | { readonly type: 'platt'; readonly slope: number; readonly intercept: number }
  /** Points of a rising line; before the first and after the last it runs to (0, 0) and (1, 1). */
  | { readonly type: 'isotonic'; readonly points: readonly CalibrationPoint[] };

export type CalibrationPoint = { readonly raw: number; readonly calibrated: number };

export const IDENTITY: Calibration = { type: 'identity' };

/** P(the edge is good enough), never quite 0 or 1. */
export function calibrate(calibration: Calibration, raw: number): number {
  switch (calibration.type) {
    case 'identity':
      return clampProbability(raw);
    case 'platt':
      return clampProbability(probabilityOf(calibration.intercept + calibration.slope * logitOf(raw)));
    case 'isotonic':
      return clampProbability(interpolate(calibration.points, raw));
  }
}

function interpolate(points: readonly CalibrationPoint[], raw: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.raw ?? 1) <= raw) low = middle + 1;
    else high = middle;
  }
  const before = points[low - 1] ?? { raw: 0, calibrated: 0 };
  const after = points[low] ?? { raw: 1, calibrated: 1 };
  const width = after.raw - before.raw;
  if (width <= 0) return before.calibrated;
  return before.calibrated + ((raw - before.raw) / width) * (after.calibrated - before.calibrated);
}
