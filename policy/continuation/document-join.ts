// Joins the two halves of a JSON document. Its grammar is the judge: of all the ways in which the second half may go on, only
// one that makes the whole a document of the demanded form is taken.

import type { JsonObject } from '../../protocol/json.ts';
import { isDemandedJson } from '../answer-check/json-answer.ts';

/** Longer repetitions are found as such. */
const MOST_OVERLAP_UNITS = 200;

export type DocumentHalves = {
  readonly said: string;
  readonly looseEnd: string;
  /** The whole continuation. */
  readonly text: string;
  /** Where its new text begins if it is taken as prose; tried first. */
  readonly at: number;
};

/** What of the continuation completes the document; null when nothing does. */
export function documentRest(
  format: JsonObject,
  { said, looseEnd, text, at }: DocumentHalves,
): string | null {
  const starts = new Set([at, 0]);
  for (let units = Math.min(MOST_OVERLAP_UNITS, text.length); units > 0; units -= 1)
    if (said.endsWith(text.slice(0, units))) starts.add(units);
  for (const start of starts) {
    const rest = withoutCommon(looseEnd, text.slice(start));
    for (const candidate of [rest, rest.replace(/\s*```\s*$/, '')])
      if (isDemandedJson(format, said + looseEnd + candidate)) return candidate;
  }
  return null;
}

/** A loose end is already there; what of it the text begins with is not said twice. */
export function withoutCommon(looseEnd: string, text: string): string {
  let at = 0;
  while (at < looseEnd.length && looseEnd.charAt(at) === text.charAt(at)) at += 1;
  return text.slice(at);
}
