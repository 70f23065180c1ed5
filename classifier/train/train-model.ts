// Rows in, artefact bytes out: n-gram regression, trees on top of its out-of-fold opinion, calibration on other rows.
// Reproducible bit for bit: no clock, no engine randomness, fixed order everywhere.

import { FEATURES, readFeatures, WORDING_FEATURE } from '../features.ts';
import { LexiconTable } from '../lexicon-table.ts';
import { decodeModel } from '../model.ts';
import { scoreText } from '../score.ts';
import { TextScan } from '../text-scan.ts';
import { hashWord } from '../token-hash.ts';
import { encodeModel, type TrainedModel } from './artefact-file.ts';
import { trainTrees, type BoostingOptions, type BoostingRows } from './boosted-trees.ts';
import { hashedLexicon } from './lexicon.ts';
import type { Row } from './rows.ts';
import { gramsOf, trainWording, wordingLogitOf, type Grams, type WordingModel } from './wording-model.ts';

/** 2^16 buckets of one byte: the whole artefact stays near 90 KB, and more gained nothing on `dev`. */
export const BUCKET_BITS = 16;

const FOLDS = 5;

const BOOSTING: BoostingOptions = { trees: 150, depth: 4, rate: 0.07, leastWeight: 4, shrinkage: 8 };

type Scanned = { readonly row: Row; readonly grams: Grams; readonly features: Float32Array };

/**
 * @param rows what is learnt from
 * @param calibrationRows other rows of the same mix: two numbers are fitted to them
 */
export function trainModel(rows: readonly Row[], calibrationRows: readonly Row[]): Uint8Array {
  const scanned = scanRows(rows);
  const wording = trainWording(
    scanned.map((each) => each.grams),
    BUCKET_BITS,
  );
  const trees = trainTrees(boostingRows(scanned, outOfFoldLogits(scanned), wording.bias), BOOSTING);
  const raw: TrainedModel = {
    bucketBits: BUCKET_BITS,
    wordWeights: wording.weights,
    trees,
    lexicon: hashedLexicon(),
    slope: 1,
    intercept: wording.bias,
  };
  return encodeModel({ ...raw, ...calibrate(encodeModel(raw), wording.bias, calibrationRows) });
}

function scanRows(rows: readonly Row[]): readonly Scanned[] {
  const { hashes, categories } = hashedLexicon();
  const scan = new TextScan(BUCKET_BITS, new LexiconTable(hashes, categories));
  return rows.map((row) => {
    scan.read(row.text);
    const features = new Float32Array(FEATURES.length);
    readFeatures(scan, 0, features);
    return { row, features, grams: { buckets: gramsOf(scan), label: row.label, weight: row.weight } };
  });
}

/** What the n-gram model says of rows it was not trained on: the trees must learn how far to trust it on new text. */
function outOfFoldLogits(scanned: readonly Scanned[]): Float64Array {
  const logits = new Float64Array(scanned.length);
  const folds = scanned.map(({ row }) => (hashWord(row.group) >>> 3) % FOLDS);
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const seen = scanned.filter((_, index) => folds[index] !== fold).map((each) => each.grams);
    const model: WordingModel = trainWording(seen, BUCKET_BITS);
    scanned.forEach(({ grams }, index) => {
      if (folds[index] === fold) logits[index] = wordingLogitOf(model.weights, grams.buckets);
    });
  }
  return logits;
}

function boostingRows(scanned: readonly Scanned[], wordingLogits: Float64Array, bias: number): BoostingRows {
  const values = new Float32Array(scanned.length * FEATURES.length);
  scanned.forEach(({ features }, index) => {
    values.set(features, index * FEATURES.length);
    values[index * FEATURES.length + WORDING_FEATURE] = wordingLogits[index] ?? 0;
  });
  return {
    values,
    features: FEATURES.length,
    labels: Float64Array.from(scanned, ({ row }) => row.label),
    weights: Float64Array.from(scanned, ({ row }) => row.weight),
    startLogits: wordingLogits.map((logit) => logit + bias),
  };
}

/** Platt scaling by Newton's method on soft labels: probability = sigmoid(slope × raw + shift). */
function calibrate(
  bytes: Uint8Array,
  bias: number,
  rows: readonly Row[],
): Pick<TrainedModel, 'slope' | 'intercept'> {
  const model = decodeModel(bytes);
  const logits = rows.map((row) => scoreText(model, row.text));
  let slope = 1;
  let shift = 0;
  for (let round = 0; round < 25; round += 1) {
    // A ridge of one row keeps the step finite when the calibration set is tiny.
    let [gradientSlope, gradientShift, curveSlope, curveShift, curveBoth] = [0, 0, 1, 1, 0];
    rows.forEach((row, index) => {
      const logit = logits[index] ?? 0;
      const probability = 1 / (1 + Math.exp(-slope * logit - shift));
      const error = row.label - probability;
      const curvature = probability * (1 - probability);
      gradientSlope += error * logit;
      gradientShift += error;
      curveSlope += curvature * logit * logit;
      curveShift += curvature;
      curveBoth += curvature * logit;
    });
    const determinant = curveSlope * curveShift - curveBoth * curveBoth;
    slope += (gradientSlope * curveShift - gradientShift * curveBoth) / determinant;
    shift += (gradientShift * curveSlope - gradientSlope * curveBoth) / determinant;
  }
  return { slope, intercept: slope * bias + shift };
}
