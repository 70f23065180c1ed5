// The trained model in memory, decoded from the committed artefact without I/O.
// sum = intercept + slope × (Σ wording + Σ trees), and a curve from the sum to the logit: every share of it can be named
// exactly (see score.ts).
// A model owns the scratch space of one classification; it holds nothing of a prompt's text afterwards.

import { ARTEFACT_BASE64, ARTEFACT_WORDING } from './artefact.ts';
import { decodeBase64 } from './base64.ts';
import type { CalibrationCurve } from './calibration-curve.ts';
import { FEATURES, WORDING_FEATURES } from './features.ts';
import { KNOWN_WORD_BYTES, KnownWords } from './known-words.ts';
import { LexiconTable } from './lexicon-table.ts';
import { TextScan } from './text-scan.ts';

/** The feature number that marks a leaf. */
export const LEAF = 255;

/** 'EWC5', little-endian: refuses an artefact of another layout before its bytes are taken for weights. */
export const ARTEFACT_MAGIC = 0x35435745;

export const HEADER_BYTES = 128;

/** Every n-gram's weight is one character: steps of `wordScale` away from this one. */
export const ZERO_WEIGHT = 'A'.charCodeAt(0);

/** `'('` to `'Z'`: no quote and no backslash among them, so the module needs no escapes. */
export const MAX_WEIGHT_STEPS = 25;

/**
 * What the trainer makes and the build carries. The n-gram weights are text, one character each, read where they stand:
 * nothing to decode in a cold isolate, and compression finds their true size, which base64 hides from it.
 */
export type Artefact = { readonly bytes: Uint8Array; readonly wording: string };

export type Trees = {
  /** Index of each tree's root node. */
  readonly roots: Uint16Array;
  readonly features: Uint8Array;
  /** A value at or below the threshold goes to the next node, else so many nodes on. */
  readonly rights: Uint8Array;
  readonly thresholds: Float32Array;
  /** The tree's estimate at each node, in steps of `valueScale`, so that a step to a child has a value of its own. */
  readonly values: Int8Array;
  readonly valueScale: number;
};

export type Model = {
  readonly bucketBits: number;
  readonly wordWeights: string;
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

/** Decodes the artefact this build was made with. Call it once per isolate and keep the result: about 1 ms. */
export function loadModel(): Model {
  const bytes = Uint8Array.fromBase64?.(ARTEFACT_BASE64) ?? decodeBase64(ARTEFACT_BASE64);
  return decodeModel({ bytes, wording: ARTEFACT_WORDING });
}

/** Reads what `encodeModel` of the trainer wrote; sections follow each other in the order they are read here. */
export function decodeModel({ bytes, wording }: Artefact): Model {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== ARTEFACT_MAGIC) throw new Error('classifier artefact: unknown layout');
  if (view.getUint8(5) !== FEATURES.length)
    throw new Error('classifier artefact: trained with other features');
  const bucketBits = view.getUint8(4);
  if (wording.length !== 2 ** bucketBits) throw new Error('classifier artefact: n-gram weights are missing');
  const sections = new Sections(bytes);
  const trees = sections.trees(view.getUint16(6, true), view.getUint16(8, true), view.getFloat64(24, true));
  const gainTrees = sections.trees(
    view.getUint16(10, true),
    view.getUint16(12, true),
    view.getFloat64(32, true),
  );
  const lexicon = sections.lexicon(view.getUint16(14, true));
  const known = new KnownWords(sections.next(KNOWN_WORD_BYTES), view.getFloat64(112, true));
  const points = view.getUint8(120);
  const curve = { sums: sections.numbers(points), logits: sections.numbers(points) };
  return {
    bucketBits,
    wordWeights: wording,
    wordScale: view.getFloat64(16, true),
    wordingMix: new Float64Array(bytes.slice(64, 64 + 8 * WORDING_FEATURES).buffer),
    trees,
    slope: view.getFloat64(40, true),
    intercept: view.getFloat64(48, true),
    curve,
    gainTrees,
    gainIntercept: view.getFloat64(56, true),
    ...signals(),
    knownDensity: known.density,
    scan: new TextScan(bucketBits, lexicon, known),
    featureValues: new Float32Array(FEATURES.length),
    contributions: new Float64Array(FEATURES.length),
  };
}

/** The artefact's sections in order. Copies give the wider arrays their alignment; all machines here are little-endian. */
class Sections {
  readonly #bytes: Uint8Array;
  #at = HEADER_BYTES;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  next(length: number): Uint8Array<ArrayBuffer> {
    const section = this.#bytes.slice(this.#at, this.#at + length);
    this.#at += length;
    return section;
  }

  trees(treeCount: number, nodeCount: number, valueScale: number): Trees {
    return {
      roots: new Uint16Array(this.next(2 * treeCount).buffer),
      features: this.next(nodeCount),
      rights: this.next(nodeCount),
      values: new Int8Array(this.next(nodeCount).buffer),
      thresholds: new Float32Array(this.next(4 * nodeCount).buffer),
      valueScale,
    };
  }

  numbers(count: number): Float64Array {
    return new Float64Array(this.next(8 * count).buffer);
  }

  lexicon(count: number): LexiconTable {
    return new LexiconTable(new Int32Array(this.next(4 * count).buffer), this.next(count));
  }
}

function signals(): Pick<Model, 'signalOf' | 'signalNames'> {
  const signalNames = [...new Set(FEATURES.map((feature) => feature.name))];
  return { signalNames, signalOf: Uint8Array.from(FEATURES, (feature) => signalNames.indexOf(feature.name)) };
}
