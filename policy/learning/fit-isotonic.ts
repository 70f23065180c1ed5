// The rising line that fits labels best (pool adjacent violators). It follows any bend, and therefore needs many labels:
// fit-calibration.ts takes it only when there are, and when it is better on labels that it has not seen.

import type { Calibration, CalibrationPoint } from './calibration.ts';
import type { CalibrationLabel } from './labels.ts';

type Pool = { weight: number; raw: number; good: number };

/** Each pool becomes one point, at its mean: between points the line rises, so that few prompts share a probability. */
export function fitIsotonic(labels: readonly CalibrationLabel[]): Calibration {
  const pools: Pool[] = [];
  for (const label of labels.toSorted((left, right) => left.rawProbability - right.rawProbability)) {
    if (label.weight <= 0) continue;
    pools.push({
      weight: label.weight,
      raw: label.weight * label.rawProbability,
      good: label.weight * label.edgeGood,
    });
    mergeFalling(pools);
  }
  return { type: 'isotonic', points: pools.map(toPoint) };
}

/** Equal outcomes are merged too: a point for each label would only cost room. */
function mergeFalling(pools: Pool[]): void {
  for (;;) {
    const last = pools.at(-1);
    const before = pools.at(-2);
    if (last === undefined || before === undefined) return;
    const isRising =
      before.good / before.weight < last.good / last.weight &&
      before.raw / before.weight < last.raw / last.weight;
    if (isRising) return;
    pools.pop();
    before.weight += last.weight;
    before.raw += last.raw;
    before.good += last.good;
  }
}

function toPoint({ weight, raw, good }: Pool): CalibrationPoint {
  return { raw: raw / weight, calibrated: good / weight };
}
