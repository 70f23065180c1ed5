// The writing system that most letters of a text belong to, by code unit ranges: enough for a rule such as
// "Arabic goes to the model that writes Arabic". It names scripts, not languages. Work is bounded by the caller's text.

export const SCRIPTS = [
  'latin',
  'cyrillic',
  'greek',
  'armenian',
  'georgian',
  'hebrew',
  'arabic',
  'devanagari',
  'bengali',
  'gurmukhi',
  'gujarati',
  'tamil',
  'telugu',
  'kannada',
  'malayalam',
  'sinhala',
  'thai',
  'lao',
  'tibetan',
  'burmese',
  'khmer',
  'ethiopic',
  'hangul',
  'kana',
  'han',
] as const;

export type Script = (typeof SCRIPTS)[number];

/** First and last code unit of each block that letters of a script are in; extensions that hardly occur are left out. */
const RANGES: readonly (readonly [number, number, Script])[] = [
  [0xc0, 0x24f, 'latin'],
  [0x1e00, 0x1eff, 'latin'],
  [0x370, 0x3ff, 'greek'],
  [0x1f00, 0x1fff, 'greek'],
  [0x400, 0x52f, 'cyrillic'],
  [0x531, 0x58f, 'armenian'],
  [0x590, 0x5ff, 'hebrew'],
  [0x600, 0x6ff, 'arabic'],
  [0x750, 0x77f, 'arabic'],
  [0xfb50, 0xfdff, 'arabic'],
  [0xfe70, 0xfeff, 'arabic'],
  [0x900, 0x97f, 'devanagari'],
  [0x980, 0x9ff, 'bengali'],
  [0xa00, 0xa7f, 'gurmukhi'],
  [0xa80, 0xaff, 'gujarati'],
  [0xb80, 0xbff, 'tamil'],
  [0xc00, 0xc7f, 'telugu'],
  [0xc80, 0xcff, 'kannada'],
  [0xd00, 0xd7f, 'malayalam'],
  [0xd80, 0xdff, 'sinhala'],
  [0xe00, 0xe7f, 'thai'],
  [0xe80, 0xeff, 'lao'],
  [0xf00, 0xfff, 'tibetan'],
  [0x1000, 0x109f, 'burmese'],
  [0x10a0, 0x10ff, 'georgian'],
  [0x1780, 0x17ff, 'khmer'],
  [0x1200, 0x139f, 'ethiopic'],
  [0x1100, 0x11ff, 'hangul'],
  [0xac00, 0xd7a3, 'hangul'],
  [0x3040, 0x30ff, 'kana'],
  [0x3400, 0x4dbf, 'han'],
  [0x4e00, 0x9fff, 'han'],
];

/** Japanese is mostly Han by count in formal text; this share of kana tells it from Chinese, which has none. */
const KANA_SHARE = 0.1;

/** Null for a text without letters of a script named here. */
export function scriptOf(text: string): Script | null {
  const counts = new Map<Script, number>();
  for (let at = 0; at < text.length; at += 1) {
    const script = scriptOfCode(text.charCodeAt(at));
    if (script !== null) counts.set(script, (counts.get(script) ?? 0) + 1);
  }
  const [first] = [...counts].sort(([, left], [, right]) => right - left);
  if (first === undefined) return null;
  const [script, count] = first;
  return script === 'han' && (counts.get('kana') ?? 0) >= KANA_SHARE * count ? 'kana' : script;
}

function scriptOfCode(code: number): Script | null {
  // Latin first: most texts are, and the digits and marks of all others end here too.
  if (code < 0xc0) return isAsciiLetter(code) ? 'latin' : null;
  const range = RANGES.find(([from, to]) => code >= from && code <= to);
  return range === undefined ? null : range[2];
}

function isAsciiLetter(code: number): boolean {
  const letter = code | 32;
  return letter >= 97 && letter <= 122;
}
