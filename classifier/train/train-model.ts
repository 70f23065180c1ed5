// Rows in, artefact out: n-gram regression, trees on top of its out-of-fold opinion, calibration on other rows, and
// trees for the expected gain. Reproducible bit for bit: no clock, no engine randomness, fixed order everywhere.

import { FEATURES } from '../features.ts';
import { decodeModel, type Artefact } from '../model.ts';
import { scoreText } from '../score.ts';
import { hashWord } from '../token-hash.ts';
import { encodeModel, type TrainedModel } from './artefact-file.ts';
import { trainTrees, type BoostingOptions, type BoostingRows } from './boosted-trees.ts';
import { fitCurve, fitPlatt } from './fit-calibration.ts';
import { hashedLexicon } from './lexicon.ts';
import { mean, type Row } from './rows.ts';
import { countWords, knownWordBits, scanRows, setWording, type ScannedRow } from './scan-rows.ts';
import { fitWordingMix, mixedLogit, type WordingMix } from './wording-mix.ts';
import { trainWording } from './wording-model.ts';

/** 2^16 buckets: more gained nothing on `dev`. */
export const BUCKET_BITS = 16;

const FOLDS = 5;

const BOOSTING: BoostingOptions = {
  loss: 'logistic',
  trees: 160,
  depth: 4,
  rate: 0.07,
  leastWeight: 6,
  shrinkage: 8,
};

const GAIN_BOOSTING: BoostingOptions = {
  loss: 'squared',
  trees: 50,
  depth: 3,
  rate: 0.1,
  leastWeight: 20,
  shrinkage: 8,
};

/**
 * @param rows what is learnt from
 * @param calibrationRows other rows of the same mix: two numbers and a curve are fitted to them
 */
export function trainModel(rows: readonly Row[], calibrationRows: readonly Row[]): Artefact {
  const counts = countWords(rows, BUCKET_BITS);
  const scanned = scanRows(rows, counts, BUCKET_BITS);
  const wording = trainWording(
    scanned.map((each) => each.grams),
    BUCKET_BITS,
  );
  setOutOfFoldWording(scanned);
  const mix = fitWordingMix(scanned);
  const gainIntercept = mean(rows.map((row) => row.gain));
  const raw: TrainedModel = {
    bucketBits: BUCKET_BITS,
    wordWeights: wording.weights,
    wordingMix: mix.weights,
    trees: trainTrees(boostingRows(scanned, mix), BOOSTING),
    gainTrees: trainTrees(gainRows(scanned, gainIntercept), GAIN_BOOSTING),
    gainIntercept,
    lexicon: hashedLexicon(),
    knownWords: knownWordBits(counts, 0),
    slope: 1,
    intercept: mix.bias,
    curve: { sums: new Float64Array(0), logits: new Float64Array(0) },
  };
  return encodeModel({ ...raw, ...calibrate(encodeModel(raw), mix.bias, calibrationRows) });
}

/** What the n-gram model says of rows it was not trained on: the trees must learn how far to trust it on new text. */
function setOutOfFoldWording(scanned: readonly ScannedRow[]): void {
  const folds = scanned.map(({ row }) => (hashWord(row.group) >>> 3) % FOLDS);
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const seen = scanned.filter((_, index) => folds[index] !== fold).map((each) => each.grams);
    const { weights } = trainWording(seen, BUCKET_BITS);
    scanned.forEach((each, index) => {
      if (folds[index] === fold) setWording(each, weights);
    });
  }
}

function boostingRows(scanned: readonly ScannedRow[], mix: WordingMix): BoostingRows {
  return {
    ...denseRows(scanned),
    labels: Float64Array.from(scanned, ({ row }) => row.label),
    starts: Float64Array.from(scanned, ({ features }) => mixedLogit(mix, features)),
  };
}

function gainRows(scanned: readonly ScannedRow[], start: number): BoostingRows {
  return {
    ...denseRows(scanned),
    labels: Float64Array.from(scanned, ({ row }) => row.gain),
    starts: new Float64Array(scanned.length).fill(start),
  };
}

function denseRows(scanned: readonly ScannedRow[]): Pick<BoostingRows, 'values' | 'features' | 'weights'> {
  const values = new Float32Array(scanned.length * FEATURES.length);
  scanned.forEach(({ features }, index) => values.set(features, index * FEATURES.length));
  return { values, features: FEATURES.length, weights: Float64Array.from(scanned, ({ row }) => row.weight) };
}

function calibrate(
  artefact: Artefact,
  bias: number,
  rows: readonly Row[],
): Pick<TrainedModel, 'slope' | 'intercept' | 'curve'> {
  const model = decodeModel(artefact);
  const outcomes = rows.map((row) => ({ sum: scoreText(model, row.text), label: row.label }));
  const { slope, shift } = fitPlatt(outcomes);
  const scaled = outcomes.map(({ sum, label }) => ({ sum: slope * sum + shift, label }));
  return { slope, intercept: slope * bias + shift, curve: fitCurve(scaled) };
}
