// The word table that the product reads holds exactly the words of the lists that people edit.

import { expect, it } from 'vitest';
import { askWords, PART } from '../classifier/ask-words.ts';
import { isFunctionWord } from '../classifier/function-words.ts';
import { unpackWords } from '../classifier/packed-words.ts';
import { hashWord } from '../classifier/token-hash.ts';
import { WORD_LISTS } from '../classifier/train/word-lists.ts';
import { packWordLists, partsOfWords } from '../classifier/train/word-packer.ts';
import { WORD_TABLE } from '../classifier/word-table.ts';

it('the committed table is what `node scripts/write-words.ts` writes', () => {
  expect(WORD_TABLE).toEqual(packWordLists(WORD_LISTS));
});

it('every listed word, and no other, plays the parts that it is listed under', () => {
  const listed = Array.from(partsOfWords(WORD_LISTS));
  const asking = listed
    .map(([word, parts]) => [word, parts & ~PART.function] as const)
    .filter(([, parts]) => parts !== 0);
  expect(new Map(askWords())).toEqual(new Map(asking));
  expect(listed.map(([word]) => isFunctionWord(hashWord(word)))).toEqual(
    listed.map(([, parts]) => (parts & PART.function) !== 0),
  );
});

it('packed words are read letter by letter as they were, in every script', () => {
  const words = ['a', 'ab', 'abc', 'b', 'это', 'этот', 'है', 'हैं'];
  const [[, packed] = [0, '']] = packWordLists([[1, words.toReversed().join(' ')]]);
  expect([packed, unpackWords(packed)]).toEqual(['AaBbCcAbAэтоDтAहैCं', words]);
});
