// What the perturbations do to single characters. Works on code points: a surrogate pair is never parted.
// The tables are written apart from the ones the classifier folds with: testing it with its own would prove nothing.

import { shuffle, type Random } from './seeded-random.ts';

/** Latin letters, each before the Cyrillic or Greek one that looks like it in most fonts. */
const LOOKALIKES = table(
  'aа cс dԁ eе hһ iі jј kκ nη oο pр qԛ sѕ uυ vν wԝ xх yу AΑ BВ CС EΕ HН IΙ KΚ MМ NΝ OО PР SЅ TΤ WԜ XХ YΥ ZΖ',
);

/** Three Latin letters of four have a double, so this makes fifteen percent of a Latin text's letters. */
const LOOKALIKE_SHARE = 0.2;

const LEET = table('a4 e3 i1 o0 s5 t7');

/** Space, non-joiner, joiner, word joiner, byte order mark: none of them has a width. */
const ZERO_WIDTH = ['\u200b', '\u200c', '\u200d', '\u2060', '\ufeff'];

/** Grave, acute, tilde, dot above, ring, stroke overlay, dot below, x below. */
const MARKS = ['\u0300', '\u0301', '\u0303', '\u0307', '\u030a', '\u0335', '\u0323', '\u0353'];

const EMOJI = ['😀', '🙏', '✨', '🔥', '👍', '🎉', '🤔', '💡', '🚀', '❤️'];

const TAG_BLOCK = 0xe0000;
const FULL_WIDTH_OFFSET = 0xfee0;
const BOLD_CAPITAL_A = 0x1d400;
const BOLD_SMALL_A = 0x1d41a;
const BOLD_ZERO = 0x1d7ce;

export function withLookalikes(text: string, random: Random): string {
  const swap = (letter: string): string => LOOKALIKES.get(letter) ?? letter;
  return changeSome(
    text,
    { share: LOOKALIKE_SHARE, where: (letter) => LOOKALIKES.has(letter), change: swap },
    random,
  );
}

export function inFullWidth(text: string): string {
  return mapCodePoints(text, (code) => (code > 0x20 && code < 0x7f ? code + FULL_WIDTH_OFFSET : code));
}

export function inMathematicalBold(text: string): string {
  return mapCodePoints(text, (code) => {
    if (code >= 0x41 && code <= 0x5a) return code - 0x41 + BOLD_CAPITAL_A;
    if (code >= 0x61 && code <= 0x7a) return code - 0x61 + BOLD_SMALL_A;
    return code >= 0x30 && code <= 0x39 ? code - 0x30 + BOLD_ZERO : code;
  });
}

export function withZeroWidth(text: string, random: Random): string {
  const follow = (character: string): string => character + pick(ZERO_WIDTH, random);
  return changeSome(text, { share: 0.2, where: () => true, change: follow }, random);
}

/** Words nobody sees: letters of the tag block, between the characters of the text. */
export function withTags(text: string, random: Random): string {
  const hide = (character: string): string => {
    const letters = Array.from({ length: 3 + Math.floor(random() * 6) }, () => 0x61 + random() * 26);
    return character + letters.map((code) => String.fromCodePoint(TAG_BLOCK + Math.floor(code))).join('');
  };
  return changeSome(text, { share: 0.1, where: () => true, change: hide }, random);
}

export function withMarks(text: string, random: Random): string {
  const mark = (letter: string): string => letter + pick(MARKS, random);
  return changeSome(text, { share: 0.06, where: isLetter, change: mark }, random);
}

export function inLightLeet(text: string, random: Random): string {
  const swap = (letter: string): string => LEET.get(letter) ?? letter;
  return changeSome(text, { share: 0.25, where: (letter) => LEET.has(letter), change: swap }, random);
}

export function withEmoji(text: string, random: Random): string {
  const follow = (space: string): string => `${space}${pick(EMOJI, random)} `;
  const where = (character: string): boolean => character === ' ';
  return `${changeSome(text, { share: 0.2, where, change: follow }, random)} ${pick(EMOJI, random)}`;
}

/** Slips of the fingers: a letter is dropped, or struck after the next one. */
export function withTypos(text: string, random: Random): string {
  const characters = Array.from(text);
  for (const at of someOf(positions(characters, isLetter), 0.04, random)) {
    const letter = characters[at] ?? '';
    const next = characters[at + 1] ?? '';
    const swaps = isLetter(letter) && isLetter(next) && letter !== next && random() < 0.5;
    if (swaps) characters[at + 1] = letter;
    characters[at] = swaps ? next : '';
  }
  return characters.join('');
}

export function pick<Choice>(choices: readonly Choice[], random: Random): Choice {
  const choice = choices[Math.floor(random() * choices.length)];
  if (choice === undefined) throw new Error('nothing to pick from');
  return choice;
}

type Change = {
  readonly share: number;
  readonly where: (character: string) => boolean;
  readonly change: (character: string) => string;
};

function changeSome(text: string, { share, where, change }: Change, random: Random): string {
  const characters = Array.from(text);
  for (const at of someOf(positions(characters, where), share, random))
    characters[at] = change(characters[at] ?? '');
  return characters.join('');
}

function positions(characters: readonly string[], where: (character: string) => boolean): Uint32Array {
  return Uint32Array.from(characters.flatMap((character, at) => (where(character) ? [at] : [])));
}

/** A share of the places, and at least one of them: four percent of a short prompt would be nothing. */
function someOf(places: Uint32Array, share: number, random: Random): Uint32Array {
  shuffle(places, random);
  return places.subarray(0, Math.max(1, Math.round(places.length * share)));
}

/** `aB cD` means a to B and c to D. */
function table(pairs: string): ReadonlyMap<string, string> {
  return new Map(pairs.split(' ').map((pair) => [pair.slice(0, 1), pair.slice(1)]));
}

function isLetter(character: string): boolean {
  return /\p{L}/u.test(character);
}

function mapCodePoints(text: string, change: (code: number) => number): string {
  return Array.from(text, (character) => String.fromCodePoint(change(character.codePointAt(0) ?? 0))).join(
    '',
  );
}
