// Numbers written as words, in English to the millions, and in Chinese characters.

const ENGLISH =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const SCALES: ReadonlyMap<string, number> = new Map([
  ['hundred', 100],
  ['thousand', 1_000],
  ['million', 1_000_000],
]);

const HAN_DIGITS = '〇一二三四五六七八九';
const HAN_SCALES: ReadonlyMap<string, number> = new Map([
  ['十', 10],
  ['百', 100],
  ['千', 1_000],
  ['万', 10_000],
]);

/** The number that a short text begins with; null when it begins with something else. */
export function spelledNumber(text: string): number | null {
  const words = text.toLowerCase().split(/[\s-]+/);
  return hanNumber(/^[〇一二三四五六七八九十百千万]+/.exec(text)?.[0] ?? '', text) ?? englishNumber(words);
}

function englishNumber(words: readonly string[]): number | null {
  let [total, part, read] = [0, 0, 0];
  for (const word of words) {
    const unit = ENGLISH.indexOf(word);
    const ten = TENS.indexOf(word);
    const scale = SCALES.get(word);
    if (unit >= 0) part += unit;
    else if (ten >= 0) part += 10 * (ten + 2);
    else if (scale === 100 && read > 0) part *= 100;
    else if (scale !== undefined && read > 0) [total, part] = [total + part * scale, 0];
    else if (word !== 'and' || read === 0) break;
    read += 1;
  }
  return read === 0 ? null : total + part;
}

/** Only with a counter at most behind it: the characters begin many other words. */
function hanNumber(digits: string, text: string): number | null {
  if (digits === '' || text.length > digits.length + 2) return null;
  let [total, part, digit] = [0, 0, 0];
  for (const character of digits) {
    const scale = HAN_SCALES.get(character);
    if (scale === undefined) digit = 10 * digit + HAN_DIGITS.indexOf(character);
    else if (scale === 10_000) [total, part, digit] = [(total + part + digit) * scale, 0, 0];
    else [part, digit] = [part + Math.max(1, digit) * scale, 0];
  }
  return total + part + digit;
}
