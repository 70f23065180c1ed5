// The last words of a lost answer, which a model is asked to repeat so that the place where it goes on is certain: the
// shortest end that is long enough and stands nowhere else near the end. "ha ha ha" and equal rows make it longer.

import { squeezed } from './squeezed.ts';

/** Five or six words: enough to be repeated word by word, cheap enough to be paid for twice. */
const LEAST_UNITS = 24;

/** More is not repeated faithfully; a text that is still ambiguous then is a loop. */
const MOST_UNITS = 600;

/** How far back an answer is searched for repetition, in UTF-16 units. */
export const WINDOW_UNITS = 4_000;

/** A place between two words is looked for this far back; scripts without spaces are cut between two characters. */
const MOST_WORD_UNITS = 40;

/** Marks and joiners belong to the character before them. */
const INSIDE_CHARACTER = /^[\p{M}\p{Cs}\p{Join_C}\p{EMod}]/u;

/** @param text - without white space at its end */
export function anchorOf(text: string): string {
  const near = squeezed(text.slice(-WINDOW_UNITS));
  for (let length = LEAST_UNITS; ; length += 8) {
    const start = startOfWord(text, text.length - length);
    const anchor = text.slice(start).trimStart();
    const isLast = start === 0 || length > MOST_UNITS;
    if (isLast || near.indexOf(squeezed(anchor)) === near.length - squeezed(anchor).length) return anchor;
  }
}

function startOfWord(text: string, at: number): number {
  if (at <= 0) return 0;
  const space = /\s\S*$/.exec(text.slice(Math.max(0, at - MOST_WORD_UNITS), at + 1));
  if (space !== null) return at + 1 - space[0].length;
  let start = at;
  while (start > 0 && (INSIDE_CHARACTER.test(text.slice(start)) || text.charAt(start - 1) === '\u200d'))
    start -= 1;
  return start;
}
