// What a provider's decoder reports: content, then exactly one end.

import type { ContentEvent, FailureCode, FinishReason } from './events.ts';
import type { Usage } from './usage.ts';

/** The end of an upstream's answer. `usage` is null when the upstream never told it. */
export type UpstreamEnd =
  | {
      readonly type: 'finish';
      readonly reason: Exclude<FinishReason, 'stopped'>;
      readonly usage: Usage | null;
    }
  | { readonly type: 'failure'; readonly code: FailureCode };

/**
 * Natural logarithms of the probabilities of the tokens just produced, when the upstream gives them. They judge a
 * draft and are never logged.
 */
export type LogprobsEvent = { readonly type: 'logprobs'; readonly values: readonly number[] };

export type DecodedEvent = ContentEvent | LogprobsEvent | UpstreamEnd;
