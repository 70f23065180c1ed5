// Logistic regression over hashed n-grams with soft labels, trained by AdaGrad in a fixed, seeded order.
// Same rows and seed, same weights to the last bit.

import { seededRandom, shuffle } from './seeded-random.ts';

/** What the n-gram model sees of a row. */
export type Grams = { readonly buckets: Uint32Array; readonly label: number; readonly weight: number };

export type WordingModel = { readonly weights: Float64Array; readonly bias: number };

export const WORDING_TRAINING = { epochs: 4, rate: 0.2, decay: 2e-4, seed: 7 } as const;

export function trainWording(rows: readonly Grams[], bucketBits: number): WordingModel {
  const { epochs, rate, decay, seed } = WORDING_TRAINING;
  const weights = new Float64Array(2 ** bucketBits);
  const squares = new Float64Array(2 ** bucketBits).fill(1e-3);
  const order = Uint32Array.from(rows, (_, index) => index);
  const random = seededRandom(seed);
  let bias = 0;
  let biasSquares = 1;
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    shuffle(order, random);
    for (const index of order) {
      const row = rows[index];
      if (row === undefined || row.buckets.length === 0) continue;
      const scale = 1 / Math.sqrt(row.buckets.length);
      const error = row.weight * (probability(weights, row.buckets, bias) - row.label);
      biasSquares += error * error;
      bias -= (rate * error) / Math.sqrt(biasSquares);
      for (const bucket of row.buckets) {
        const weight = weights[bucket] ?? 0;
        const gradient = error * scale + decay * weight;
        const square = (squares[bucket] ?? 0) + gradient * gradient;
        squares[bucket] = square;
        weights[bucket] = weight - (rate * gradient) / Math.sqrt(square);
      }
    }
  }
  return { weights, bias };
}

function probability(weights: Float64Array, buckets: Uint32Array, bias: number): number {
  let sum = 0;
  for (const bucket of buckets) sum += weights[bucket] ?? 0;
  return 1 / (1 + Math.exp(-bias - sum / Math.sqrt(Math.max(1, buckets.length))));
}
