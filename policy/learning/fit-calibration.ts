// Labels → the calibration in force. No labels give the identity, a few a careful line, many whatever fits unseen labels
// better. Deterministic: the same labels in the same order give the same calibration.

import { calibrate, type Calibration, IDENTITY } from './calibration.ts';
import { fitIsotonic } from './fit-isotonic.ts';
import { fitPlatt } from './fit-platt.ts';
import { type CalibrationLabel, weighLabels } from './labels.ts';

/** Below this a free line mostly follows the noise. */
const ISOTONIC_LABELS = 500;

const FOLDS = 5;

/**
 * @param labels - of one tenant and edge model
 * @param trafficProbabilities - raw probabilities of the traffic the calibration is for; see `weighLabels`
 */
export function fitCalibration(
  labels: readonly CalibrationLabel[],
  trafficProbabilities: readonly number[],
): Calibration {
  if (labels.length === 0) return IDENTITY;
  const weighted = weighLabels(labels, trafficProbabilities);
  if (labels.length < ISOTONIC_LABELS || !isIsotonicBetter(weighted)) return fitPlatt(weighted);
  return fitIsotonic(weighted);
}

/** Each label's probability by a calibration that has not seen it. */
export function outOfFold(
  labels: readonly CalibrationLabel[],
  fit: (seen: readonly CalibrationLabel[]) => Calibration,
): readonly number[] {
  const fits = Array.from({ length: FOLDS }, (_, fold) =>
    fit(labels.filter((_label, index) => index % FOLDS !== fold)),
  );
  return labels.map(({ rawProbability }, index) =>
    calibrate(fits[index % FOLDS] ?? IDENTITY, rawProbability),
  );
}

/** Better by more than the standard error of the difference: the line with two numbers is the safer one. */
function isIsotonicBetter(labels: readonly CalibrationLabel[]): boolean {
  const platt = outOfFold(labels, fitPlatt);
  const isotonic = outOfFold(labels, fitIsotonic);
  let [sum, squares, total] = [0, 0, 0];
  labels.forEach(({ edgeGood, weight }, index) => {
    const gained = ((platt[index] ?? 0) - edgeGood) ** 2 - ((isotonic[index] ?? 0) - edgeGood) ** 2;
    sum += weight * gained;
    squares += (weight * gained) ** 2;
    total += weight;
  });
  const mean = sum / total;
  const deviation = Math.sqrt(Math.max(0, squares - sum ** 2 / labels.length));
  return mean > deviation / total;
}
