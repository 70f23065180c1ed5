// The hashes that name words, stems and neighbours, and the kinds of characters that make them.
// Trainer and runtime must agree on every bit here: a change makes the committed artefact meaningless.

/** FNV-1a over UTF-16 code units: cheap per character, and good enough once `bucketOf` has mixed it. */
export const HASH_START = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

export function hashStep(hash: number, code: number): number {
  return Math.imul(hash ^ code, FNV_PRIME);
}

export function hashWord(word: string): number {
  let hash = HASH_START;
  for (let index = 0; index < word.length; index += 1) hash = hashStep(hash, word.charCodeAt(index));
  return hash;
}

/** Salts keep a word, a stem and a pair of words from sharing a bucket because they share letters. */
export const STEM_SALT = 0x5bd1e995;
export const PAIR_SALT = 0x27d4eb2f;
export const NUMBER_SALT = 0x165667b1;

/** Murmur's finaliser: spreads the hash over all bits so that the low ones can be the bucket. */
export function bucketOf(hash: number, mask: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) & mask;
}

/** Kinds of folded characters. `unspaced` scripts have no spaces between words and are read as runs of two and three. */
export const KIND = {
  other: 0,
  lower: 1,
  digit: 2,
  space: 3,
  newline: 4,
  mathSign: 5,
  codeSign: 6,
  backslash: 7,
  dollar: 8,
  question: 9,
  stop: 10,
  quote: 11,
  parenthesis: 12,
  hyphen: 13,
  comma: 14,
  wideLetter: 15,
  unspaced: 16,
  wideMath: 17,
} as const;

export const KIND_COUNT = 18;

const ASCII_KIND = asciiKinds();

export function kindOf(code: number): number {
  return code < 128 ? (ASCII_KIND[code] ?? KIND.other) : wideKind(code);
}

function asciiKinds(): Uint8Array {
  const kinds = new Uint8Array(128);
  const assign = (characters: string, kind: number): void => {
    for (const character of characters) kinds[character.charCodeAt(0)] = kind;
  };
  assign('abcdefghijklmnopqrstuvwxyz', KIND.lower);
  assign('0123456789', KIND.digit);
  assign(' \t\r', KIND.space);
  assign('\n', KIND.newline);
  assign('+=<>^/*~%', KIND.mathSign);
  assign('{}[];_|&#@`', KIND.codeSign);
  assign('\\', KIND.backslash);
  assign('$', KIND.dollar);
  assign('?', KIND.question);
  assign('.!:', KIND.stop);
  assign('"\'', KIND.quote);
  assign('()', KIND.parenthesis);
  assign('-', KIND.hyphen);
  assign(',', KIND.comma);
  return kinds;
}

/** Ranges of UTF-16 code units, ascending: everything from `from` up to the next row is `kind`. */
const WIDE_RANGES: readonly (readonly [from: number, kind: number])[] = [
  [0x80, KIND.other],
  [0xc0, KIND.wideLetter],
  [0xd7, KIND.wideMath],
  [0xd8, KIND.wideLetter],
  [0xf7, KIND.wideMath],
  [0xf8, KIND.wideLetter],
  [0x60c, KIND.comma],
  [0x60d, KIND.wideLetter],
  [0x61f, KIND.question],
  [0x620, KIND.wideLetter],
  [0xe00, KIND.unspaced],
  [0xf00, KIND.wideLetter],
  [0x1000, KIND.unspaced],
  [0x10a0, KIND.wideLetter],
  [0x1780, KIND.unspaced],
  [0x1800, KIND.wideLetter],
  [0x2000, KIND.space],
  [0x200b, KIND.other],
  [0x2010, KIND.hyphen],
  [0x2018, KIND.quote],
  [0x2020, KIND.other],
  [0x202f, KIND.space],
  [0x2030, KIND.other],
  [0x2070, KIND.wideMath],
  [0x20a0, KIND.other],
  [0x2150, KIND.wideMath],
  [0x2400, KIND.other],
  [0x27c0, KIND.wideMath],
  [0x2b00, KIND.other],
  [0x2c00, KIND.wideLetter],
  [0x3000, KIND.space],
  [0x3001, KIND.comma],
  [0x3002, KIND.stop],
  [0x3003, KIND.quote],
  [0x3040, KIND.unspaced],
  [0xa000, KIND.wideLetter],
  [0xac00, KIND.unspaced],
  [0xd800, KIND.other],
  [0xf900, KIND.unspaced],
  [0xfb00, KIND.wideLetter],
  [0xfe00, KIND.other],
  [0xfe70, KIND.wideLetter],
  [0xfeff, KIND.other],
  [0xff00, KIND.stop],
  [0xff10, KIND.digit],
  [0xff1a, KIND.stop],
  [0xff1f, KIND.question],
  [0xff20, KIND.wideLetter],
  [0xff61, KIND.unspaced],
  [0xffa0, KIND.other],
];
const WIDE_STARTS = Uint16Array.from(WIDE_RANGES, ([from]) => from);
const WIDE_KINDS = Uint8Array.from(WIDE_RANGES, ([, kind]) => kind);

function wideKind(code: number): number {
  let low = 0;
  let high = WIDE_STARTS.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((WIDE_STARTS[middle] ?? 0) <= code) low = middle;
    else high = middle - 1;
  }
  return WIDE_KINDS[low] ?? KIND.other;
}
