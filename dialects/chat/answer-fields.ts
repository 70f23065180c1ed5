// The fields that a streamed chunk and a whole completion have in common, so that both tell the same story.

import type { DoneEvent, FinishReason } from '../../protocol/events.ts';
import type { GenerationFacts } from '../../protocol/projection.ts';
import type { Usage } from '../../protocol/usage.ts';

/** OpenAI's `usage` object; counts in tokens. */
export type ChatUsage = {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
};

export type ChatFinishReason = Exclude<FinishReason, 'stopped'>;

export function completionId(facts: GenerationFacts): string {
  return `chatcmpl-${facts.generation}`;
}

/** Unix time in whole seconds, as OpenAI's `created`. */
export function createdSeconds(facts: GenerationFacts): number {
  return Math.floor(facts.createdMs / 1000);
}

/** OpenAI has no word for "somebody pressed stop": to its clients the answer simply ended. */
export function toChatFinishReason(reason: FinishReason): ChatFinishReason {
  return reason === 'stopped' ? 'stop' : reason;
}

export function chatUsage(usage: Usage): ChatUsage {
  return {
    prompt_tokens: usage.input_tokens,
    completion_tokens: usage.output_tokens,
    total_tokens: usage.input_tokens + usage.output_tokens,
    prompt_tokens_details: { cached_tokens: usage.cached_tokens },
    completion_tokens_details: { reasoning_tokens: usage.reasoning_tokens },
  };
}

/** What OpenAI's shape has no field for. Clients that do not know it ignore it. */
export type Extension = {
  /** Of every call made for the answer, when there were others than the shown one. */
  readonly usage_total?: ChatUsage;
  /** US dollars of all of them. */
  readonly cost_usd?: number;
  readonly cached?: true;
};

export function extension(done: DoneEvent): { readonly x_edgeways?: Extension } {
  const { usage_total: total, cost_usd, cached } = done;
  const fields: Extension = {
    ...(total === undefined ? {} : { usage_total: chatUsage(total) }),
    ...(cost_usd === undefined ? {} : { cost_usd }),
    ...(cached === undefined ? {} : { cached }),
  };
  return Object.keys(fields).length === 0 ? {} : { x_edgeways: fields };
}
