// Says when a draft answers in another language than it was asked in. It speaks up only when both languages are clear, the
// request asks for no other, and nothing of the draft's language stands in the request: quoted text may be answered
// in its own language. Code is in no language.

import { isOtherLanguage, type LanguageReading, readLanguage } from './language.ts';
import type { QuestionTraits } from './question-traits.ts';

/** Letters by weight: a few words. Below it a name or a greeting in another language decides. */
const LEAST = { question: 8, draft: 30 } as const;

/** Share of signs that programs and formulas are full of and prose is not. */
const CODE_SHARE = 0.06;

const ENGLISH = 'Latin:en';

const CODE_SIGN = /[{}()[\];=<>\\_|+*^$#@/]/g;
const BLANK = /\s/g;

/** Only so much is read: a language shows in a paragraph. */
const MAX_UNITS = 2_000;

export function isInWrongLanguage(traits: QuestionTraits, text: string): boolean {
  const { language: asked, isFreeOfLanguage } = traits;
  if (isFreeOfLanguage || asked.language === null || asked.weight < LEAST.question) return false;
  const prose = withoutCode(text.slice(0, MAX_UNITS));
  if (looksLikeCode(prose)) return false;
  const answered = readLanguage(prose);
  if (answered.weight < LEAST.draft || answered.language === null) return false;
  return (
    isFallback(asked.language, answered.language) &&
    isOtherLanguage(asked.language, answered.language) &&
    !isQuoted(asked, answered.language)
  );
}

/** What models fall back to; a third language was most likely asked for, in words that nobody here can read. */
function isFallback(asked: string, answered: string): boolean {
  const script = scriptOf(answered);
  return (
    asked === ENGLISH ||
    answered === ENGLISH ||
    script === 'Han' ||
    (script !== 'Latin' && asked.startsWith(script))
  );
}

/** Signs of the draft's language in the request. Letters that both languages use are none. */
function isQuoted({ language, signs }: LanguageReading, answered: string): boolean {
  const script = scriptOf(answered);
  if (script === 'Latin') return signs.has(answered);
  const isShared = language?.startsWith(script) === true || (language === 'Hiragana' && script === 'Han');
  return !isShared && signs.has(script);
}

function scriptOf(language: string): string {
  return language.split(':', 1)[0] ?? '';
}

/** Fenced blocks and quoted code; an open fence goes to the end. */
function withoutCode(text: string): string {
  let prose = '';
  for (let from = 0; from < text.length;) {
    const open = text.indexOf('```', from);
    if (open < 0) return prose + text.slice(from).replace(/`[^`\n]*`/g, ' ');
    prose += text.slice(from, open);
    const close = text.indexOf('```', open + 3);
    if (close < 0) return prose;
    from = close + 3;
  }
  return prose;
}

function looksLikeCode(text: string): boolean {
  const signs = text.match(CODE_SIGN)?.length ?? 0;
  return signs > CODE_SHARE * text.replace(BLANK, '').length;
}
