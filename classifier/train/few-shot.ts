// A throw-away model of what the strong model gains, learnt from some labelled prompts of one domain on top of the
// shipped classifier's opinion. It answers "what would labels of your own traffic buy?" and is never shipped.

import { fitEncoder, type Described, type SparseRow } from './few-shot-features.ts';
import { fitRidge, type Predictor } from './few-shot-ridge.ts';

export type Labelled = {
  readonly described: Described;
  /** Strong model's score minus the weak one's. */
  readonly gain: number;
};

/** From "believe every n-gram" to "believe none"; which one holds is asked of the labelled prompts alone. */
const PENALTIES: readonly number[] = [1, 3, 10, 30, 100, 300];

const FOLDS = 5;

/** Higher = more to gain from the strong model. */
export function fitFewShot(labelled: readonly Labelled[]): (prompt: Described) => number {
  const encoder = fitEncoder(labelled.map(({ described }) => described));
  const rows = labelled.map(({ described }) => encoder.encode(described));
  const gains = labelled.map(({ gain }) => gain);
  const predict = fitRidge(rows, gains, bestPenalty(rows, gains, encoder.width), encoder.width);
  return (prompt) => predict(encoder.encode(prompt));
}

function bestPenalty(rows: readonly SparseRow[], gains: readonly number[], width: number): number {
  const losses = PENALTIES.map((penalty) =>
    heldOutLoss(rows, gains, (seen, targets) => fitRidge(seen, targets, penalty, width)),
  );
  return PENALTIES[losses.indexOf(Math.min(...losses))] ?? 1;
}

/** Squared error on rows that the predictor was not fitted to. The labelled prompts come shuffled, so every fifth will do. */
function heldOutLoss(
  rows: readonly SparseRow[],
  gains: readonly number[],
  fit: (rows: readonly SparseRow[], gains: readonly number[]) => Predictor,
): number {
  let loss = 0;
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const isHeldOut = (index: number): boolean => index % FOLDS === fold;
    const predict = fit(
      rows.filter((_, index) => !isHeldOut(index)),
      gains.filter((_, index) => !isHeldOut(index)),
    );
    rows.forEach((row, index) => {
      if (isHeldOut(index)) loss += ((gains[index] ?? 0) - predict(row)) ** 2;
    });
  }
  return loss;
}
