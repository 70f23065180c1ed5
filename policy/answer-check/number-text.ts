// Reads numbers as people and models write them: 1,200.50 and 1.200,50, 3/4 and 1 ½, 75 %, 2 million, 1.5 × 10^3, in the
// digits of other scripts. "1.200" has two readings and keeps both. Units and currencies are left out.

export type NumberReading = {
  /** What it may mean. */
  readonly values: readonly number[];
  /** Digits after the decimal mark; `Infinity` for a fraction, which is exact. */
  readonly decimals: number;
  readonly start: number;
};

/** A decimal digit of a script that has its own. */
const OTHER_DIGIT = /(?![0-9])\p{Nd}/gu;

/** Not part of a word, nor the rest of another number. Every repetition starts with a mark of its own: linear. */
const NUMBER =
  /(?<![A-Za-z\d]|\d[.,])(-?)(\d+(?:[.,]\d+|['\u00a0\u202f ]\d{3}(?!\d))*|\.\d+)(?:( \d+)?\s?\/\s?(\d+)(?![\d/]))?/g;

const EXPONENT = /^\s?(?:[x×*·]\s?10\^?[{(]?|e\+?)(-?\d+)/i;

const SCALES: readonly (readonly [name: RegExp, factor: number])[] = [
  [/^\s?(?:%|percent|per cent|prozent|por ?cien?to|pour cent)/i, 0.01],
  [/^\s?(?:k\b|thousand|tausend|mille?\b|тыс|mil\b)/i, 1e3],
  [/^\s?[万만萬]/, 1e4],
  [/^\s?(?:milli?ard|billion|млрд)/i, 1e9],
  [/^\s?(?:million|millón|milh|milion|mio\b|mln|млн|миллион)/i, 1e6],
  [/^\s?[亿億억]/, 1e8],
];

/** All numbers of a text that `plainNumbers` has been applied to. */
export function readNumbers(text: string): readonly NumberReading[] {
  return [...text.matchAll(NUMBER)].flatMap((match) => {
    const [whole, sign, digits = '', fraction, divisor] = match;
    const start = match.index;
    const values = divisor === undefined ? valuesOf(digits) : fractionOf(digits, fraction, divisor);
    if (values.length === 0) return [];
    const scaled = scale(values, text.slice(start + whole.length, start + whole.length + 16));
    const decimals = divisor === undefined ? decimalsOf(digits) : Infinity;
    return [{ values: sign === '-' ? scaled.map((value) => -value) : scaled, decimals, start }];
  });
}

export function isSameNumber(left: NumberReading, right: NumberReading): boolean {
  const places = Math.min(left.decimals, right.decimals);
  // 3.33 is 3.3333 rounded, but 3 is not taken for 3.3: whole numbers are meant as they stand.
  const tolerance = places === 0 || places === Infinity ? 0 : 0.5 * 10 ** -places;
  return left.values.some((one) =>
    right.values.some(
      (other) => Math.abs(one - other) <= tolerance + 1e-9 * Math.max(Math.abs(one), Math.abs(other)),
    ),
  );
}

/** Signs and digits in their ASCII forms, so that the patterns here fit every script. */
export function plainNumbers(text: string): string {
  return text
    .replace(/[\u00bc-\u00be\u2150-\u215e]/g, ' $&') // else 1½ becomes 11⁄2
    .replace(/[\u00b2\u00b3\u00b9\u2070-\u2079]+/g, '^$&')
    .normalize('NFKC')
    .replace(OTHER_DIGIT, digitOf)
    .replace(/[\u2212\u2013]/g, '-')
    .replaceAll('\u2044', '/')
    .replaceAll('\u066b', '.')
    .replace(/[\u066c\u2019]/g, "'");
}

/** Scripts have their zero at a multiple of sixteen; those of India six further on. */
function digitOf(digit: string): string {
  const code = digit.charCodeAt(0);
  return String((code & 15) - (code >= 0x966 && code < 0xe50 ? 6 : 0));
}

function valuesOf(digits: string): readonly number[] {
  const plain = digits.replace(/['\s]/g, '');
  const marks = plain.replace(/\d/g, '');
  const [last = '', first = ''] = [marks.at(-1), marks[0]];
  if (marks === '') return [Number(plain)];
  if (first !== last) {
    // Two marks: the last is the decimal one, and stands once.
    const isOnce = plain.indexOf(last) === plain.lastIndexOf(last);
    return isOnce ? [Number(plain.replaceAll(first, '').replace(last, '.'))] : [];
  }
  const groups = plain.split(first);
  const isGrouped = groups
    .slice(1)
    .every((group, at) => group.length === 3 || (group.length === 2 && at < groups.length - 2));
  const joined = Number(groups.join(''));
  if (marks.length > 1) return isGrouped ? [joined] : [];
  const decimal = Number(plain.replace(first, '.'));
  const mayBeGrouped = isGrouped && /^[1-9]\d{0,2}$/.test(groups[0] ?? '');
  return mayBeGrouped ? [joined, decimal] : [decimal];
}

function fractionOf(digits: string, numerator: string | undefined, divisor: string): readonly number[] {
  const bottom = Number(divisor);
  if (bottom === 0) return [];
  if (numerator === undefined) return valuesOf(digits).map((top) => top / bottom);
  return valuesOf(digits).map((whole) => whole + Number(numerator) / bottom);
}

function decimalsOf(digits: string): number {
  const mark = Math.max(digits.lastIndexOf('.'), digits.lastIndexOf(','));
  const places = mark < 0 ? 0 : digits.length - mark - 1;
  return places === 3 && mark > 0 && mark <= 3 && !digits.startsWith('0') ? 0 : places;
}

function scale(values: readonly number[], after: string): readonly number[] {
  const exponent = EXPONENT.exec(after)?.[1];
  if (exponent !== undefined) return values.map((value) => value * 10 ** Number(exponent));
  const factor = SCALES.find(([name]) => name.test(after))?.[1];
  if (factor === undefined) return values;
  const scaled = values.map((value) => value * factor);
  // "75 %" is written as 75 and as 0.75.
  return factor < 1 ? [...values, ...scaled] : scaled;
}
