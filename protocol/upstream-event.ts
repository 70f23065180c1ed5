// What a provider's decoder reports: content, then exactly one end.

import type { ContentEvent, FailureCode, FinishReason, RouteChangedEvent, StatusEvent } from './events.ts';
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

/**
 * From an upstream that keeps its answer: where it can be taken up again when the connection is lost. `cursor` is the
 * provider's own word for it; each replaces the one before. Never logged.
 */
export type ResumePointEvent = { readonly type: 'resume_point'; readonly cursor: string };

export type DecodedEvent = ContentEvent | LogprobsEvent | ResumePointEvent | UpstreamEnd;

/** What an answer consists of that one upstream or several give one after the other: still exactly one end, last. */
export type AnswerEvent = DecodedEvent | StatusEvent | RouteChangedEvent;
