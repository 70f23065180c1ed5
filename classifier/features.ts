// The dense features: what a scan says, as numbers the trees can split on, each under the name its reason is given by.
// Several features may share a name; their contributions are then shown as one. Order is part of the artefact's format.
// Counts saturate: saying a word ten times is no harder a task than saying it three times.

import { CATEGORIES, DEMANDING_CATEGORIES, EVERYDAY_CATEGORIES } from './categories.ts';
import { LINE_SHAPE } from './line-shapes.ts';
import type { TextScan } from './text-scan.ts';
import { KIND } from './token-hash.ts';

export type Feature = { readonly name: string; readonly read: (scan: TextScan) => number };

/** The n-gram model's own opinion of the whole, of its ends, and of single sentences; set by the caller. */
export const WORDING_FEATURE = {
  whole: 0,
  opening: 1,
  closing: 2,
  hardest: 3,
  easiest: 4,
  loudest: 5,
} as const;

export const WORDING_FEATURES = 6;

/** What the n-gram model says, as logits; see `WORDING_FEATURE`. */
export type WordingLogits = Readonly<Record<keyof typeof WORDING_FEATURE, number>>;

/** A word of a category is counted up to here. */
const MAX_COUNT = 3;

const TEXT_FEATURES: readonly Feature[] = [
  ...Array.from({ length: WORDING_FEATURES }, () => ({ name: 'wording', read: () => 0 })),
  { name: 'length', read: (scan) => scan.readChars },
  { name: 'length', read: (scan) => scan.words },
  { name: 'length', read: (scan) => Math.min(scan.readChars, lines(scan, LINE_SHAPE.bodyChars)) },
  { name: 'length', read: (scan) => lines(scan, LINE_SHAPE.any) },
  { name: 'numbers', read: (scan) => scan.numbers },
  { name: 'numbers', read: (scan) => scan.longestNumber },
  { name: 'numbers', read: (scan) => perMille(scan, KIND.digit) },
  { name: 'mathematical notation', read: (scan) => count(scan, KIND.mathSign) },
  { name: 'mathematical notation', read: (scan) => perMille(scan, KIND.mathSign) },
  { name: 'mathematical notation', read: (scan) => count(scan, KIND.backslash) },
  { name: 'mathematical notation', read: (scan) => count(scan, KIND.dollar) },
  { name: 'mathematical notation', read: (scan) => count(scan, KIND.wideMath) },
  { name: 'code notation', read: (scan) => count(scan, KIND.codeSign) },
  { name: 'code notation', read: (scan) => perMille(scan, KIND.codeSign) },
  { name: 'code notation', read: (scan) => lines(scan, LINE_SHAPE.indented) },
  { name: 'code notation', read: (scan) => lines(scan, LINE_SHAPE.fence) },
  { name: 'code notation', read: (scan) => perMille(scan, KIND.parenthesis) },
  { name: 'answer options', read: (scan) => lines(scan, LINE_SHAPE.option) },
  { name: 'lists', read: (scan) => lines(scan, LINE_SHAPE.bullet) },
  { name: 'question form', read: (scan) => count(scan, KIND.question) },
  { name: 'sentence form', read: (scan) => count(scan, KIND.stop) },
  {
    name: 'sentence form',
    read: (scan) => ratio(scan.readChars, count(scan, KIND.stop) + count(scan, KIND.question) + 1),
  },
  { name: 'sentence form', read: (scan) => perMille(scan, KIND.comma) },
  { name: 'sentence form', read: (scan) => perMille(scan, KIND.quote) },
  { name: 'sentence form', read: (scan) => perMille(scan, KIND.hyphen) },
  { name: 'long words', read: (scan) => ratio(scan.wordChars, scan.words) },
  { name: 'long words', read: (scan) => scan.longWords },
  { name: 'long words', read: (scan) => ratio(1000 * scan.longWords, scan.words) },
  { name: 'rare words', read: (scan) => scan.knowableWords - scan.knownWords },
  { name: 'rare words', read: (scan) => ratio(1000 * scan.knownWords, scan.knowableWords) },
  { name: 'repetition', read: (scan) => ratio(1000 * scan.bucketCount, scan.grams) },
  { name: 'writing system', read: (scan) => perMille(scan, KIND.wideLetter) },
  { name: 'writing system', read: (scan) => perMille(scan, KIND.unspaced) },
];

export const FEATURES: readonly Feature[] = [
  ...TEXT_FEATURES,
  ...CATEGORIES.map((name, category) => ({
    name,
    read: (scan: TextScan) => Math.min(MAX_COUNT, scan.categoryCounts[category] ?? 0),
  })),
  ...CATEGORIES.map((name, category) => ({
    name,
    read: (scan: TextScan) => Math.min(MAX_COUNT, scan.instructionCounts[category] ?? 0),
  })),
  { name: 'demanding words', read: (scan) => demanding(scan.instructionCounts) },
  { name: 'demanding words', read: (scan) => ratio(1000 * demanding(scan.categoryCounts), scan.words) },
  { name: 'everyday words', read: (scan) => everyday(scan.instructionCounts) },
  { name: 'everyday words', read: (scan) => ratio(1000 * everyday(scan.categoryCounts), scan.words) },
];

/** Fills `values` (float32, as the trees' thresholds are) from a scan and the n-gram model's logits. */
export function readFeatures(scan: TextScan, wording: WordingLogits, values: Float32Array): void {
  for (let index = 0; index < FEATURES.length; index += 1) values[index] = FEATURES[index]?.read(scan) ?? 0;
  setWordingFeatures(wording, values);
}

/** The wording's places alone; the others stay as they are. */
export function setWordingFeatures(wording: WordingLogits, values: Float32Array): void {
  values[WORDING_FEATURE.whole] = wording.whole;
  values[WORDING_FEATURE.opening] = wording.opening;
  values[WORDING_FEATURE.closing] = wording.closing;
  values[WORDING_FEATURE.hardest] = wording.hardest;
  values[WORDING_FEATURE.easiest] = wording.easiest;
  values[WORDING_FEATURE.loudest] = wording.loudest;
}

function count(scan: TextScan, kind: number): number {
  return scan.kinds[kind] ?? 0;
}

function lines(scan: TextScan, shape: number): number {
  return scan.lineShapes[shape] ?? 0;
}

function perMille(scan: TextScan, kind: number): number {
  return ratio(1000 * count(scan, kind), scan.readChars);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function demanding(counts: Uint32Array): number {
  return sumOf(counts, 0, DEMANDING_CATEGORIES);
}

function everyday(counts: Uint32Array): number {
  return sumOf(counts, DEMANDING_CATEGORIES, DEMANDING_CATEGORIES + EVERYDAY_CATEGORIES);
}

function sumOf(counts: Uint32Array, from: number, end: number): number {
  let sum = 0;
  for (let category = from; category < end; category += 1) sum += Math.min(MAX_COUNT, counts[category] ?? 0);
  return sum;
}
