// Writes a trained model as the artefact the runtime decodes, and the artefact as a TypeScript module.
// Quantises: n-gram weights to 51 steps, node values to int8, thresholds to float32. `classifier/model.ts` is the reader.

import { createHash } from 'node:crypto';
import type { CalibrationCurve } from '../calibration-curve.ts';
import { FEATURES } from '../features.ts';
import {
  ARTEFACT_MAGIC,
  HEADER_BYTES,
  LEAF,
  MAX_WEIGHT_STEPS,
  ZERO_WEIGHT,
  type Artefact,
} from '../model.ts';
import type { TreeNode } from './boosted-trees.ts';
import type { HashedLexicon } from './lexicon.ts';

export type TrainedModel = {
  readonly bucketBits: number;
  readonly wordWeights: Float64Array;
  readonly wordingMix: Float64Array;
  readonly trees: readonly TreeNode[];
  readonly slope: number;
  readonly intercept: number;
  readonly curve: CalibrationCurve;
  readonly gainTrees: readonly TreeNode[];
  readonly gainIntercept: number;
  readonly lexicon: HashedLexicon;
  readonly knownWords: Uint8Array;
};

/** Word weights beyond this quantile are clipped: a handful of outliers would coarsen all the others. */
const CLIP_QUANTILE = 0.9995;

export function encodeModel(model: TrainedModel): Artefact {
  const wordScale = clipOf(model.wordWeights) / MAX_WEIGHT_STEPS;
  const trees = encodeTrees(model.trees);
  const gainTrees = encodeTrees(model.gainTrees);
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  header.setUint32(0, ARTEFACT_MAGIC, true);
  header.setUint8(4, model.bucketBits);
  header.setUint8(5, FEATURES.length);
  header.setUint16(6, trees.treeCount, true);
  header.setUint16(8, trees.nodeCount, true);
  header.setUint16(10, gainTrees.treeCount, true);
  header.setUint16(12, gainTrees.nodeCount, true);
  header.setUint16(14, model.lexicon.hashes.length, true);
  header.setFloat64(16, wordScale, true);
  header.setFloat64(24, trees.valueScale, true);
  header.setFloat64(32, gainTrees.valueScale, true);
  header.setFloat64(40, model.slope, true);
  header.setFloat64(48, model.intercept, true);
  header.setFloat64(56, model.gainIntercept, true);
  model.wordingMix.forEach((weight, index) => header.setFloat64(64 + 8 * index, weight, true));
  header.setUint8(120, model.curve.sums.length);
  header.setFloat64(112, density(model.knownWords), true);
  const sections = [
    new Uint8Array(header.buffer),
    ...trees.sections,
    ...gainTrees.sections,
    new Uint8Array(model.lexicon.hashes.buffer),
    model.lexicon.categories,
    model.knownWords,
    new Uint8Array(model.curve.sums.slice().buffer),
    new Uint8Array(model.curve.logits.slice().buffer),
  ];
  return {
    bytes: Uint8Array.from(Buffer.concat(sections)),
    wording: wordingText(model.wordWeights, wordScale),
  };
}

export function density(bits: Uint8Array): number {
  let set = 0;
  for (const byte of bits) for (let bit = 0; bit < 8; bit += 1) set += (byte >>> bit) & 1;
  return set / (8 * bits.length);
}

function wordingText(weights: Float64Array, scale: number): string {
  return Array.from(weights, (weight) => {
    const steps = Math.max(-MAX_WEIGHT_STEPS, Math.min(MAX_WEIGHT_STEPS, Math.round(weight / scale)));
    return String.fromCharCode(ZERO_WEIGHT + steps);
  }).join('');
}

type EncodedTrees = {
  readonly treeCount: number;
  readonly nodeCount: number;
  readonly valueScale: number;
  readonly sections: readonly Uint8Array[];
};

function encodeTrees(trees: readonly TreeNode[]): EncodedTrees {
  const flat = trees.map((tree) => flatten(tree));
  const nodes = flat.flat();
  const valueScale = nodes.reduce((largest, node) => Math.max(largest, Math.abs(node.value)), 1e-9) / 127;
  let next = 0;
  const roots = Uint16Array.from(flat, (tree) => {
    const root = next;
    next += tree.length;
    return root;
  });
  return {
    treeCount: flat.length,
    nodeCount: nodes.length,
    valueScale,
    sections: [
      new Uint8Array(roots.buffer),
      Uint8Array.from(nodes, (node) => node.feature),
      Uint8Array.from(nodes, (node) => node.right),
      new Uint8Array(Int8Array.from(nodes, (node) => Math.round(node.value / valueScale)).buffer),
      new Uint8Array(Float32Array.from(nodes, (node) => node.threshold).buffer),
    ],
  };
}

type FlatNode = {
  readonly feature: number;
  readonly right: number;
  readonly value: number;
  readonly threshold: number;
};

/** Preorder: a node's low child follows it, its high child stands `right` places on. */
function flatten(tree: TreeNode): readonly FlatNode[] {
  if (tree.split === undefined) return [{ feature: LEAF, right: 0, value: tree.value, threshold: 0 }];
  const low = flatten(tree.split.low);
  const high = flatten(tree.split.high);
  const { feature, threshold } = tree.split;
  return [{ feature, right: 1 + low.length, value: tree.value, threshold }, ...low, ...high];
}

function clipOf(weights: Float64Array): number {
  const sizes = weights
    .map(Math.abs)
    .filter((size) => size > 0)
    .sort();
  return sizes[Math.floor(CLIP_QUANTILE * (sizes.length - 1))] ?? 1;
}

/** Of the bytes, then of the n-gram weights' characters. */
export function sha256({ bytes, wording }: Artefact): string {
  return createHash('sha256').update(bytes).update(wording).digest('hex');
}

const TRAINED_ON = [
  ['mmlu_pro', 'TIGER-AI-Lab/MMLU-Pro', 'MIT (data set), Apache-2.0 (repository)'],
  ['llmrouter, without its mmlu, gsm8k and trivia_qa tasks', 'ulab-uiuc/LLMRouter', 'MIT'],
  ['zeroeval_math_l5', 'WildEval/ZeroEval', 'Apache-2.0'],
  ['alpaca_eval', 'tatsu-lab/alpaca_eval', 'Apache-2.0'],
  ['arena_hard_v01, arena_hard_v2', 'lmarena/arena-hard-auto', 'Apache-2.0'],
  ['ru_arena', 'VikhrModels/ru_llm_arena', 'Apache-2.0'],
  ['clinc', 'clinc/oos-eval', 'CC-BY-3.0'],
  ['banking77', 'PolyAI-LDN/task-specific-datasets', 'CC-BY-4.0'],
  ['chatterbot', 'gunthercox/chatterbot-corpus', 'BSD-3-Clause'],
  ['counterfactual pairs', 'classifier/train (this repository)', 'MIT'],
] as const;

export function artefactModule(artefact: Artefact): string {
  const sources = TRAINED_ON.map(([name, origin, licence]) => `//   ${name} — ${origin} — ${licence}`);
  return [
    '// The trained classifier. Generated by `npm run train`; never edited by hand. A test checks the SHA-256.',
    '// Trained on:',
    ...sources,
    '',
    '/** Of the decoded bytes, then of the characters of the n-gram weights. */',
    `export const ARTEFACT_SHA256 = '${sha256(artefact)}';`,
    '',
    '/** Layout: classifier/train/artefact-file.ts. */',
    'export const ARTEFACT_BASE64 =',
    `  '${Buffer.from(artefact.bytes).toString('base64')}';`,
    '',
    '/** One character for each n-gram bucket. */',
    'export const ARTEFACT_WORDING =',
    `  '${artefact.wording}';`,
    '',
  ].join('\n');
}
