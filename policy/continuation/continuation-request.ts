// The request that asks for the rest of a lost answer. Three kinds: a prefill goes on from its last character; an anchor is
// an instruction to repeat the last words and go on; `again` is the same request once more, when there is no text that
// could be gone on with, or when tool calls were sent, which nobody can be asked to finish.

import type { ChatMessage, ChatRequest } from '../../protocol/chat-request.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { estimateTextTokens } from '../estimate-tokens.ts';
import { anchorOf } from './anchor.ts';
import type { PartialAnswer } from './partial-answer.ts';
import { looseEndOf } from './squeezed.ts';

export type AskedContinuation = {
  readonly type: 'ask';
  readonly request: ChatRequest;
  readonly kind: 'prefill' | 'anchor' | 'again';
  /** The words that the model is asked to begin with; null unless `kind` is `anchor`. */
  readonly anchor: string | null;
  /** The answer is a JSON document, of this `response_format` or, when `{}`, of none that was demanded; null: it is not. */
  readonly document: JsonObject | null;
};

export type Continuation = AskedContinuation | { readonly type: 'impossible'; readonly why: 'too_long' };

/** A quarter of a million tokens: no model's output is that long, and few take it back. */
const MAX_TEXT_UNITS = 1024 * 1024;

/** What is left of the limit is an estimate: some room to end in, whatever it says. */
const LEAST_TOKENS = 16;

/** Prose hardly begins so; Markdown's `[` is followed by a word. */
const JSON_START = /^\s*(?:\{\s*"|\[\s*[{["])/;

export type LostAnswer = {
  readonly request: ChatRequest;
  readonly partial: PartialAnswer;
  /** The model goes on with an assistant message from its last character. */
  readonly canPrefill: boolean;
  /** Our estimate of what the lost calls wrote. */
  readonly producedTokens: number;
};

export function continuationOf({ request, partial, canPrefill, producedTokens }: LostAnswer): Continuation {
  const text = partial.text.slice(0, partial.text.length - looseEndOf(partial.text).length);
  if (text === '' || partial.toolCalls.length > 0)
    return { type: 'ask', request, kind: 'again', anchor: null, document: null };
  if (text.length > MAX_TEXT_UNITS) return { type: 'impossible', why: 'too_long' };
  // A grammar for whole documents would make the model begin again; the seam checks the whole instead.
  const { responseFormat, ...free } = request;
  const document = responseFormat ?? (JSON_START.test(text) ? {} : null);
  const anchor = canPrefill ? null : anchorOf(text);
  const messages: ChatMessage[] = [
    ...request.messages,
    { role: 'assistant', content: [{ type: 'text', text }], toolCalls: [] },
  ];
  if (anchor !== null)
    messages.push({ role: 'user', content: [{ type: 'text', text: instructionFor(anchor) }] });
  const left = { ...free, messages, maxOutputTokens: tokensLeft(request, producedTokens, anchor) };
  return anchor === null
    ? { type: 'ask', request: { ...left, continues: true }, kind: 'prefill', anchor, document }
    : { type: 'ask', request: left, kind: 'anchor', anchor, document };
}

/** Between tags and not as a JSON string: models copy the escapes. */
function instructionFor(anchor: string): string {
  return `Your answer was cut off. Go on exactly where it stops, in the same language and format. Begin by repeating its last words, given between the tags, then write the rest; no introduction.\n<last>${anchor}</last>`;
}

/** The repeated words are no part of the answer and are not taken from its limit. */
function tokensLeft(
  { maxOutputTokens }: ChatRequest,
  produced: number,
  anchor: string | null,
): number | null {
  if (maxOutputTokens === null) return null;
  return Math.max(LEAST_TOKENS, maxOutputTokens - produced) + estimateTextTokens(anchor ?? '');
}
