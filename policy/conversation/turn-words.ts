// A turn as a bounded list of folded words, for comparing turns with each other and with known phrases. Scripts that
// write without spaces give pairs of characters instead, which serve the same purpose.

/** Beyond this many characters two turns that agree so far are the same for our purpose. */
const MAX_CHARACTERS = 2_048;

// eslint-disable-next-line no-control-regex -- the range is all of ASCII
const ASCII = /^[\u0000-\u007f]*$/;
const ASCII_WORD = /[a-z0-9]+/g;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const APOSTROPHE = /['\u2019]/g;
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

export function turnWords(text: string): readonly string[] {
  const start = text.slice(0, MAX_CHARACTERS);
  // Most turns; several times faster than the properties of Unicode.
  if (ASCII.test(start)) return start.toLowerCase().replaceAll("'", '').match(ASCII_WORD) ?? [];
  const folded = start.normalize('NFKC').toLowerCase().replaceAll(APOSTROPHE, '');
  const words = folded.match(WORD) ?? [];
  return UNSPACED.test(folded) ? words.flatMap(pairsIfUnspaced) : words;
}

function pairsIfUnspaced(word: string): readonly string[] {
  const characters = [...word];
  if (characters.length < 2 || !UNSPACED.test(word)) return [word];
  return characters.slice(1).map((character, at) => `${characters[at] ?? ''}${character}`);
}
