// Training is a function of its rows: the same rows give the same bytes, and the bytes hold what the rows taught.

import { describe, expect, it } from 'vitest';
import { classify } from '../classifier/classify.ts';
import { decodeModel } from '../classifier/model.ts';
import { artefactModule, sha256 } from '../classifier/train/artefact-file.ts';
import { evaluationTexts, overlapWith } from '../classifier/train/evaluation-overlap.ts';
import type { Row } from '../classifier/train/rows.ts';
import { trainModel } from '../classifier/train/train-model.ts';
import { trainingMix } from '../classifier/train/training-mix.ts';

const SUBJECTS = ['apples', 'trains', 'rivers', 'numbers', 'towers', 'clouds', 'maps', 'coins'];

function syntheticRows(): readonly Row[] {
  return SUBJECTS.flatMap((subject, index) =>
    Array.from({ length: 12 }, (_, copy): Row => {
      const hard = (index + copy) % 2 === 0;
      const text = hard
        ? `Zuluzulu ${subject} number ${copy} please`
        : `Kilokilo ${subject} number ${copy} please`;
      return {
        text,
        label: hard ? 0.1 : 0.9,
        gain: hard ? 0.5 : 0,
        weight: 1,
        group: `${subject}-${copy}`,
        source: 'test',
        measured: true,
      };
    }),
  );
}

describe('the trainer', () => {
  it('gives identical bytes for identical rows', () => {
    const rows = syntheticRows();
    const first = trainModel(rows, rows);
    expect(sha256(trainModel(syntheticRows(), syntheticRows()))).toBe(sha256(first));
    expect(artefactModule(first)).toContain(sha256(first));
  });

  it('gives other bytes for other labels', () => {
    const rows = syntheticRows();
    const flipped = rows.map((row) => ({ ...row, label: 1 - row.label }));
    expect(sha256(trainModel(flipped, flipped))).not.toBe(sha256(trainModel(rows, rows)));
  });

  it('learns what tells the rows apart, and survives the quantisation', () => {
    const rows = syntheticRows();
    const model = decodeModel(trainModel(rows, rows));
    const hard = classify(model, ['Zuluzulu apples number 3 please']).probability;
    const easy = classify(model, ['Kilokilo apples number 3 please']).probability;
    expect([hard < 0.4, easy > 0.6]).toEqual([true, true]);
  });

  it('learns the expected gain of a strong model beside it', () => {
    const rows = syntheticRows();
    const model = decodeModel(trainModel(rows, rows));
    const hard = classify(model, ['Zuluzulu apples number 3 please']).gain;
    const easy = classify(model, ['Kilokilo apples number 3 please']).gain;
    expect(hard - easy).toBeGreaterThan(0.15);
  });

  it('never sees a prompt of the evaluation, word for word or nearly', () => {
    const overlaps = overlapWith(evaluationTexts());
    expect(trainingMix([]).filter(({ text }) => overlaps(text))).toEqual([]);
  });
});
