// Rows as the trainer works on them: read once by the runtime's own scan, with what training must know besides.

import { analysisText } from '../analysis-text.ts';
import { FEATURES, readFeatures, setWordingFeatures, type WordingLogits } from '../features.ts';
import { KNOWN_WORD_BYTES, KnownWords, knownWordBit } from '../known-words.ts';
import { LexiconTable } from '../lexicon-table.ts';
import { wordingLogits, type ScannedGrams } from '../score.ts';
import { TextScan } from '../text-scan.ts';
import { density } from './artefact-file.ts';
import { AUGMENTED } from './augmented-rows.ts';
import { hashedLexicon } from './lexicon.ts';
import type { Row } from './rows.ts';
import type { Grams } from './wording-model.ts';

export type ScannedRow = {
  readonly row: Row;
  readonly grams: Grams;
  /** The dense features; those of the wording are filled in later. */
  readonly features: Float32Array;
  readonly scanned: ScannedGrams;
};

/** A word is known when so many rows, no variants of each other, hold it. */
const KNOWN_FROM = 2;

/** For each word hash the number of groups of rows that hold it. */
export type WordCounts = ReadonlyMap<number, number>;

export function countWords(rows: readonly Row[], bucketBits: number): WordCounts {
  const groups = new Map<number, Set<string>>();
  let group = '';
  const collector = {
    has(hash: number): boolean {
      const holders = groups.get(hash);
      if (holders === undefined) groups.set(hash, new Set([group]));
      else if (holders.size <= KNOWN_FROM) holders.add(group);
      return false;
    },
  };
  const scan = new TextScan(bucketBits, lexiconTable(), collector);
  for (const row of rows) {
    if (row.source === AUGMENTED) continue;
    group = row.group;
    scan.read(analysisText(row.text));
  }
  return new Map(Array.from(groups, ([hash, holders]) => [hash, holders.size]));
}

/** The bits the runtime asks; `leftOut` of a word's groups do not count. */
export function knownWordBits(counts: WordCounts, leftOut: number): Uint8Array {
  const bits = new Uint8Array(KNOWN_WORD_BYTES);
  for (const [hash, count] of counts) {
    if (count - leftOut < KNOWN_FROM) continue;
    const bit = knownWordBit(hash);
    bits[bit >>> 3] = (bits[bit >>> 3] ?? 0) | (1 << (bit & 7));
  }
  return bits;
}

const NO_WORDING: WordingLogits = { whole: 0, opening: 0, closing: 0, hardest: 0, easiest: 0, loudest: 0 };

/** A row's own words do not count as known because of the row itself: new text has no such help. */
export function scanRows(
  rows: readonly Row[],
  counts: WordCounts,
  bucketBits: number,
): readonly ScannedRow[] {
  const bits = knownWordBits(counts, 1);
  const scan = new TextScan(bucketBits, lexiconTable(), new KnownWords(bits, density(bits)));
  return rows.map((row) => {
    scan.read(analysisText(row.text));
    const features = new Float32Array(FEATURES.length);
    readFeatures(scan, NO_WORDING, features);
    const buckets = scan.buckets.slice(0, scan.bucketCount);
    const { bucketCount, openingEnd, closingStart, sentenceCount } = scan;
    const sentenceEnds = scan.sentenceEnds.slice(0, sentenceCount);
    const scanned = { buckets, bucketCount, openingEnd, closingStart, sentenceEnds, sentenceCount };
    return { row, features, scanned, grams: { buckets, label: row.label, weight: row.weight } };
  });
}

/** Fills in what the n-gram model says of the row. */
export function setWording({ scanned, features }: ScannedRow, weights: Float64Array): void {
  setWordingFeatures(
    wordingLogits(scanned, (bucket) => weights[bucket] ?? 0),
    features,
  );
}

function lexiconTable(): LexiconTable {
  const { hashes, categories } = hashedLexicon();
  return new LexiconTable(hashes, categories);
}
