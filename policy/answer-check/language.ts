// Which language a text is in, when that is clear: by script, and in Latin letters by its small words. Careful rather than
// complete: `null` means "cannot tell", and related languages are kept apart only when the words leave no doubt.
// Linear; callers give it a few thousand characters at most.

import { lazy } from '../../protocol/lazy.ts';
import { LANGUAGE_WORDS } from './language-words.ts';

export type LanguageReading = {
  /** `Latin:de`, `Cyrillic:ru`, `Han`; null when no one script or language prevails. */
  readonly language: string | null;
  /** Letters, a character of the wide scripts counting as three: they hold about that much more. */
  readonly weight: number;
  /** Scripts, and languages in Latin letters, of which there is any sign. */
  readonly signs: ReadonlySet<string>;
};

const scripts = lazy(() =>
  'Latin Greek Cyrillic Hebrew Arabic Devanagari Bengali Tamil Thai Hangul Han Hiragana Katakana'
    .split(' ')
    .map((script) => [script, new RegExp(`\\p{Script=${script}}`, 'gu')] as const),
);

const WIDE: ReadonlySet<string> = new Set(['Hangul', 'Han', 'Hiragana', 'Katakana']);
const WIDE_WEIGHT = 3;

/** Share of a text's weight that its main script must have. */
const MAIN_SHARE = 0.8;

/** Japanese writes its endings and particles in kana, whatever share its kanji have. */
const KANA_SHARE = 0.1;
const KANA = ['Hiragana', 'Katakana'];

/** How clear the words must be: so many different ones, this share of all, this many times as many as another language's. */
const CLEAR = { words: 2, share: 0.1, lead: 2 } as const;

const languageOfWord = lazy(
  () =>
    new Map(
      Object.entries(LANGUAGE_WORDS).flatMap(([language, words]) =>
        words.split(' ').map((word) => [word, language]),
      ),
    ),
);

/** Letters that only one of the languages of a script has. */
const VARIANTS: readonly (readonly [language: string, letters: RegExp])[] = [
  ['Cyrillic:uk', /[іїєґ]/i],
  ['Cyrillic:ru', /[ыэё]/i],
  ['Arabic:fa', /[پچژگ]/],
  ['Arabic:ar', /[ةىؤ]/],
  ['Han:zh', /[你吗么这们哪呢您嗎麼這們]/],
];

export function readLanguage(text: string): LanguageReading {
  const weights = scripts()
    .map(([script, letters]) => ({
      script,
      weight: (text.match(letters)?.length ?? 0) * (WIDE.has(script) ? WIDE_WEIGHT : 1),
    }))
    .filter(({ weight }) => weight > 0);
  const signs = new Set(weights.map(({ script }) => script));
  const weight = weights.reduce((sum, each) => sum + each.weight, 0);
  const share = (of: readonly string[]): number =>
    weights.reduce((sum, each) => sum + (of.includes(each.script) ? each.weight : 0), 0) / weight;
  const main = weights.find(({ script }) => share([script]) >= MAIN_SHARE)?.script ?? null;
  const words = wordLanguage(text, signs);
  const language = main === 'Latin' ? words : variantOf(main, text);
  const isJapanese = share(KANA) >= KANA_SHARE && share([...KANA, 'Han']) >= MAIN_SHARE;
  return { language: isJapanese ? 'Hiragana' : language, weight, signs };
}

/** True when both are clear and differ; a text of Chinese characters alone may be Japanese. */
export function isOtherLanguage(left: string, right: string): boolean {
  const [leftScript, leftVariant] = left.split(':');
  const [rightScript, rightVariant] = right.split(':');
  if (leftScript === rightScript) {
    return leftVariant !== undefined && rightVariant !== undefined && leftVariant !== rightVariant;
  }
  const pair = [left, right];
  return !(pair.includes('Han') && pair.includes('Hiragana'));
}

/** Adds a sign for each language that has a word in the text. */
function wordLanguage(text: string, signs: Set<string>): string | null {
  const found: string[] = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const hits = new Map<string, string[]>();
  for (const word of found) {
    const language = languageOfWord().get(word);
    if (language === undefined) continue;
    const words = hits.get(language) ?? [];
    words.push(word);
    hits.set(language, words);
    signs.add(`Latin:${language}`);
  }
  const [first, second] = [...hits].toSorted((left, right) => right[1].length - left[1].length);
  if (first === undefined) return null;
  const [language, words] = first;
  const isClear =
    new Set(words).size >= CLEAR.words &&
    words.length >= CLEAR.share * found.length &&
    words.length >= CLEAR.lead * (second?.[1].length ?? 0);
  return isClear ? `Latin:${language}` : null;
}

function variantOf(script: string | null, text: string): string | null {
  if (script === null) return null;
  const found = VARIANTS.filter(([language, letters]) => language.startsWith(script) && letters.test(text));
  return found.length === 1 ? (found[0]?.[0] ?? script) : script;
}
