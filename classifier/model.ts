// The trained model in memory, decoded from the committed artefact without I/O.
// logit = intercept + slope × (wording + Σ trees): a sum, so every share of it can be named exactly (see classify.ts).
// A model owns the scratch space of one classification; it holds nothing of a prompt's text afterwards.

import { ARTEFACT_BASE64 } from './artefact.ts';
import { FEATURES } from './features.ts';
import { LexiconTable } from './lexicon-table.ts';
import { TextScan } from './text-scan.ts';

/** The feature number that marks a leaf. */
export const LEAF = 255;

/** 'EWC1', little-endian: refuses an artefact of another layout before its bytes are taken for weights. */
export const ARTEFACT_MAGIC = 0x31435745;

export const HEADER_BYTES = 48;

export type Trees = {
  /** Index of each tree's root node. */
  readonly roots: Uint32Array;
  readonly features: Uint8Array;
  /** A value at or below the threshold goes to the next node, else to this one. */
  readonly rights: Uint32Array;
  readonly thresholds: Float32Array;
  /** The tree's estimate at each node, so that a step from parent to child has a value of its own. */
  readonly values: Float64Array;
};

export type Model = {
  readonly bucketBits: number;
  readonly wordWeights: Int8Array;
  readonly wordScale: number;
  readonly trees: Trees;
  readonly slope: number;
  readonly intercept: number;
  /** Which named signal each feature counts towards, and the names. */
  readonly signalOf: Uint8Array;
  readonly signalNames: readonly string[];
  readonly scan: TextScan;
  readonly featureValues: Float32Array;
  readonly contributions: Float64Array;
};

/** Decodes the artefact this build was made with. Call it once per isolate and keep the result: about 1 ms. */
export function loadModel(): Model {
  return decodeModel(Uint8Array.fromBase64?.(ARTEFACT_BASE64) ?? decodeBase64(ARTEFACT_BASE64));
}

/** @param bytes as written by the trainer: header, roots, nodes (feature, right, value, threshold), lexicon, word weights */
export function decodeModel(bytes: Uint8Array): Model {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== ARTEFACT_MAGIC) throw new Error('classifier artefact: unknown layout');
  if (view.getUint8(5) !== FEATURES.length)
    throw new Error('classifier artefact: trained with other features');
  const bucketBits = view.getUint8(4);
  const treeCount = view.getUint16(6, true);
  const nodeCount = view.getUint32(8, true);
  const nodesAt = HEADER_BYTES + 2 * treeCount;
  const lexiconCount = view.getUint32(12, true);
  const lexiconAt = nodesAt + 7 * nodeCount;
  const weightsAt = lexiconAt + 5 * lexiconCount;
  return {
    bucketBits,
    wordWeights: new Int8Array(bytes.buffer, bytes.byteOffset + weightsAt, 2 ** bucketBits),
    wordScale: view.getFloat64(16, true),
    trees: decodeTrees(bytes, { treeCount, nodeCount, nodesAt, valueScale: view.getFloat64(24, true) }),
    slope: view.getFloat64(32, true),
    intercept: view.getFloat64(40, true),
    ...signals(),
    scan: new TextScan(bucketBits, decodeLexicon(bytes, lexiconAt, lexiconCount)),
    featureValues: new Float32Array(FEATURES.length),
    contributions: new Float64Array(FEATURES.length),
  };
}

type TreeLayout = {
  readonly treeCount: number;
  readonly nodeCount: number;
  readonly nodesAt: number;
  readonly valueScale: number;
};

function decodeTrees(bytes: Uint8Array, { treeCount, nodeCount, nodesAt, valueScale }: TreeLayout): Trees {
  // Copies give the wider arrays the alignment they need; every machine this runs on is little-endian, as the file is.
  const roots = new Uint16Array(bytes.slice(HEADER_BYTES, nodesAt).buffer);
  const features = bytes.slice(nodesAt, nodesAt + nodeCount);
  const offsets = bytes.subarray(nodesAt + nodeCount, nodesAt + 2 * nodeCount);
  const quantised = new Int8Array(bytes.slice(nodesAt + 2 * nodeCount, nodesAt + 3 * nodeCount).buffer);
  const thresholds = new Float32Array(bytes.slice(nodesAt + 3 * nodeCount, nodesAt + 7 * nodeCount).buffer);
  const rights = new Uint32Array(nodeCount);
  const values = new Float64Array(nodeCount);
  for (let node = 0; node < nodeCount; node += 1) {
    rights[node] = node + (offsets[node] ?? 0);
    values[node] = (quantised[node] ?? 0) * valueScale;
  }
  return { roots: Uint32Array.from(roots.subarray(0, treeCount)), features, rights, thresholds, values };
}

function decodeLexicon(bytes: Uint8Array, at: number, count: number): LexiconTable {
  const hashes = new Int32Array(bytes.slice(at, at + 4 * count).buffer);
  return new LexiconTable(hashes, bytes.subarray(at + 4 * count, at + 5 * count));
}

function signals(): Pick<Model, 'signalOf' | 'signalNames'> {
  const signalNames = [...new Set(FEATURES.map((feature) => feature.name))];
  return { signalNames, signalOf: Uint8Array.from(FEATURES, (feature) => signalNames.indexOf(feature.name)) };
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Written here because pure folders have neither `atob` nor `Buffer`. `base64` has no line breaks. */
export function decodeBase64(base64: string): Uint8Array {
  const sextets = new Uint8Array(128);
  for (let value = 0; value < 64; value += 1) sextets[BASE64.charCodeAt(value)] = value;
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((base64.length / 4) * 3 - padding);
  let at = 0;
  for (let index = 0; index < base64.length; index += 4) {
    const group =
      ((sextets[base64.charCodeAt(index)] ?? 0) << 18) |
      ((sextets[base64.charCodeAt(index + 1)] ?? 0) << 12) |
      ((sextets[base64.charCodeAt(index + 2)] ?? 0) << 6) |
      (sextets[base64.charCodeAt(index + 3)] ?? 0);
    bytes[at] = group >> 16;
    bytes[at + 1] = group >> 8;
    bytes[at + 2] = group;
    at += 3;
  }
  return bytes;
}
