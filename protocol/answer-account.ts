// What one answer used: the calls behind it, and what of them the reader sees. Every call is in it once.

import { addUsage, NO_USAGE, type Usage } from './usage.ts';

/** What one call used, by model id. */
export type ModelUsage = { readonly model: string; readonly usage: Usage };

export type AnswerAccount = {
  /** Of the answer that is shown: the input once, the output of every call that gave a part of it. */
  readonly usage: Usage;
  /** Every call that was paid for, the shown ones first. */
  readonly calls: readonly ModelUsage[];
};

/** The usage of an answer that several calls gave one after the other. The prompt is counted once: it is one answer. */
export function usageOfParts(parts: readonly Usage[], last: Usage): Usage {
  const [first] = parts;
  if (first === undefined) return last;
  const all = parts.reduce((sum, part) => addUsage(sum, part), last);
  return { ...all, input_tokens: first.input_tokens, cached_tokens: first.cached_tokens };
}

/** What was paid for altogether; nothing for an answer that no call was billed for. */
export function totalUsage({ calls }: Pick<AnswerAccount, 'calls'>): Usage {
  const [first, ...others] = calls;
  return first === undefined
    ? NO_USAGE
    : others.reduce((sum, call) => addUsage(sum, call.usage), first.usage);
}
