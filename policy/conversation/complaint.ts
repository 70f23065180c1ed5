// Whether a short turn says that the last answer was wrong or did not work. Precise rather than greedy: the phrase
// must stand at the beginning, and a turn that goes on to ask something of its own is left to the classifier.

import { complaints, fillers, startsWithin } from './phrases.ts';

/** "No, that is still not right, please try it again with the other file": a complaint is no longer than this. */
const MAX_WORDS = 14;
const MAX_CHARACTERS = 120;

/** How many words may stand before the phrase: "no sorry but", "hmm". */
const MAX_BEFORE = 3;

/** Quotations and headings: the words belong to a text that is given, not to what the person thinks. */
const GIVEN_TEXT = /[:"“”„«»「」\n]/u;

/** @param words - of the text; asked for only when the text is short enough */
export function isComplaint(text: string, words: () => readonly string[]): boolean {
  if (text.length > MAX_CHARACTERS || GIVEN_TEXT.test(text)) return false;
  const all = words();
  if (all.length > MAX_WORDS) return false;
  const telling = all.filter((word) => !fillers().has(word));
  return startsWithin(all, complaints(), MAX_BEFORE) || startsWithin(telling, complaints(), MAX_BEFORE);
}
