// How much the whole, its ends and its sentences count: a logistic regression of the labels on the n-gram model's
// out-of-fold opinions of them. Newton's method with a ridge towards "the whole, once"; deterministic.

import { WORDING_FEATURE, WORDING_FEATURES } from '../features.ts';
import type { ScannedRow } from './scan-rows.ts';

export type WordingMix = { readonly weights: Float64Array; readonly bias: number };

/** As many rows' worth of belief that the whole is all there is. */
const RIDGE = 20;

const ROUNDS = 12;

const SIZE = WORDING_FEATURES + 1;

export function mixedLogit({ weights, bias }: WordingMix, features: Float32Array): number {
  return weights.reduce((sum, weight, index) => sum + weight * (features[index] ?? 0), bias);
}

export function fitWordingMix(scanned: readonly ScannedRow[]): WordingMix {
  const start = new Float64Array(SIZE);
  start[WORDING_FEATURE.whole] = 1;
  const fitted = start.slice();
  for (let round = 0; round < ROUNDS; round += 1) {
    const gradient = new Float64Array(SIZE);
    const curvature = Array.from({ length: SIZE }, () => new Float64Array(SIZE));
    for (let index = 0; index < WORDING_FEATURES; index += 1) {
      gradient[index] = RIDGE * ((start[index] ?? 0) - (fitted[index] ?? 0));
      const row = curvature[index];
      if (row !== undefined) row[index] = RIDGE;
    }
    for (const each of scanned) addRow(each, fitted, gradient, curvature);
    solve(curvature, gradient).forEach((step, index) => (fitted[index] = (fitted[index] ?? 0) + step));
  }
  return { weights: fitted.slice(0, WORDING_FEATURES), bias: fitted[WORDING_FEATURES] ?? 0 };
}

function addRow(
  { row, features }: ScannedRow,
  fitted: Float64Array,
  gradient: Float64Array,
  curvature: readonly Float64Array[],
): void {
  const value = (index: number): number => (index === WORDING_FEATURES ? 1 : (features[index] ?? 0));
  const logit = fitted.reduce((sum, weight, index) => sum + weight * value(index), 0);
  const probability = 1 / (1 + Math.exp(-logit));
  const error = row.weight * (row.label - probability);
  const bend = row.weight * probability * (1 - probability);
  for (let index = 0; index < SIZE; index += 1) {
    gradient[index] = (gradient[index] ?? 0) + error * value(index);
    const line = curvature[index];
    if (line === undefined) continue;
    for (let other = 0; other < SIZE; other += 1)
      line[other] = (line[other] ?? 0) + bend * value(index) * value(other);
  }
}

/** Gaussian elimination; the ridge keeps every pivot above zero. */
function solve(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const size = right.length;
  const lines = matrix.map((line, index) => Float64Array.of(...line, right[index] ?? 0));
  for (let pivot = 0; pivot < size; pivot += 1) {
    const line = lines[pivot];
    if (line === undefined) continue;
    for (let below = 0; below < size; below += 1) {
      const other = lines[below];
      if (other === undefined || below === pivot) continue;
      const factor = (other[pivot] ?? 0) / (line[pivot] ?? 1);
      for (let column = pivot; column <= size; column += 1)
        other[column] = (other[column] ?? 0) - factor * (line[column] ?? 0);
    }
  }
  return Float64Array.from(lines, (line, index) => (line[size] ?? 0) / (line[index] ?? 1));
}
