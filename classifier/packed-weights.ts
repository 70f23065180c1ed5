// Unpacks the n-gram weights of an artefact: small whole numbers, two neighbours in one letter, because letters of few
// values tempt compression into repetitions that cost more than they save. Letters are read where they stand; only pairs
// with a weight too far from zero for a letter are looked up. `train/weight-packer.ts` is the writer.

import { ZERO } from './letters.ts';

/** More steps would make the bundle larger than they make the decisions better; docs/decisions has the comparison. */
export const MAX_WEIGHT_STEPS = 8;

/** Weights up to this many steps from zero share a letter with their neighbour. */
export const MAX_PAIRED_STEPS = 4;

/** How many values such a weight may have. */
export const PAIRED = 2 * MAX_PAIRED_STEPS + 1;

/** Stands for the lowest two weights. Counted from here, the backslash, which needs an escape, stands for a rare pair. */
export const FIRST_PAIR = '&'.charCodeAt(0);

/** After the last pair of such weights: the pair stands among the outliers. */
export const OUTLIER_PAIR = PAIRED * PAIRED;

export type PackedWeights = {
  /** A letter for each two buckets. */
  readonly pairs: string;
  /** Both weights of each pair with an outlier, a letter each (letters.ts). */
  readonly outliers: string;
};

/** A bucket's weight, in steps of the artefact's scale. */
export type WeightSteps = (bucket: number) => number;

export function unpackWeights({ pairs, outliers }: PackedWeights): WeightSteps {
  const outlier = String.fromCharCode(FIRST_PAIR + OUTLIER_PAIR);
  /** By pair: where its first weight stands among the outliers. */
  const places = new Map<number, number>();
  for (let pair = pairs.indexOf(outlier); pair >= 0; pair = pairs.indexOf(outlier, pair + 1))
    places.set(pair, 2 * places.size);
  if (outliers.length !== 2 * places.size) throw new Error('classifier artefact: outliers are missing');
  return (bucket) => {
    const second = bucket & 1;
    const both = pairs.charCodeAt(bucket >> 1) - FIRST_PAIR;
    if (both === OUTLIER_PAIR)
      return outliers.charCodeAt((places.get(bucket >> 1) ?? 0) + second) - ZERO - MAX_WEIGHT_STEPS;
    return (second === 1 ? both % PAIRED : Math.floor(both / PAIRED)) - MAX_PAIRED_STEPS;
  };
}
