// How far probabilities are from what came true.

export type Judged = {
  readonly probability: number;
  /** What came true: 0, 1 or between. */
  readonly outcome: number;
  readonly weight: number;
};

/** Ten bins show a bend; at 200 labels each still holds twenty. */
const BINS = 10;

/**
 * Expected calibration error over bins of equal weight: with bins of equal width most of a small sample falls into two
 * or three of them and the rest is noise. The bin of an item is where the middle of its weight lies.
 */
export function expectedCalibrationError(items: readonly Judged[]): number {
  const sorted = items.toSorted((left, right) => left.probability - right.probability);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return 0;
  const gaps = new Float64Array(BINS);
  let before = 0;
  for (const { probability, outcome, weight } of sorted) {
    const bin = Math.min(BINS - 1, Math.floor((BINS * (before + weight / 2)) / total));
    gaps[bin] = (gaps[bin] ?? 0) + weight * (probability - outcome);
    before += weight;
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / total;
}

/** Mean squared distance. */
export function brierScore(items: readonly Judged[]): number {
  let [sum, total] = [0, 0];
  for (const { probability, outcome, weight } of items) {
    sum += weight * (probability - outcome) ** 2;
    total += weight;
  }
  return total === 0 ? 0 : sum / total;
}
