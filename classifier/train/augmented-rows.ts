// Training rows that say the same in other words: small talk around the prompt, lists of foreign keywords after it, and
// typing mistakes. The label stays, so the model learns not to be moved by them.

import { CATEGORIES, DEMANDING_CATEGORIES, EVERYDAY_CATEGORIES } from '../categories.ts';
import { chatterSentence, toldSentences } from './chatter.ts';
import { writtenPrompts } from './counterfactual-prompts.ts';
import { lexiconWords } from './lexicon.ts';
import type { Row } from './rows.ts';
import { seededRandom, type Random } from './seeded-random.ts';

/** How many rows of each kind, and what one of them weighs beside its original. */
const ROWS = { chatter: 8000, keywords: 1500, typos: 2000 } as const;
const WEIGHT = 0.7;

/** Their words are not the words of a language: typing mistakes and lists. */
export const AUGMENTED = 'augmented';

/** Longer prompts are long texts already; what is put around them would be cut off again. */
const MAX_PROMPT_CHARS = 700;

const CHATTER_SENTENCES: readonly number[] = [3, 8, 16, 24, 36];
const KEYWORDS: readonly number[] = [4, 8, 14, 24];

/** One letter in so many is mistyped. */
const LETTERS_PER_TYPO = 22;

export function augmentedRows(rows: readonly Row[]): readonly Row[] {
  const random = seededRandom(31);
  const told = toldSentences([...writtenPrompts().values()].flatMap(({ easy }) => easy));
  const short = rows.filter(({ text }) => text.length > 0 && text.length <= MAX_PROMPT_CHARS);
  const pick = (): Row | undefined => short[Math.floor(random() * short.length)];
  const made: Row[] = [];
  const add = (count: number, change: (row: Row, index: number) => string): void => {
    for (let index = 0; index < count; index += 1) {
      const row = pick();
      if (row !== undefined)
        made.push({ ...row, text: change(row, index), weight: WEIGHT * row.weight, source: AUGMENTED });
    }
  };
  add(ROWS.chatter, ({ text }, index) => amongChatter(text, { index, random, told }));
  add(ROWS.keywords, ({ text, label }, index) => withKeywords(text, label >= 0.5, index, random));
  add(ROWS.typos, ({ text }) => mistyped(text, random));
  return made;
}

type Chatter = { readonly index: number; readonly random: Random; readonly told: readonly string[] };

function amongChatter(text: string, { index, random, told }: Chatter): string {
  const count = CHATTER_SENTENCES[index % CHATTER_SENTENCES.length] ?? 3;
  const chatter = Array.from({ length: count }, () => chatterSentence(random, told)).join(' ');
  const separator = random() < 0.5 ? '\n\n' : ' ';
  return random() < 0.55 ? `${chatter}${separator}${text}` : `${text}${separator}${chatter}`;
}

/** Words that speak for the other side, as somebody would stuff them in. */
function withKeywords(text: string, easy: boolean, index: number, random: Random): string {
  const [first, count] = easy ? [0, DEMANDING_CATEGORIES] : [DEMANDING_CATEGORIES, EVERYDAY_CATEGORIES];
  const words = CATEGORIES.slice(first, first + count).flatMap((category) => lexiconWords(category));
  const length = KEYWORDS[index % KEYWORDS.length] ?? 4;
  const separator = oneOf([' ', ', ', '\n'], random);
  const list = Array.from({ length }, () => oneOf(words, random)).join(separator);
  return random() < 0.75 ? `${text} ${list}` : `${list} ${text}`;
}

function mistyped(text: string, random: Random): string {
  let typed = '';
  for (let index = 0; index < text.length; index += 1) {
    const letter = text.charAt(index);
    if (random() * LETTERS_PER_TYPO >= 1 || !/\p{L}/u.test(letter)) typed += letter;
    else if (random() < 0.5 && index + 1 < text.length) {
      typed += text.charAt(index + 1) + letter;
      index += 1;
    }
  }
  return typed;
}

function oneOf(values: readonly string[], random: Random): string {
  return values[Math.floor(random() * values.length)] ?? '';
}
