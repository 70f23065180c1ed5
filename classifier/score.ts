// One text to one logit, with each feature's exact share of it left in `model.contributions`.
// The trees' shares follow the path: a step from a node to its child is credited to the feature the node asked about.
// Allocates nothing; the next call overwrites the shares.

import { readFeatures, WORDING_FEATURE } from './features.ts';
import { LEAF, type Model } from './model.ts';
import type { TextScan } from './text-scan.ts';

/** The logit of P(edge is good enough) for `text` alone; `logit = intercept + Σ contributions`, up to rounding. */
export function scoreText(model: Model, text: string): number {
  const { scan, featureValues, contributions, slope } = model;
  scan.read(text);
  const wording = wordingLogit(scan, model.wordWeights, model.wordScale);
  readFeatures(scan, wording, featureValues);
  contributions.fill(0);
  contributions[WORDING_FEATURE] = wording;
  walkTrees(model);
  let sum = 0;
  for (let index = 0; index < contributions.length; index += 1) {
    const share = slope * (contributions[index] ?? 0);
    contributions[index] = share;
    sum += share;
  }
  return model.intercept + sum;
}

/** Divided by the root of the count: a long text must not be certain just because it has many words. */
export function wordingLogit(scan: TextScan, weights: Int8Array | Float64Array, scale: number): number {
  if (scan.bucketCount === 0) return 0;
  let sum = 0;
  for (let index = 0; index < scan.bucketCount; index += 1) sum += weights[scan.buckets[index] ?? 0] ?? 0;
  return (scale * sum) / Math.sqrt(scan.bucketCount);
}

function walkTrees({ trees, featureValues, contributions }: Model): void {
  const { roots, features, rights, thresholds, values } = trees;
  for (let tree = 0; tree < roots.length; tree += 1) {
    let node = roots[tree] ?? 0;
    let feature = features[node] ?? LEAF;
    let before = 0;
    while (feature !== LEAF) {
      node = (featureValues[feature] ?? 0) <= (thresholds[node] ?? 0) ? node + 1 : (rights[node] ?? 0);
      const value = values[node] ?? 0;
      contributions[feature] = (contributions[feature] ?? 0) + value - before;
      before = value;
      feature = features[node] ?? LEAF;
    }
  }
}
