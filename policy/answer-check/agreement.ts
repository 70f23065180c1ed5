// Whether two drafts come to the same answer. `null`: at least one of them states none that can be compared, and the other
// draft says nothing about the first. Texts are never compared as texts: two good ones differ.

import { isJsonObject, type JsonValue } from '../../protocol/json.ts';
import { isSameValue, valueOf } from './answer-value.ts';
import { checkableAnswer } from './checkable-answer.ts';
import type { CheckedQuestion, Draft } from './draft.ts';
import { parsedJson } from './json-answer.ts';

/** More values than this are a composition, where models differ without being wrong. */
const MAX_VALUES = 16;

/** Values that no two models give alike. */
const OWN_VALUE = /confidence|probab|score|id$|reason|explan/i;

const SHORT_WORDS = 3;

export function agrees(question: CheckedQuestion, draft: Draft, opinion: Draft): boolean | null {
  if (draft.toolCalls.length > 0 || opinion.toolCalls.length > 0) return agreesOnCalls(draft, opinion);
  if (question.responseFormat !== undefined)
    return agreesOnJson(parsedJson(draft.text), parsedJson(opinion.text));
  const own = checkableAnswer(question.userText, draft.text);
  const other = checkableAnswer(question.userText, opinion.text);
  return own === null || other === null ? null : isSameValue(own, other);
}

/** One call each: the same tool, and no argument that plainly differs. */
function agreesOnCalls(draft: Draft, opinion: Draft): boolean | null {
  const [own, other] = [draft.toolCalls[0], opinion.toolCalls[0]];
  if (own === undefined || other === undefined || draft.toolCalls.length + opinion.toolCalls.length > 2)
    return null;
  return own.name === other.name ? agreesOnJson(parsedJson(own.args), parsedJson(other.args)) : false;
}

function agreesOnJson(own: JsonValue | undefined, other: JsonValue | undefined): boolean | null {
  if (own === undefined || other === undefined) return null;
  const found: (boolean | null)[] = [];
  compare(own, other, found);
  const compared = found.filter((same) => same !== null);
  if (compared.length === 0 || compared.length > MAX_VALUES) return null;
  return compared.every(Boolean);
}

function compare(own: JsonValue, other: JsonValue, found: (boolean | null)[]): void {
  if (found.length > MAX_VALUES) return;
  if (Array.isArray(own) && Array.isArray(other)) {
    if (own.length === other.length) own.forEach((value, at) => compare(value, other[at] ?? null, found));
    return;
  }
  if (isJsonObject(own) && isJsonObject(other)) {
    for (const [key, value] of Object.entries(own)) {
      if (Object.hasOwn(other, key) && !OWN_VALUE.test(key)) compare(value, other[key] ?? null, found);
    }
    return;
  }
  found.push(isSameScalar(own, other));
}

function isSameScalar(own: JsonValue, other: JsonValue): boolean | null {
  if (typeof own === 'boolean' && typeof other === 'boolean') return own === other;
  const [left, right] = [scalarText(own), scalarText(other)].map((text) =>
    text === null ? null : valueOf(text, false),
  );
  return left === null || left === undefined || right === null || right === undefined
    ? null
    : isSameValue(left, right);
}

function scalarText(value: JsonValue): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.split(' ').length <= SHORT_WORDS ? value : null;
}
