// Packs the hashed lexicon as `classifier/packed-lexicon.ts` unpacks it.

import { toLetter } from '../letters.ts';
import { type PackedLexicon, RANDOM_BITS } from '../packed-lexicon.ts';
import type { HashedLexicon } from './lexicon.ts';

export function packLexicon({ hashes, categories }: HashedLexicon): PackedLexicon {
  const entries = Array.from(hashes, (hash, index) => ({
    hash: hash >>> 0,
    category: categories[index] ?? 0,
  }));
  entries.sort((left, right) => left.hash - right.hash);
  const steps = entries.map(({ hash }, index) => hash - (entries[index - 1]?.hash ?? 0));
  return {
    categories: entries.map(({ category }) => toLetter(category)).join(''),
    highSteps: steps.map((step) => toLetter(Math.floor(step / 2 ** RANDOM_BITS))).join(''),
    lowSteps: steps
      .flatMap((step) => [(step >>> 12) & 63, (step >>> 6) & 63, step & 63])
      .map(toLetter)
      .join(''),
  };
}
