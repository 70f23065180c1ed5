// Everything the model learns from: the measured rows, the written prompts, and both of them in other clothes.
// A prompt that an evaluation set holds too, if only in nearly the same words, is left out, whoever wrote it first.

import { augmentedRows } from './augmented-rows.ts';
import { counterfactualRows, pastedRows } from './counterfactual-rows.ts';
import { evaluationTexts, overlapWith } from './evaluation-overlap.ts';
import type { Row } from './rows.ts';
import { wordProblemRows } from './word-problem-rows.ts';

/** @param measured rows of the `train` split, or of a part of it */
export function trainingMix(measured: readonly Row[]): readonly Row[] {
  const overlaps = overlapWith(evaluationTexts());
  const apart = (rows: readonly Row[]): readonly Row[] => rows.filter(({ text }) => !overlaps(text));
  // Before anything is disguised: a copy in other clothes would not be recognised.
  const seen = apart(measured);
  const own = [...seen, ...apart([...counterfactualRows(), ...wordProblemRows()])];
  return apart([...own, ...pastedRows(seen), ...augmentedRows(own)]);
}
