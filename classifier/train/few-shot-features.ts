// What the few-shot model sees of a prompt: hashed words, pairs of words and runs of four characters, each kind scaled
// to length one, beside ten plain measures of its form and whatever scores the caller adds. Nothing here is shipped.

import { hashWord } from '../token-hash.ts';

/** Columns and their values; a column occurs once. */
export type SparseRow = { readonly columns: Uint32Array; readonly values: Float64Array };

export type Encoder = { readonly width: number; readonly encode: (prompt: Described) => SparseRow };

/** A prompt as counts by kind of n-gram and as dense measures; costly to make, so it is made once for all seeds. */
export type Described = {
  readonly grams: readonly ReadonlyMap<number, number>[];
  readonly measures: readonly number[];
};

/** 2^18 columns for each kind of n-gram: a few hundred thousand n-grams of exam questions seldom meet in one. */
const HASH_BITS = 18;
const COLUMNS = 2 ** HASH_BITS;

const RUN_CHARS = 4;

/** An n-gram seen in one labelled prompt only says nothing about any other. */
const LEAST_PROMPTS = 2;

/** A measure further out than this many standard deviations is an outlier, not more of the same. */
const MAX_DEVIATIONS = 3;

const GRAM_KINDS: readonly ((text: string, words: readonly string[]) => readonly string[])[] = [
  (_text, words) => words,
  (_text, words) => words.slice(1).map((word, index) => `${words[index]} ${word}`),
  (text) =>
    Array.from({ length: Math.max(0, text.length - RUN_CHARS + 1) }, (_, at) =>
      text.slice(at, at + RUN_CHARS),
    ),
];

/** @param scores of other models for this prompt, used as further measures */
export function describe(prompt: string, scores: readonly number[]): Described {
  const text = prompt.toLowerCase().replaceAll(/\s+/g, ' ');
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  return {
    grams: GRAM_KINDS.map((kind) => countGrams(kind(text, words))),
    measures: [...scores, ...formMeasures(prompt, words)],
  };
}

/** Weights n-grams by rarity and scales measures, both as the labelled prompts have them and no others. */
export function fitEncoder(labelled: readonly Described[]): Encoder {
  const rarity = GRAM_KINDS.map((_, kind) => rarityOf(labelled.map(({ grams }) => grams[kind] ?? new Map())));
  const scales = scalesOf(labelled.map(({ measures }) => measures));
  const measuresAt = GRAM_KINDS.length * COLUMNS;
  const encode = ({ grams, measures }: Described): SparseRow => {
    const columns: number[] = [];
    const values: number[] = [];
    grams.forEach((counts, kind) => {
      const weighted = weighGrams(counts, rarity[kind] ?? new Map());
      const length = Math.hypot(...weighted.map(([, value]) => value));
      for (const [column, value] of weighted) {
        columns.push(kind * COLUMNS + column);
        values.push(value / length);
      }
    });
    measures.forEach((measure, index) => {
      columns.push(measuresAt + index);
      values.push(standardised(measure, scales[index]) / Math.sqrt(measures.length));
    });
    return { columns: Uint32Array.from(columns), values: Float64Array.from(values) };
  };
  return { width: measuresAt + scales.length, encode };
}

function countGrams(grams: readonly string[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const gram of grams) {
    const column = columnOf(gram);
    counts.set(column, (counts.get(column) ?? 0) + 1);
  }
  return counts;
}

function columnOf(gram: string): number {
  const hash = hashWord(gram);
  return (hash ^ (hash >>> HASH_BITS)) & (COLUMNS - 1);
}

function rarityOf(prompts: readonly ReadonlyMap<number, number>[]): ReadonlyMap<number, number> {
  const seen = new Map<number, number>();
  for (const counts of prompts)
    for (const column of counts.keys()) seen.set(column, (seen.get(column) ?? 0) + 1);
  const rarity = new Map<number, number>();
  for (const [column, count] of seen) {
    if (count >= LEAST_PROMPTS) rarity.set(column, Math.log((prompts.length + 1) / count));
  }
  return rarity;
}

function weighGrams(
  counts: ReadonlyMap<number, number>,
  rarity: ReadonlyMap<number, number>,
): readonly (readonly [column: number, value: number])[] {
  return [...counts].flatMap(([column, count]) => {
    const rare = rarity.get(column);
    return rare === undefined ? [] : [[column, (1 + Math.log(count)) * rare] as const];
  });
}

type Scale = { readonly mean: number; readonly deviation: number };

function scalesOf(rows: readonly (readonly number[])[]): readonly Scale[] {
  return (rows[0] ?? []).map((_, index) => {
    const mean = rows.reduce((sum, row) => sum + (row[index] ?? 0), 0) / rows.length;
    const variance = rows.reduce((sum, row) => sum + ((row[index] ?? 0) - mean) ** 2, 0) / rows.length;
    return { mean, deviation: Math.sqrt(variance) };
  });
}

function standardised(value: number, scale: Scale | undefined): number {
  if (scale === undefined || scale.deviation === 0) return 0;
  return Math.max(-MAX_DEVIATIONS, Math.min(MAX_DEVIATIONS, (value - scale.mean) / scale.deviation));
}

/** Form of the prompt, and of the answer options where it has any. */
function formMeasures(prompt: string, words: readonly string[]): readonly number[] {
  const share = (pattern: RegExp): number => (prompt.match(pattern)?.length ?? 0) / (prompt.length + 1);
  const options = prompt
    .split('\n')
    .filter((line) => /^[A-Z]\. /.test(line))
    .map((line) => line.length);
  return [
    Math.log1p(prompt.length),
    Math.log1p(words.length),
    average(words.map((word) => word.length)),
    share(/\d/g),
    share(/\p{Lu}/gu),
    share(/[-+=<>^/*~%\\$]/g),
    share(/[,;:]/g),
    share(/[.?!]/g),
    share(/_/g),
    Math.log1p(average(options)),
  ];
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
