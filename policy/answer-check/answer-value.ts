// A stated answer in a form that can be compared: a letter, yes or no, a date, a number, or a few words. What is too long
// for that is null: two models never write the same paragraph.

import { lazy } from '../../protocol/lazy.ts';
import { isSameNumber, type NumberReading, plainNumbers, readNumbers } from './number-text.ts';
import { spelledNumber } from './spelled-number.ts';

export type AnswerValue =
  | { readonly kind: 'letter' | 'yes_no' | 'date' | 'phrase'; readonly value: string }
  /** Several for a list such as "2 and 3". */
  | { readonly kind: 'number'; readonly numbers: readonly NumberReading[] };

/** A sentence may still be one answer with its unit and reason; a paragraph is not. */
const MAX_UNITS = 160;
const MAX_PHRASE = { units: 60, words: 5, wideUnits: 16 } as const;

const YES = new Set(
  'yes true ja oui sí si sim sì да так tak evet نعم हाँ हां 是 是的 对 はい 네 예 có ya'.split(' '),
);
const NO = new Set(
  'no false nein non não nee нет ні nie hayır لا नहीं 否 不 不是 いいえ 아니요 아니오 không tidak nej'.split(
    ' ',
  ),
);

/** The first letters of the months in the languages of Latin and Cyrillic letters, January first. */
const months = lazy(() =>
  'jan|gen|ene|янв feb|fév|fev|фев mar|mär|maa|мар apr|avr|abr|апр may|mai|mag|mei|мая|май jun|juin|giu|июн jul|juil|lug|июл aug|aoû|ago|авг sep|set|сен oct|okt|out|ott|окт nov|ноя dec|dez|déc|dic|дек'
    .split(' ')
    .map((names) => new RegExp(`^(?:${names})`)),
);

const DATES: readonly RegExp[] = [
  /(?<y>\d{4})[-/.年] ?(?<m>\d{1,2})[-/.月] ?(?<d>\d{1,2})/,
  /(?<![\d.,])(?<d>\d{1,2})[-/.] ?(?<m>\d{1,2})[-/.] ?(?<y>\d{4})/,
  /(?<d>\d{1,2})(?:st|nd|rd|th|\.)? (?:of |de )?(?<m>\p{L}{3,10})\.?,? (?:de )?(?<y>\d{4})/u,
  /(?<m>\p{L}{3,10})\.? (?<d>\d{1,2})(?:st|nd|rd|th)?,? (?<y>\d{4})/u,
];

const ARTICLE = /^(?:the|an?|der|die|das|le|la|les|el|los|las|il|lo|os?|de|het|een) (?=\S)/;

/** What may stand between the numbers of a list. */
const LIST_GLUE = /^(?:[\s,;(){}[\]=]|\b[a-z]\b|and|or|und|oder|et|ou|и|和|と)*$/i;

/** @param hasOptions - the question offers lettered options */
export function valueOf(raw: string, hasOptions: boolean): AnswerValue | null {
  const text = plainValue(raw.slice(0, 2 * MAX_UNITS));
  if (text === '' || text.length > MAX_UNITS) return null;
  return letterOf(text, hasOptions) ?? yesNoOf(text) ?? dateOf(text) ?? numberOf(text) ?? phraseOf(text);
}

/** True or false when both are of one kind; null when they cannot be compared. */
export function isSameValue(left: AnswerValue, right: AnswerValue): boolean | null {
  if (left.kind === 'number' || right.kind === 'number') {
    return left.kind === 'number' && right.kind === 'number'
      ? areSameNumbers(left.numbers, right.numbers)
      : null;
  }
  if (left.kind !== right.kind) return null;
  if (left.kind !== 'phrase') return left.value === right.value;
  // "Paris" and "Paris, France" are one answer.
  const [one, other] = [` ${left.value} `, ` ${right.value} `];
  return one.includes(other) || other.includes(one);
}

/** The number that a sentence comes to: behind its last equals sign, else the first it begins with, else the last. */
export function numberOf(text: string): AnswerValue | null {
  const numbers = readNumbers(text);
  if (numbers.length === 0) {
    const value = spelledNumber(text);
    return value === null ? null : { kind: 'number', numbers: [{ values: [value], decimals: 0, start: 0 }] };
  }
  if (numbers.length > 1 && LIST_GLUE.test(text.replace(/-?\d[\d.,']*/g, ' ')))
    return { kind: 'number', numbers };
  const equals = Math.max(text.lastIndexOf('='), text.lastIndexOf('≈'));
  const behind = equals < 0 ? undefined : numbers.find(({ start }) => start > equals);
  const [first] = numbers;
  const result = behind ?? (first?.start === 0 ? first : numbers.at(-1));
  return result === undefined ? null : { kind: 'number', numbers: [result] };
}

/** Without markup, LaTeX, quotes, currencies and the mark at the end. */
export function plainValue(raw: string): string {
  return (
    plainNumbers(raw)
      .replace(/\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}/g, '$1/$2')
      .replace(/\\(?:boxed|text|mathrm|mathbf|textbf)\b/g, '')
      .replace(/\\[a-z]+|\\./gi, ' ')
      .replace(/-\s?[$€£¥₹₩₽]\s?/g, '-')
      .replace(/[$€£¥₹₩₽]/g, ' ')
      .replace(/[*_`"“”«»「」~]/g, '')
      // In brackets commas part the members, with or without a space.
      .replace(/[([][^()[\]]*[)\]]/g, (list) => list.replaceAll(',', ', '))
      .replace(/[{}]/g, '')
      .replace(/\s+/g, ' ')
      .replace(/^[\s:：=]+|[\s.,;:!。、]+$/g, '')
  );
}

function letterOf(text: string, hasOptions: boolean): AnswerValue | null {
  const pattern = hasOptions
    ? /^(?:option |choice )?\(?([A-Ja-j])(?:\)|$|[.:,](?=\s|$)|(?<=[A-J]) )/i
    : /^\(?([A-Ja-j])\)?$/;
  const letter = pattern.exec(text)?.[1];
  return letter === undefined ? null : { kind: 'letter', value: letter.toLowerCase() };
}

function yesNoOf(text: string): AnswerValue | null {
  const word = text.toLowerCase().split(/[\s,.;:،，、。—]/, 1)[0] ?? '';
  const isAlone = text.length === word.length || /[,.;:،，、。—]/.test(text.charAt(word.length));
  if (!isAlone) return null;
  if (YES.has(word)) return { kind: 'yes_no', value: 'yes' };
  return NO.has(word) ? { kind: 'yes_no', value: 'no' } : null;
}

/** Day and month in order of size: 04/07 is in July here and in April there. */
function dateOf(text: string): AnswerValue | null {
  const lowered = text.toLowerCase();
  for (const pattern of DATES) {
    const { y, m = '', d } = pattern.exec(lowered)?.groups ?? {};
    const month = /^\d/.test(m) ? Number(m) : months().findIndex((name) => name.test(m)) + 1;
    const [low = 0, high] = [month, Number(d)].toSorted((left, right) => left - right);
    if (y !== undefined && low > 0) return { kind: 'date', value: `${y}-${low}-${high}` };
  }
  return null;
}

function phraseOf(text: string): AnswerValue | null {
  const value = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()
    .replace(ARTICLE, '');
  const isShort = value.length <= MAX_PHRASE.units && value.split(' ').length <= MAX_PHRASE.words;
  const isWide = /[\u2e80-\ud7af]/.test(value);
  if (value === '' || !isShort || (isWide && value.length > MAX_PHRASE.wideUnits)) return null;
  return { kind: 'phrase', value };
}

function areSameNumbers(left: readonly NumberReading[], right: readonly NumberReading[]): boolean {
  const isIn = (numbers: readonly NumberReading[]) => (number: NumberReading) =>
    numbers.some((other) => isSameNumber(number, other));
  return left.length === right.length && left.every(isIn(right)) && right.every(isIn(left));
}
