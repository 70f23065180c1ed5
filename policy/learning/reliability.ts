// The calibration curve: what was promised beside what came true, in tenths of the probability.

import { calibrate, type Calibration } from './calibration.ts';
import type { CalibrationLabel } from './labels.ts';

const BINS = 10;

/** One with labels. */
export type ReliabilityBin = {
  readonly from: number;
  readonly to: number;
  readonly labels: number;
  /** Mean probability of the labelled decisions, as it is calibrated now. */
  readonly predicted: number;
  /** Share of them of which the edge was good enough. */
  readonly observed: number;
};

export function reliabilityCurve(
  models: readonly { readonly calibration: Calibration; readonly labels: readonly CalibrationLabel[] }[],
): readonly ReliabilityBin[] {
  const items = models.flatMap(({ calibration, labels }) =>
    labels.map(({ rawProbability, edgeGood }) => [calibrate(calibration, rawProbability), edgeGood] as const),
  );
  return Array.from({ length: BINS }, (_, bin) => {
    const found = items.filter(([p]) => Math.min(BINS - 1, Math.floor(p * BINS)) === bin);
    const labels = found.length;
    const mean = (at: 0 | 1): number => found.reduce((sum, item) => sum + item[at], 0) / labels;
    return { from: bin / BINS, to: (bin + 1) / BINS, labels, predicted: mean(0), observed: mean(1) };
  }).filter(({ labels }) => labels > 0);
}
