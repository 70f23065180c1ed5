// A finished answer as it is kept for the same request of the same tenant: everything that a replay shows, and nothing
// of the request. It crosses object boundaries as JSON.

import type { FinishReason, Timing } from './events.ts';
import type { Tier } from './route.ts';
import type { Usage } from './usage.ts';

/** What the answer is kept by; all the rest of it is what was sent to the client. */
export type CachedAnswer = {
  /** Which model gave it: the one that answered in the end, not the one that was planned. */
  readonly tier: Tier;
  readonly model: string;
  /** Its content events in the columns of a finished log, so that every piece keeps its length. */
  readonly rows: readonly string[];
  readonly finishReason: KeptFinish;
  /** What the original used, cost and took. */
  readonly usage: Usage;
  readonly costUsd: number | null;
  readonly timing: Timing;
  readonly storedMs: number;
};

/** Ends after which an answer is whole: one that was cut by a limit or a filter is not repeated. */
export type KeptFinish = Extract<FinishReason, 'stop' | 'tool_calls'>;

/** How much is kept for one tenant, and for how long. */
export type CacheBounds = {
  readonly ttlMs: number;
  readonly maxEntries: number;
  /** UTF-8 bytes of one answer as it is stored. */
  readonly maxAnswerBytes: number;
};
