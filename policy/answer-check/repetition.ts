// Finds text that has got into a loop. A text is cut into windows; in each one the runs of a few letters are counted, and a
// window with hardly any new ones is a loop, whatever its unit: a word, a line, a paragraph. Lists, poems and tables
// repeat a frame but not everything in it. Linear: one pass, one hash a letter.

type Window = {
  /** Letters and digits. A chorus or a laugh is shorter than `least`; a loop goes on until the limit. */
  readonly letters: number;
  readonly least: number;
  /** Long enough that common phrases do not count, short enough for loops with a changing word. */
  readonly run: number;
};

const WINDOW: Window = { letters: 900, least: 300, run: 20 };

/** Ideographs and syllables carry about three letters each. */
const WIDE_WINDOW: Window = { letters: 300, least: 120, run: 8 };
const WIDE = /^[\u2e80-\ud7af]/;

/** Below this share of different runs a window is a loop: its text stands there more than five times over. */
const DIFFERENT_SHARE = 0.18;

/** Reads at most this much, in UTF-16 units: more than any answer of an edge model. */
const MAX_UNITS = 256 * 1024;

/** A prime so small that products with a code unit stay exact. */
const MODULUS = 1_073_741_789;
const BASE = 65_599;

export function isLoop(text: string): boolean {
  const letters = text
    .slice(0, MAX_UNITS)
    .toLowerCase()
    // The number of a list's item is the only thing that changes in many loops.
    .replace(/^[ \t]{0,16}\d+/gm, '')
    .replace(/[^\p{L}\p{N}]+/gu, '');
  for (let start = 0; start < letters.length;) {
    const window = WIDE.test(letters.charAt(start)) ? WIDE_WINDOW : WINDOW;
    if (isRepetitive(letters.slice(start, start + window.letters), window)) return true;
    start += window.letters;
  }
  return false;
}

function isRepetitive(letters: string, { least, run }: Window): boolean {
  // Digits alone are data.
  if (letters.length < least || !/\p{L}/u.test(letters)) return false;
  const seen = new Set<number>();
  let first = 1;
  for (let power = 0; power < run; power += 1) first = (first * BASE) % MODULUS;
  let hash = 0;
  for (let at = 0; at < letters.length; at += 1) {
    const gone = at < run ? 0 : (letters.charCodeAt(at - run) * first) % MODULUS;
    hash = (hash * BASE + letters.charCodeAt(at) + MODULUS - gone) % MODULUS;
    if (at >= run - 1) seen.add(hash);
  }
  return seen.size < DIFFERENT_SHARE * (letters.length - run + 1);
}
