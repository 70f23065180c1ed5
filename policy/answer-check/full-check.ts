// Judges a complete draft: what its beginning shows, what its form lacks, and whether a second model came to the same answer.
// The first fault found is told.

import type { DraftFault, DraftVerdict } from '../../protocol/answer-check.ts';
import { agrees } from './agreement.ts';
import type { CheckedQuestion, Draft } from './draft.ts';
import { isDemandedJson } from './json-answer.ts';
import { prefixFault } from './prefix-fault.ts';
import { traitsOf } from './question-traits.ts';
import { ShownText } from './shown-text.ts';
import { hasInvalidToolCalls } from './tool-request.ts';
import { isTruncated } from './truncation.ts';
import { bad, GOOD } from './verdict.ts';

/** More than any answer of an edge model, in UTF-16 units. */
const MAX_UNITS = 256 * 1024;

/** @param opinion - another model's draft for the same request; it judges the answer, never itself */
export function checkDraft(question: CheckedQuestion, draft: Draft, opinion: Draft | null): DraftVerdict {
  const shown = withShownText(draft);
  const fault = faultOf(question, draft, shown) ?? disagreement(question, shown, opinion);
  return fault === null ? GOOD : bad(fault);
}

function faultOf(question: CheckedQuestion, draft: Draft, shown: Draft): DraftFault | null {
  if (draft.finishReason === null) return 'upstream_failed';
  if (draft.finishReason === 'content_filter') return 'refusal';
  // What stands beside a tool call is a remark; the calls are the answer.
  const fault =
    draft.toolCalls.length > 0 ? null : (textFault(question, shown) ?? formFault(question, draft));
  if (fault !== null) return fault;
  if (isTruncated(question, shown)) return 'truncated';
  return hasInvalidToolCalls(question, shown) ? 'invalid_tool_call' : null;
}

function textFault(
  question: CheckedQuestion,
  { text, finishReason, logprobs = null }: Draft,
): DraftFault | null {
  const fault = prefixFault(traitsOf(question), { text, isComplete: true, logprobs });
  if (fault !== null || text.trim() !== '') return fault;
  return finishReason === 'length' ? 'truncated' : 'empty';
}

/** Clients parse the text as it comes, with the thoughts in it. */
function formFault({ responseFormat }: CheckedQuestion, { text, finishReason }: Draft): DraftFault | null {
  if (responseFormat === undefined || isDemandedJson(responseFormat, text)) return null;
  return finishReason === 'length' ? 'truncated' : 'invalid_json';
}

function disagreement(question: CheckedQuestion, draft: Draft, opinion: Draft | null): DraftFault | null {
  if (opinion === null || opinion.finishReason === null) return null;
  return agrees(question, draft, withShownText(opinion)) === false ? 'disagreement' : null;
}

/** Thoughts that are written into the text and never closed leave no text: the model ran out of room. */
function withShownText(draft: Draft): Draft {
  const shown = new ShownText(MAX_UNITS);
  shown.take(draft.text);
  return { ...draft, text: shown.text };
}
