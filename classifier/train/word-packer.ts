// Word lists as the table that the product reads: words that play the same parts stand together, ascending, each without
// the letters that it shares with the one before it. `unpackWords` is the reader.

import { foldUnicode } from '../fold-unicode.ts';
import { FIRST_LETTER } from '../packed-words.ts';

type WordLists = readonly (readonly [part: number, words: string])[];

/** As many letters as one capital can count. */
const MAX_SHARED = 25;

export function packWordLists(lists: WordLists): WordLists {
  const parts = partsOfWords(lists);
  const groups = Map.groupBy(parts.keys(), (word) => parts.get(word) ?? 0);
  return Array.from(groups, ([sum, words]) => [sum, packWords(words.toSorted())]);
}

/** Every word, folded, with the sum of its parts. */
export function partsOfWords(lists: WordLists): ReadonlyMap<string, number> {
  const parts = new Map<string, number>();
  for (const [part, words] of lists) {
    for (const word of foldUnicode(words).split(/\s+/)) parts.set(word, (parts.get(word) ?? 0) | part);
  }
  return parts;
}

function packWords(words: readonly string[]): string {
  return words.map((word, at) => withoutShared(word, words[at - 1] ?? '')).join('');
}

function withoutShared(word: string, before: string): string {
  if (/[A-Z]/.test(word)) throw new Error(`"${word}" is not folded: a capital letter is left`);
  let shared = 0;
  while (shared < MAX_SHARED && shared < word.length && word[shared] === before[shared]) shared += 1;
  return String.fromCharCode(FIRST_LETTER + shared) + word.slice(shared);
}
