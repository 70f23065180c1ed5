// From the model's sum to the logit that was seen to come true: straight lines between a few points, rising everywhere.
// Beyond the outermost points nothing was seen, so there it only shifts.

export type CalibrationCurve = {
  /** Ascending. */
  readonly sums: Float64Array;
  /** Ascending, as many. */
  readonly logits: Float64Array;
};

export function calibrated({ sums, logits }: CalibrationCurve, sum: number): number {
  const points = sums.length;
  if (points === 0) return sum;
  const right = sums.findIndex((point) => point >= sum);
  if (right === 0) return sum + at(logits, 0) - at(sums, 0);
  if (right < 0) return sum + at(logits, points - 1) - at(sums, points - 1);
  const share = (sum - at(sums, right - 1)) / (at(sums, right) - at(sums, right - 1));
  return at(logits, right - 1) + share * (at(logits, right) - at(logits, right - 1));
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}
