// Numbers kept as letters come back as they were, and what no letter stands for is refused while training.

import { expect, it } from 'vitest';
import { LARGEST, lettersOf, toLetter, ZERO } from '../classifier/letters.ts';
import { unpackCuts } from '../classifier/packed-trees.ts';
import { MAX_WEIGHT_STEPS, unpackWeights } from '../classifier/packed-weights.ts';
import { cutsOf, packCuts } from '../classifier/train/tree-packer.ts';
import { packWeights } from '../classifier/train/weight-packer.ts';
import type { TreeNode } from '../classifier/train/boosted-trees.ts';

const NUMBERS = Array.from({ length: LARGEST + 1 }, (_, number) => number);

it('gives every number back that a letter can hold', () => {
  const letters = lettersOf(NUMBERS.map(toLetter).join(''));
  expect(Array.from(letters, (letter) => letter - ZERO)).toEqual(NUMBERS);
});

it('refuses a number that no letter stands for', () => {
  for (const number of [-1, 0.5, LARGEST + 1, Number.NaN])
    expect(() => toLetter(number)).toThrow(`no letter stands for ${number}`);
});

it('keeps the values at which trees ask to the last bit of a float32', () => {
  const leaf: TreeNode = { value: 0, split: undefined };
  const thresholds = [-2.25591993331909, -0, 0.1, 1 / 3, 17, 5.747126579284668, 1e-7, 33_554_432];
  const trees = thresholds.map((threshold): TreeNode => ({
    value: 0,
    split: { feature: 2, threshold, low: leaf, high: leaf },
  }));
  const packed = packCuts(cutsOf(trees));
  const { values, starts } = unpackCuts(packed.counts, new Float32Array(packed.values.buffer));
  const from = (starts[ZERO + 2] ?? 0) + ZERO;
  const sorted = Float32Array.from(thresholds).toSorted();
  expect([...values.subarray(from, from + thresholds.length)].map(Math.abs)).toEqual(
    [...sorted].map(Math.abs),
  );
});

it('gives back every pair of weights, near zero and far from it, on both sides', () => {
  const steps = Array.from({ length: 2 * MAX_WEIGHT_STEPS + 1 }, (_, step) => step - MAX_WEIGHT_STEPS);
  const pairs = steps.flatMap((first) => steps.flatMap((second) => [first, second]));
  const weights = [...pairs, ...Array.from({ length: 1024 - pairs.length }, () => 0)];
  const read = unpackWeights(packWeights(weights));
  expect(weights.map((_, bucket) => read(bucket))).toEqual(weights);
});

it('refuses a weight further from zero than the model reads', () => {
  expect(() => packWeights([0, -MAX_WEIGHT_STEPS - 1])).toThrow('no letter stands for -1');
});
