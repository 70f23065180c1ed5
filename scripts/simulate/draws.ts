// Draws from the distributions that traffic and latencies have. All chance comes in as an argument.

import type { Random } from '../../classifier/train/seeded-random.ts';

/** Box and Muller's method. */
function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** @param spread - standard deviation of the logarithm: at 0.5 the 95th percentile is 2.3 times the median */
export function drawLogNormal(median: number, spread: number, random: Random): number {
  return median * Math.exp(spread * drawNormal(random));
}

export function drawBetween(low: number, high: number, random: Random): number {
  return Math.floor(low + random() * (high - low + 1));
}

export function drawOne<Value>(values: readonly Value[], random: Random): Value {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('nothing to draw from');
  return value;
}

/** By their shares, which need not add up to 1: what is missing is null. */
export function drawByShare<Value extends { readonly share: number }>(
  values: readonly Value[],
  random: Random,
): Value | null {
  let rest = random();
  return values.find(({ share }) => (rest -= share) < 0) ?? null;
}
