// 95 % intervals by resampling. One set of resamples serves every router judged on the same prompts, so that two routers
// are compared on the same draws; seeded, so that two runs print the same text.

import { seededRandom } from './seeded-random.ts';

export type Interval = { readonly value: number; readonly low: number; readonly high: number };

/** A figure of the set in which prompt `i` occurs `weights[i]` times. NaN when it cannot be computed from that set. */
export type Figure = (weights: Uint8Array) => number;

const SEED = 20261023;

/** Enough for the ends of a 95 % interval to settle to about a hundredth of its width. */
export const RESAMPLES = 1000;

export class Bootstrap {
  readonly #whole: Uint8Array;
  readonly #resamples: readonly Uint8Array[];

  /** @param count prompts in the set */
  constructor(count: number, resamples: number = RESAMPLES) {
    const random = seededRandom(SEED);
    this.#whole = new Uint8Array(count).fill(1);
    this.#resamples = Array.from({ length: resamples }, () => resample(count, random));
  }

  /** The figure of the whole set, between the 2.5 and 97.5 percentiles of its resamples. */
  interval(figure: Figure): Interval {
    return { value: figure(this.#whole), ...percentiles(this.draws(figure)) };
  }

  /** The figure of each resample, in the same order for every figure. */
  draws(figure: Figure): readonly number[] {
    return this.#resamples.map(figure);
  }
}

/** The ends of the middle 95 % of those `values` that could be computed. */
export function percentiles(values: readonly number[]): { readonly low: number; readonly high: number } {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((left, right) => left - right);
  const cut = Math.floor(0.025 * sorted.length);
  return { low: sorted[cut] ?? Number.NaN, high: sorted[sorted.length - 1 - cut] ?? Number.NaN };
}

function resample(count: number, random: () => number): Uint8Array {
  const weights = new Uint8Array(count);
  for (let draw = 0; draw < count; draw += 1) {
    const index = Math.floor(random() * count);
    weights[index] = (weights[index] ?? 0) + 1;
  }
  return weights;
}
