// The parts that words play when people tell a router what to do; train/word-lists.ts lists the words. A word may play
// several parts. What the parts add up to is decided in cut-asks.ts.

import { lazy } from '../protocol/lazy.ts';
import { unpackWords } from './packed-words.ts';
import { WORD_TABLE } from './word-table.ts';

export const PART = {
  /** Names what is chosen. */
  target: 1,
  /** Names a place of choice, but is an everyday word as well. */
  place: 2,
  /** Chooses, of routers only. */
  route: 4,
  /** Chooses, of anything. */
  act: 8,
  /** Says which one. */
  size: 16,
  /** Points at the request itself. */
  self: 32,
  /** Says how hard it is. */
  difficulty: 64,
  /** Says that something is so. */
  claim: 128,
  /** Means nothing here. */
  glue: 256,
  /** Holds sentences together: function-words.ts. Says nothing about a wish. */
  function: 512,
} as const;

const ASKS = PART.function - 1;

/** Every word that tells a router something, with the sum of its parts. */
export const askWords: () => ReadonlyMap<string, number> = lazy(
  () =>
    new Map(
      WORD_TABLE.filter(([parts]) => (parts & ASKS) !== 0).flatMap(([parts, words]) =>
        unpackWords(words).map((word) => [word, parts & ASKS] as const),
      ),
    ),
);

const WORDS = /[\p{L}\p{N}\p{M}]+/gu;

/** What the words of a stretch of text add up to, and which share of them belongs to a wish at all. */
export function partsOf(text: string): {
  readonly parts: number;
  readonly share: number;
  readonly words: number;
} {
  let [parts, known, words] = [0, 0, 0];
  const lists = askWords();
  for (const [word] of text.matchAll(WORDS)) {
    const part = lists.get(word) ?? (/^\d+$/.test(word) ? PART.glue : 0);
    words += 1;
    parts |= part;
    if (part !== 0) known += 1;
  }
  return { parts, share: words === 0 ? 1 : known / words, words };
}
