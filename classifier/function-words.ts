// The little words that hold sentences together, in the languages training knows. A stretch without any of them is a list,
// not a sentence. train/word-lists.ts lists them.

import { lazy } from '../protocol/lazy.ts';
import { PART } from './ask-words.ts';
import { unpackWords } from './packed-words.ts';
import { hashWord } from './token-hash.ts';
import { WORD_TABLE } from './word-table.ts';

const hashes: () => ReadonlySet<number> = lazy(
  () =>
    new Set(
      WORD_TABLE.filter(([parts]) => (parts & PART.function) !== 0).flatMap(([, words]) =>
        unpackWords(words).map(hashWord),
      ),
    ),
);

/** @param hash of a whole word, as the scan has it */
export function isFunctionWord(hash: number): boolean {
  return hashes().has(hash);
}
