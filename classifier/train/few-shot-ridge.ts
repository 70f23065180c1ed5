// Ridge regression on sparse rows: least squares with a penalty on the weights, solved by conjugate gradients in as
// many unknowns as there are labelled rows. Deterministic.

import type { SparseRow } from './few-shot-features.ts';

export type Predictor = (row: SparseRow) => number;

/** Far from exact, and enough: beyond this the ranking of new rows no longer changes. */
const MAX_ROUNDS = 60;
const SMALL_RESIDUAL = 1e-5;

/** @param width number of columns there can be */
export function fitRidge(
  rows: readonly SparseRow[],
  targets: readonly number[],
  penalty: number,
  width: number,
): Predictor {
  const mean = targets.reduce((sum, target) => sum + target, 0) / targets.length;
  const shares = solve(
    rows,
    Float64Array.from(targets, (target) => target - mean),
    penalty,
    width,
  );
  const weights = combine(rows, shares, new Float64Array(width));
  return (row) => mean + product(row, weights);
}

/** Shares `a` of the labelled rows with (X Xᵀ + penalty) a = y. */
function solve(
  rows: readonly SparseRow[],
  targets: Float64Array,
  penalty: number,
  width: number,
): Float64Array {
  const shares = new Float64Array(rows.length);
  const residual = targets.slice();
  const direction = targets.slice();
  const scratch = new Float64Array(width);
  const goal = SMALL_RESIDUAL * dot(targets, targets);
  let size = dot(residual, residual);
  for (let round = 0; round < MAX_ROUNDS && size > goal; round += 1) {
    const weights = combine(rows, direction, scratch);
    const image = Float64Array.from(
      rows,
      (row, at) => product(row, weights) + penalty * (direction[at] ?? 0),
    );
    const step = size / dot(direction, image);
    for (let at = 0; at < rows.length; at += 1) {
      shares[at] = (shares[at] ?? 0) + step * (direction[at] ?? 0);
      residual[at] = (residual[at] ?? 0) - step * (image[at] ?? 0);
    }
    const nextSize = dot(residual, residual);
    for (let at = 0; at < rows.length; at += 1)
      direction[at] = (residual[at] ?? 0) + (nextSize / size) * (direction[at] ?? 0);
    size = nextSize;
  }
  return shares;
}

/** Xᵀ · shares, into `weights`. */
function combine(rows: readonly SparseRow[], shares: Float64Array, weights: Float64Array): Float64Array {
  weights.fill(0);
  rows.forEach(({ columns, values }, at) => {
    const share = shares[at] ?? 0;
    for (let cell = 0; cell < columns.length; cell += 1) {
      const column = columns[cell] ?? 0;
      weights[column] = (weights[column] ?? 0) + share * (values[cell] ?? 0);
    }
  });
  return weights;
}

function product({ columns, values }: SparseRow, weights: Float64Array): number {
  let sum = 0;
  for (let cell = 0; cell < columns.length; cell += 1)
    sum += (values[cell] ?? 0) * (weights[columns[cell] ?? 0] ?? 0);
  return sum;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at += 1) sum += (left[at] ?? 0) * (right[at] ?? 0);
  return sum;
}
