// Packs n-gram weights as `classifier/packed-weights.ts` unpacks them.

import { toLetter } from '../letters.ts';
import {
  FIRST_PAIR,
  MAX_PAIRED_STEPS,
  MAX_WEIGHT_STEPS,
  OUTLIER_PAIR,
  PAIRED,
  type PackedWeights,
} from '../packed-weights.ts';

/** @param steps of each bucket's weight: whole numbers, none further than `MAX_WEIGHT_STEPS` from zero */
export function packWeights(steps: readonly number[]): PackedWeights {
  let [pairs, outliers] = ['', ''];
  for (let bucket = 0; bucket < steps.length; bucket += 2) {
    const both = [steps[bucket] ?? 0, steps[bucket + 1] ?? 0] as const;
    const isPaired = both.every((each) => Math.abs(each) <= MAX_PAIRED_STEPS);
    pairs += String.fromCharCode(FIRST_PAIR + (isPaired ? numberOf(both) : OUTLIER_PAIR));
    if (!isPaired) outliers += both.map((each) => toLetter(MAX_WEIGHT_STEPS + each)).join('');
  }
  return { pairs, outliers };
}

function numberOf([first, second]: readonly [number, number]): number {
  return PAIRED * (MAX_PAIRED_STEPS + first) + MAX_PAIRED_STEPS + second;
}
