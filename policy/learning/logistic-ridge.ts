// Logistic regression with a ridge on every weight but the first: small, exact and deterministic, for models of a
// handful of features. Soft outcomes in 0..1 are welcome.

import { probabilityOf } from './logit.ts';

export type RegressionRow = {
  /** The first is 1. */
  readonly features: readonly number[];
  readonly outcome: number;
  readonly weight: number;
};

const RIDGE = 1;
/** Keeps the system solvable when all outcomes are alike. */
const FREE_RIDGE = 0.01;
const MAX_STEPS = 25;
const CONVERGED = 1e-6;
/** Newton's steps beyond this overshoot where outcomes can be told apart perfectly. */
const MOST_STEP = 2;

export function fitLogisticRidge(rows: readonly RegressionRow[], size: number): readonly number[] {
  const weights = new Float64Array(size);
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const { gradient, curvature } = derivatives(rows, weights);
    const move = solve(curvature, gradient);
    const longest = move.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (longest < CONVERGED) break;
    const scale = longest > MOST_STEP ? MOST_STEP / longest : 1;
    for (let at = 0; at < size; at += 1) weights[at] = (weights[at] ?? 0) - scale * (move[at] ?? 0);
  }
  return [...weights];
}

export function predict(weights: readonly number[], features: readonly number[]): number {
  let logit = 0;
  for (let at = 0; at < weights.length; at += 1) logit += (weights[at] ?? 0) * (features[at] ?? 0);
  return probabilityOf(logit);
}

function derivatives(rows: readonly RegressionRow[], weights: Float64Array) {
  const size = weights.length;
  const current = [...weights];
  const gradient = Float64Array.from(weights, (value, at) => (at === 0 ? FREE_RIDGE : RIDGE) * value);
  const curvature = Array.from({ length: size }, (_, at) => {
    const row = new Float64Array(size);
    row[at] = at === 0 ? FREE_RIDGE : RIDGE;
    return row;
  });
  for (const { features, outcome, weight } of rows) {
    const probability = predict(current, features);
    const error = weight * (probability - outcome);
    const curve = weight * probability * (1 - probability);
    for (let at = 0; at < size; at += 1) {
      const feature = features[at] ?? 0;
      gradient[at] = (gradient[at] ?? 0) + error * feature;
      const row = curvature[at];
      if (row === undefined || feature === 0) continue;
      for (let other = 0; other < size; other += 1)
        row[other] = (row[other] ?? 0) + curve * feature * (features[other] ?? 0);
    }
  }
  return { gradient, curvature };
}

/** Gauss's elimination; the ridge makes the matrix positive definite, so no pivot is searched. */
function solve(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const rows = matrix.map((row) => Float64Array.from(row));
  const solution = Float64Array.from(right);
  rows.forEach((pivot, at) => {
    for (let below = at + 1; below < rows.length; below += 1) {
      const row = rows[below];
      const factor = (row?.[at] ?? 0) / (pivot[at] ?? 1);
      if (row === undefined || factor === 0) continue;
      for (let column = at; column < row.length; column += 1)
        row[column] = (row[column] ?? 0) - factor * (pivot[column] ?? 0);
      solution[below] = (solution[below] ?? 0) - factor * (solution[at] ?? 0);
    }
  });
  for (let at = rows.length - 1; at >= 0; at -= 1) {
    let rest = solution[at] ?? 0;
    for (let column = at + 1; column < rows.length; column += 1)
      rest -= (rows[at]?.[column] ?? 0) * (solution[column] ?? 0);
    solution[at] = rest / (rows[at]?.[at] ?? 1);
  }
  return solution;
}
