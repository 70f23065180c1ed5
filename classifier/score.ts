// One text to one logit, with each feature's exact share of it left in `model.contributions`, and to one expected gain.
// The trees' shares follow the path: a step from a node to its child is credited to the feature the node asked about.
// The next call overwrites what this one left in the model.

import { analysisText } from './analysis-text.ts';
import { readFeatures, WORDING_FEATURES, type WordingLogits } from './features.ts';
import type { Model } from './model.ts';
import { LEAF, type Trees } from './packed-trees.ts';
import { ZERO } from './letters.ts';
import type { TextScan } from './text-scan.ts';

/** What speaks for the edge in `text` alone, before calibration: `intercept + Σ contributions`, up to rounding. */
export function scoreText(model: Model, text: string): number {
  const { scan, wordingMix, featureValues, contributions, slope } = model;
  scan.read(analysisText(text));
  const wording = readWording(model);
  readFeatures(scan, wording, featureValues);
  contributions.fill(0);
  for (let index = 0; index < WORDING_FEATURES; index += 1)
    contributions[index] = (wordingMix[index] ?? 0) * (featureValues[index] ?? 0);
  creditTrees(model);
  let sum = 0;
  for (let index = 0; index < contributions.length; index += 1) {
    const share = slope * (contributions[index] ?? 0);
    contributions[index] = share;
    sum += share;
  }
  return model.intercept + sum;
}

/** How much more the strong model's answer is expected to score, 0 to 1, for the text scored last. */
export function expectedGain({ gainTrees, gainIntercept, featureValues }: Model): number {
  const { roots, valueScale } = gainTrees;
  let steps = 0;
  for (let tree = 0; tree < roots.length; tree += 1)
    steps += leafValue(gainTrees, roots[tree] ?? 0, featureValues);
  return Math.max(0, Math.min(1, gainIntercept + valueScale * steps));
}

function readWording({ scan, weightSteps, wordScale }: Model): WordingLogits {
  return wordingLogits(scan, (bucket) => wordScale * weightSteps(bucket));
}

export type ScannedGrams = Pick<
  TextScan,
  'buckets' | 'bucketCount' | 'openingEnd' | 'closingStart' | 'sentenceEnds' | 'sentenceCount'
>;

/** Sums divided by the root of their count: a long text must not be certain just because it has many words. */
export function wordingLogits(scan: ScannedGrams, weightOf: (bucket: number) => number): WordingLogits {
  const { buckets, bucketCount, openingEnd, closingStart, sentenceEnds, sentenceCount } = scan;
  let [sum, opening, beforeClosing] = [0, 0, 0];
  let [sentence, start, before, hardest, easiest] = [0, 0, 0, Infinity, -Infinity];
  let [loudSum, loudness] = [0, 0];
  for (let index = 0; index < bucketCount; index += 1) {
    if (index === closingStart) beforeClosing = sum;
    sum += weightOf(buckets[index] ?? 0);
    if (index === openingEnd - 1) opening = sum;
    if (sentence < sentenceCount && index === (sentenceEnds[sentence] ?? 0) - 1) {
      const logit = overRoot(sum - before, index + 1 - start);
      hardest = Math.min(hardest, logit);
      easiest = Math.max(easiest, logit);
      const loud = Math.abs(logit * logit * logit);
      loudSum += loud * logit;
      loudness += loud;
      [sentence, start, before] = [sentence + 1, index + 1, sum];
    }
  }
  const closing = closingStart < bucketCount ? sum - beforeClosing : 0;
  const whole = overRoot(sum, bucketCount);
  return {
    whole,
    opening: overRoot(opening, openingEnd),
    closing: overRoot(closing, bucketCount - closingStart),
    hardest: sentence === 0 ? whole : hardest,
    easiest: sentence === 0 ? whole : easiest,
    loudest: loudness === 0 ? whole : loudSum / loudness,
  };
}

function overRoot(sum: number, count: number): number {
  return count === 0 ? 0 : sum / Math.sqrt(count);
}

function creditTrees(model: Model): void {
  const { roots } = model.trees;
  for (let tree = 0; tree < roots.length; tree += 1) creditTree(model, roots[tree] ?? 0);
}

function creditTree({ trees, featureValues, contributions }: Model, root: number): void {
  const { features, rights, cutLetters, values, valueScale } = trees;
  const { starts, values: thresholds } = trees.cuts;
  let node = root;
  let feature = features[node] ?? LEAF;
  let before = 0;
  while (feature !== LEAF) {
    const credited = feature - ZERO;
    const threshold = thresholds[(starts[feature] ?? 0) + (cutLetters[node] ?? 0)] ?? 0;
    node += (featureValues[credited] ?? 0) <= threshold ? 1 : (rights[node] ?? 0) - ZERO;
    const value = values[node] ?? 0;
    contributions[credited] = (contributions[credited] ?? 0) + valueScale * (value - before);
    before = value;
    feature = features[node] ?? LEAF;
  }
}

function leafValue(trees: Trees, root: number, read: Float32Array): number {
  const { features, rights, cutLetters, values } = trees;
  const { starts, values: thresholds } = trees.cuts;
  let node = root;
  let feature = features[node] ?? LEAF;
  while (feature !== LEAF) {
    const threshold = thresholds[(starts[feature] ?? 0) + (cutLetters[node] ?? 0)] ?? 0;
    node += (read[feature - ZERO] ?? 0) <= threshold ? 1 : (rights[node] ?? 0) - ZERO;
    feature = features[node] ?? LEAF;
  }
  return values[node] ?? 0;
}
