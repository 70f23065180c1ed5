// The trained model in memory, decoded from the committed artefact without I/O.
// sum = intercept + slope × (Σ wording + Σ trees), and a curve from the sum to the logit: every share of it can be named
// exactly (see score.ts).
// A model owns the scratch space of one classification; it holds nothing of a prompt's text afterwards.

import { ARTEFACT } from './artefact.ts';
import { decodeBase64 } from './base64.ts';
import type { CalibrationCurve } from './calibration-curve.ts';
import { FEATURES, WORDING_FEATURES } from './features.ts';
import { KNOWN_WORD_BYTES, KnownWords } from './known-words.ts';
import { type PackedLexicon, unpackLexicon } from './packed-lexicon.ts';
import { type PackedTrees, type Trees, unpackCuts, unpackTrees } from './packed-trees.ts';
import { type PackedWeights, unpackWeights, type WeightSteps } from './packed-weights.ts';
import { TextScan } from './text-scan.ts';

/** Refuses an artefact of another layout before its letters are taken for weights. */
export const LAYOUT = 'EWC7';

/**
 * What the trainer makes and the build carries: numbers, and texts in which each character is one or two. The n-gram
 * weights are read where they stand, and of the rest little is decoded: a cold isolate would do it letter by letter.
 */
export type Artefact = {
  readonly layout: string;
  /** How many there were when it was trained. */
  readonly features: number;
  readonly wording: PackedWeights;
  readonly wordScale: number;
  readonly wordingMix: readonly number[];
  readonly knownDensity: number;
  readonly lexicon: PackedLexicon;
  /** For each feature, at how many values trees ask about it. */
  readonly cutCounts: string;
  readonly trees: PackedTrees;
  readonly gainTrees: PackedTrees;
  readonly gainIntercept: number;
  /** Base64 of what has no small numbers: values of both sets of trees, int8; bits of the known words; cuts, float32. */
  readonly bytes: string;
  readonly slope: number;
  readonly intercept: number;
  readonly curve: { readonly sums: readonly number[]; readonly logits: readonly number[] };
};

export type Model = {
  readonly bucketBits: number;
  readonly weightSteps: WeightSteps;
  readonly wordScale: number;
  /** How much each of the wording's features counts, before any tree has spoken. */
  readonly wordingMix: Float64Array;
  readonly trees: Trees;
  readonly slope: number;
  readonly intercept: number;
  readonly curve: CalibrationCurve;
  /** What the strong model's answer is expected to score more, before any tree has spoken, and the trees. */
  readonly gainIntercept: number;
  readonly gainTrees: Trees;
  /** Which named signal each feature counts towards, and the names. */
  readonly signalOf: Uint8Array;
  readonly signalNames: readonly string[];
  readonly knownDensity: number;
  readonly scan: TextScan;
  readonly featureValues: Float32Array;
  readonly contributions: Float64Array;
};

/** Decodes the artefact this build was made with. Call it once per isolate and keep the result: a few ms. */
export function loadModel(): Model {
  return decodeModel(ARTEFACT);
}

/** Reads what `encodeModel` of the trainer wrote. */
export function decodeModel(artefact: Artefact): Model {
  const { layout, features, wording, curve } = artefact;
  if (layout !== LAYOUT) throw new Error('classifier artefact: unknown layout');
  if (features !== FEATURES.length || artefact.wordingMix.length !== WORDING_FEATURES)
    throw new Error('classifier artefact: trained with other features');
  const bucketBits = Math.log2(2 * wording.pairs.length);
  if (!Number.isInteger(bucketBits)) throw new Error('classifier artefact: n-gram weights are missing');
  const bytes = Uint8Array.fromBase64?.(artefact.bytes) ?? decodeBase64(artefact.bytes);
  const nodes = artefact.trees.features.length;
  const knownFrom = nodes + artefact.gainTrees.features.length;
  const cutsFrom = knownFrom + KNOWN_WORD_BYTES;
  const values = new Int8Array(bytes.buffer);
  // A copy, for its alignment.
  const cuts = unpackCuts(artefact.cutCounts, new Float32Array(bytes.slice(cutsFrom).buffer));
  const known = new KnownWords(bytes.subarray(knownFrom, cutsFrom), artefact.knownDensity);
  return {
    bucketBits,
    weightSteps: unpackWeights(wording),
    wordScale: artefact.wordScale,
    wordingMix: Float64Array.from(artefact.wordingMix),
    trees: unpackTrees(artefact.trees, values.subarray(0, nodes), cuts),
    slope: artefact.slope,
    intercept: artefact.intercept,
    curve: { sums: Float64Array.from(curve.sums), logits: Float64Array.from(curve.logits) },
    gainTrees: unpackTrees(artefact.gainTrees, values.subarray(nodes, knownFrom), cuts),
    gainIntercept: artefact.gainIntercept,
    ...signals(),
    knownDensity: known.density,
    scan: new TextScan(bucketBits, unpackLexicon(artefact.lexicon), known),
    featureValues: new Float32Array(FEATURES.length),
    contributions: new Float64Array(FEATURES.length),
  };
}

function signals(): Pick<Model, 'signalOf' | 'signalNames'> {
  const signalNames = [...new Set(FEATURES.map((feature) => feature.name))];
  return { signalNames, signalOf: Uint8Array.from(FEATURES, (feature) => signalNames.indexOf(feature.name)) };
}
