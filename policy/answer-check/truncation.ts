// Says when a complete draft stops before it is done: cut by a limit that the client did not set, or ended in the middle of
// a code block, a table, a list or a sentence. Only forms that no finished text has; a missing full stop alone is none.

import { estimateTextTokens } from '../estimate-tokens.ts';
import type { CheckedQuestion, Draft } from './draft.ts';

/** Token counts of ours are this far from a tokenizer's at most, up or down. */
const ESTIMATE_FACTOR = 2;

/** A last line of prose this long has an end mark, where the text before it uses them. */
const LONG_LINE_UNITS = 80;

/** The ends of a text tell; more is not searched for sentences. */
const TAIL_UNITS = 2_000;

const SENTENCE_MARK = /[.!?…。！？؟।][)\]"'»”’*_`]*(?:\s|$)/g;

/** Words that no sentence ends with. */
const DANGLING = new Set(
  'the and of with your from a an to at as because than or der und mit für auf dem ein eine oder die das zu von les une dans pour avec la du et el las con para'.split(
    ' ',
  ),
);

/** Items, headings and quotations end without a mark. */
const LINE_OF_LIST = /^(?:[-*+•#>|]|\d{1,3}[.)])/;

export function isTruncated(question: CheckedQuestion, draft: Draft): boolean {
  if (draft.finishReason === 'length') return !reachedOwnLimit(question, draft);
  // A stop sequence may cut anything, and so may the call that follows a remark.
  if (question.hasStops === true || draft.toolCalls.length > 0) return false;
  return stopsInTheMiddle(draft.text.trimEnd());
}

/** The client asked for no more than this. */
function reachedOwnLimit({ maxOutputTokens }: CheckedQuestion, { text, thinking, usage }: Draft): boolean {
  if (maxOutputTokens === null) return false;
  if (usage !== undefined && usage !== null && !usage.estimated)
    return usage.output_tokens >= maxOutputTokens;
  const tokens = estimateTextTokens(text) + estimateTextTokens(thinking ?? '');
  return ESTIMATE_FACTOR * tokens >= maxOutputTokens;
}

function stopsInTheMiddle(text: string): boolean {
  if (hasOpenFence(text)) return true;
  const lines = text.slice(-TAIL_UNITS).split('\n');
  const last = lines.at(-1)?.trim() ?? '';
  if (/^(?:[-*+•]|\d{1,3}[.)])$/.test(last)) return true;
  const above = lines.at(-2)?.trim() ?? '';
  if (last.startsWith('|')) return above.endsWith('|') && !last.endsWith('|');
  return !LINE_OF_LIST.test(last) && stopsInSentence(text.slice(-TAIL_UNITS), last);
}

function stopsInSentence(tail: string, last: string): boolean {
  const isLong = last.length >= LONG_LINE_UNITS;
  const marks = tail.match(SENTENCE_MARK)?.length ?? 0;
  // Prose has had sentences before this one; names, titles, verses and single phrases have not.
  if (marks < 2) return false;
  if (/[,(—–-]$/.test(last)) return isLong;
  const word = /(?:^|\s)(\p{Ll}+)$/u.exec(last.slice(-40))?.[1];
  return word !== undefined && (DANGLING.has(word) || (isLong && marks >= 3));
}

/**
 * Models forget the last fence of a block that is done, and some write only the last one. A block that is cut has a
 * bracket open or stops at a loose end.
 */
function hasOpenFence(text: string): boolean {
  let opened = -1;
  let line = '';
  for (let start = 0; start <= text.length; start += line.length + 1) {
    const end = text.indexOf('\n', start);
    line = text.slice(start, end < 0 ? text.length : end);
    if (line.trimStart().startsWith('```')) opened = opened < 0 ? start : -1;
  }
  return opened >= 0 && line.trim() !== '```' && !isClosedBlock(text.slice(opened));
}

function isClosedBlock(block: string): boolean {
  const opening = block.match(/[([{]/g)?.length ?? 0;
  const closing = block.match(/[)\]}]/g)?.length ?? 0;
  return opening === closing && /[)\]};]$/.test(block);
}
