// What models say before they go on with a text, or instead of it. A listed beginning alone proves nothing ("Here is
// the list:" may belong to the answer): it is taken off when it speaks of continuing, or when a repetition follows it.

import { openingOf, clausesOf } from '../answer-check/opening.ts';
import { refusal } from '../answer-check/opening-phrases.ts';

/** How a model turns to the person, in English. In other languages an introduction is known by what follows. */
const TURNS_TO_READER =
  /^\P{L}*(?:sure|certainly|of course|ok|absolutely|understood|here|continu|resum|pick|let me|i['’ ]|sorry|apolog|unfortunately|as an ai|there)/iu;

/** Stories are told in the first person too, and go on; nobody tells so that an answer does. */
const SPEAKS_OF_CONTINUING =
  /^\P{L}*(?:(?:sure|certainly|of course|okay?|absolutely|understood)\b.*(?:continu|resum|rest\b|pick)|here(?:['’]s| is) the (?:rest|continuation|remain)|(?:let me |i(?:['’]ll| will) )?(?:continu(?:e|ing)|resum(?:e|ing)|pick(?:ing)? up)\b.*(?:left off|stopped|cut off)|continu(?:ing|ed|ation)\P{L}*$)/iu;

const NOTHING_TO_ADD = /nothing (?:\w+ )?to (?:continue|add)/;

/** Not the middle of a sentence: no space, small letter or mark comes first. */
const STARTS_ANEW = /^[*_>#"“]*[\p{Lu}\p{Lo}]/u;

/** An introduction is at most this long, in UTF-16 units, on two lines. */
const MAX_UNITS = 300;

/** While less than this has come, more is waited for. */
const MAX_WAIT_UNITS = 160;

export type Introduction = {
  /** Where the text behind it begins. */
  readonly end: number;
  /** It speaks of continuing: no part of an answer begins so. */
  readonly isCertain: boolean;
};

/** Every beginning of the text that may be one, the longest last. */
export function introductionsOf(text: string): readonly Introduction[] {
  const found: Introduction[] = [];
  if (!STARTS_ANEW.test(text)) return found;
  const head = text.slice(0, MAX_UNITS);
  for (const { 0: separator, index } of head.matchAll(/[:：](?:[ \t]*\n{1,2}| )?|[ \t]*\n{1,2}/g)) {
    const [line = '', ...before] = head
      .slice(0, index + 1)
      .trim()
      .split(/\s*\n\s*/)
      .reverse();
    const isCertain = SPEAKS_OF_CONTINUING.test(line);
    const isPlausible = separator.includes('\n') && (TURNS_TO_READER.test(line) || /[:：.!…。]$/.test(line));
    if ((isCertain || isPlausible) && mayComeFirst(before))
      found.push({ end: index + separator.length, isCertain });
  }
  return found;
}

/** Nothing, or one line such as "Sure!". */
function mayComeFirst([line, ...others]: readonly string[]): boolean {
  if (line === undefined) return true;
  return others.length === 0 && TURNS_TO_READER.test(line) && !SPEAKS_OF_CONTINUING.test(line);
}

/** More must be read to tell. Any language may introduce a repetition that was asked for. */
export function mayBeIntroduction(text: string, isAsked: boolean): boolean {
  const lines = text.trimEnd().split(/\s*\n\s*/);
  if (text.length > MAX_WAIT_UNITS || lines.length > 2 || !STARTS_ANEW.test(text)) return false;
  return (isAsked && lines.length === 1) || lines.every((line) => TURNS_TO_READER.test(line));
}

export function isRefusal(text: string, isComplete: boolean): boolean {
  if (!STARTS_ANEW.test(text)) return false;
  const { sentences } = openingOf(text, isComplete);
  const { atClause, anywhere } = refusal();
  return sentences.some(
    (sentence) =>
      NOTHING_TO_ADD.test(sentence) ||
      anywhere.test(sentence) ||
      clausesOf(sentence).some((one) => atClause.test(one)),
  );
}
