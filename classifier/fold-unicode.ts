// Makes one letter of the many ways to write it: full-width and mathematical letters, accents, invisible characters,
// emoji, and look-alike letters of other alphabets inside a word. Only for text that is not plain ASCII.
// A word keeps its own alphabet: what is Cyrillic or Greek as a whole stays so, unless the text around it is Latin and
// every one of its letters passes for a Latin one.

import { TO_CYRILLIC, TO_LATIN } from './homoglyphs.ts';

/** Combining marks of Latin, Greek and Cyrillic, of Hebrew and of Arabic: an accent more or less is no other task. */
const MARKS = new RegExp(
  String.raw`[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]`,
  'g',
);

/** Characters without a shape of their own, tag characters among them, and pictures. */
const SHAPELESS = new RegExp(
  String.raw`[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2600-\u27bf\u2b00-\u2bff\u3164\ufe00-\ufe0f\ufeff\uffa0]|[\ud83c-\ud83e][\udc00-\udfff]|[\udb40-\udbff][\udc00-\udfff]`,
  'g',
);

const LATIN = /[a-z]/i;

/** Letters of the alphabets that look-alikes come from. */
const ODD_LETTERS = /[\u0131\u01bd\u0250-\u02af\u0370-\u058f\u1d00-\u1d7f\ua730-\ua7ff]+/g;

/** @param text any UTF-16 @returns lower-case, composed, without marks, emoji and invisible characters */
export function foldUnicode(text: string): string {
  const plain = text.normalize('NFKD').replace(MARKS, '').replace(SHAPELESS, '');
  const lowered = foldLookAlikes(plain).toLowerCase().normalize('NFC');
  // Lower-casing alone can make a mark: İ becomes an i with a dot above.
  return lowered.includes('\u0307') ? lowered.replace(MARKS, '') : lowered;
}

/** Looks at the words with such letters only: each is found by its first odd letter and taken to both its ends. */
function foldLookAlikes(text: string): string {
  const found = Array.from(text.matchAll(ODD_LETTERS));
  if (found.length === 0 || !LATIN.test(text)) return text;
  const latinText = 2 * latinLetters(text) >= found.reduce((sum, [letters]) => sum + letters.length, 0);
  let folded = '';
  let from = 0;
  for (const { index } of found) {
    if (index < from) continue;
    let start = index;
    while (start > from && isWordLetter(text.charCodeAt(start - 1))) start -= 1;
    let end = index + 1;
    while (end < text.length && isWordLetter(text.charCodeAt(end))) end += 1;
    folded += text.slice(from, start) + foldWord(text.slice(start, end), latinText);
    from = end;
  }
  return folded + text.slice(from);
}

function isWordLetter(code: number): boolean {
  const letter = code | 32;
  if (letter < 128) return letter >= 97 && letter <= 122;
  return (code >= 0x250 && code <= 0x2af) || (code >= 0x370 && code < 0x590) || isRareLetter(code);
}

function isRareLetter(code: number): boolean {
  return (
    code === 0x131 || code === 0x1bd || (code >= 0x1d00 && code < 0x1d80) || (code >= 0xa730 && code < 0xa800)
  );
}

function foldWord(word: string, latinText: boolean): string {
  const latin = latinLetters(word);
  if (latin === word.length) return word;
  if (2 * latin > word.length || (latinText && PASSES_FOR_LATIN.test(word))) return exchange(word, TO_LATIN);
  return latin > 0 ? exchange(word, TO_CYRILLIC) : word;
}

/** Letters that are Latin ones to the eye, not only at a glance; a whole word of them among Latin words is a disguise. */
const PASSES_FOR_LATIN = /^[a-zA-Zаеорсухіјѕһԛԝᴀ-ᴢɑɡıοανρυικօսհոАВЕЅІЈКМНОРСТУХΑΒΕΖΗΙΚΜΝΟΡΤΥΧ]+$/;

function exchange(word: string, letters: ReadonlyMap<string, string>): string {
  let exchanged = '';
  for (const letter of word) exchanged += letters.get(letter) ?? letter;
  return exchanged;
}

function latinLetters(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index) | 32;
    if (code >= 97 && code <= 122) count += 1;
  }
  return count;
}
