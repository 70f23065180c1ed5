// Finds the answer that a draft states, if it states one that another draft can be compared with. In the order of how plainly
// models mark it: a box, `####`, "the answer is", a draft that is nothing but its answer, a conclusion with a number.
// Prose without such a mark has no checkable answer, whatever numbers it holds.

import { type AnswerValue, numberOf, plainValue, valueOf } from './answer-value.ts';
import { readNumbers } from './number-text.ts';

/** Answers stand at the end: this much of it is searched, in UTF-16 units. */
const TAIL_UNITS = 6_000;

/** Cues that are tried, from the last to the first. */
const MAX_CUES = 12;

const SHORT_DRAFT = { units: 60, phraseWords: 3, sentenceUnits: 160 } as const;

const CUE =
  /answer|antwort|respuesta|réponse|resposta|risposta|antwoord|svaret|ответ|відповідь|odpowiedź|cevap|الجواب|الإجابة|उत्तर|đáp án|jawaban|答案|答え?|정답|답|correct (?:option|choice)|result(?:ado|at)?|ergebnis/giu;

/** Between the cue and the answer; a colon, an equals sign or a key of JSON marks it, "is" only introduces it. */
const STRONG_LINK = /^(?: (?:to|of|for) [^.:\n]{1,60})?["'*_`)\s]{0,5}[:：=]["'*_`\s]{0,12}/;
const WEAK_LINK =
  /^(?: (?:to|of|for) [^.:\n]{1,60})?["'*_`)]{0,3} ?(?:(?:is|are|was|ist|lautet|est|es|é|è|är|هي|هو|là|adalah|jest|это|—)(?=[\s:*])|是|为|為|は|은|는)[:：]?["'*_`\s]{0,12}/;

/** How far into what "is" introduces a number may stand: "about 5", "exactly 42". */
const WEAK_NUMBER_START = 16;

/** "4. Juli 1776" goes on. */
const SENTENCE_END = /[.!?](?=\s|$)(?! \p{L}+ \d{4})|[。！？\n]/u;

const CONCLUSION =
  /therefore|thus|hence|\bso\b|total|altogether|daher|somit|also\b|insgesamt|donc|tanto\b|entonces|portanto|quindi|dus\b|итого|значит|образом|więc|所以|因此|共|したがって|合計|따라서|총|لذلك|इसलिए|toplam|vậy|jadi|[=≈]|\*\*/iu;

const ASKS_QUANTITY =
  /\p{Nd}|how (?:many|much)|wie ?viel|combien|cu[aá]nt|quant|сколько|ile\b|hoeveel|多少|几|いく[つら]|何|몇|얼마|kaç|كم|कितन|bao nhiêu|berapa/iu;

/** Two options at least, each at the beginning of a line or in brackets. */
const OPTIONS = [/(?:^|[\s(])A[).:]\s/, /(?:^|[\s(])B[).:]\s/];

export function checkableAnswer(userText: string, draft: string): AnswerValue | null {
  const hasOptions = OPTIONS.every((option) => option.test(userText));
  const text = draft.trim();
  const tail = text.slice(-TAIL_UNITS);
  return (
    boxed(tail, hasOptions) ??
    onMarkedLine(tail, hasOptions) ??
    cued(tail, hasOptions) ??
    leading(text, hasOptions) ??
    singleNumber(text, userText) ??
    concluded(tail, userText)
  );
}

/** `\boxed{…}`, the last one. */
function boxed(tail: string, hasOptions: boolean): AnswerValue | null {
  const start = tail.lastIndexOf('\\boxed{');
  if (start < 0) return null;
  let depth = 0;
  for (let at = start; at < tail.length; at += 1) {
    if (tail[at] === '{') depth += 1;
    if (tail[at] === '}') depth -= 1;
    if (depth === 0 && tail[at] === '}') return valueOf(tail.slice(start, at + 1), hasOptions);
  }
  return null;
}

/** `#### 42` on the last line. Further up it is a heading. */
function onMarkedLine(tail: string, hasOptions: boolean): AnswerValue | null {
  const last = tail.slice(tail.lastIndexOf('\n') + 1);
  return last.startsWith('####') ? valueOf(last.slice(4), hasOptions) : null;
}

function cued(tail: string, hasOptions: boolean): AnswerValue | null {
  const cues = [...tail.matchAll(CUE)].slice(-MAX_CUES).reverse();
  for (const cue of cues) {
    const after = tail.slice(cue.index + cue[0].length).slice(0, 600);
    const strong = STRONG_LINK.exec(after)?.[0];
    const link = strong ?? WEAK_LINK.exec(after)?.[0];
    if (link === undefined) continue;
    const stated = statedBehind(link, after.slice(link.length));
    const value = valueOf(stated, hasOptions);
    if (value !== null && (strong !== undefined || isPlainlyStated(value, stated))) return value;
  }
  return null;
}

/** To the closing quote of a string of JSON, else to the end of the line or the sentence. */
function statedBehind(link: string, after: string): string {
  if (link.endsWith('"')) return /^(?:[^"\\]|\\.)*/s.exec(after)?.[0] ?? '';
  return after.split(SENTENCE_END, 1)[0] ?? '';
}

/** "The answer is correct" and "the answer is rounded to 2 places" state none. */
function isPlainlyStated(value: AnswerValue, stated: string): boolean {
  if (value.kind === 'number') {
    const first = readNumbers(plainValue(stated))[0];
    return first === undefined || first.start <= WEAK_NUMBER_START;
  }
  return value.kind !== 'phrase' || !/^\p{Ll}/u.test(stated);
}

/** A draft that begins with its answer: an option's letter, yes or no, or nothing else at all. */
function leading(text: string, hasOptions: boolean): AnswerValue | null {
  const first = text.split(/\n/, 1)[0] ?? '';
  const value = valueOf(first.slice(0, SHORT_DRAFT.units), hasOptions);
  if (value === null) return null;
  if (value.kind === 'yes_no' || (value.kind === 'letter' && hasOptions)) return value;
  if (text.length > SHORT_DRAFT.units || first !== text) return null;
  const isBare = !/[!?！？:：]/.test(text) && text.split(/\s+/).length <= SHORT_DRAFT.phraseWords;
  return value.kind === 'date' || isBare ? value : null;
}

/** One short sentence with one number that the question does not have. */
function singleNumber(text: string, userText: string): AnswerValue | null {
  if (text.length > SHORT_DRAFT.sentenceUnits || SENTENCE_END.test(text.slice(0, -1))) return null;
  const plain = plainValue(text);
  const asked = new Set(readNumbers(plainValue(userText)).flatMap(({ values }) => values));
  const own = readNumbers(plain).filter(({ values }) => !values.some((value) => asked.has(value)));
  return own.length === 1 ? { kind: 'number', numbers: own } : null;
}

/** The number of the last sentence that has one, when it reads as a result and the question asks for one. */
function concluded(tail: string, userText: string): AnswerValue | null {
  if (!ASKS_QUANTITY.test(userText)) return null;
  const sentences = tail
    .slice(-600)
    .split(SENTENCE_END)
    .filter((sentence) => sentence.trim() !== '')
    .slice(-3);
  const last = sentences.findLast((sentence) => /\d/.test(sentence));
  if (last === undefined || !CONCLUSION.test(last)) return null;
  const bold = /\*\*([^*\n]{1,60})\*\*/.exec(last)?.[1];
  return (bold === undefined ? null : numberOf(plainValue(bold))) ?? numberOf(plainValue(last));
}
