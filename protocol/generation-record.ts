// What is kept of a generation for operators, once, after its end: numbers, names and closed sets. No text of a prompt or
// an answer is in it, and no label that a client could invent.
// Invariant: `id` is unique; whoever counts a record counts an id once.

import type { FailureCode } from './events.ts';
import type { DecisionStage, Tier } from './route.ts';

/** `client_gone`: nobody read any more and the disconnect policy ended it; `stopped`: somebody asked for it. */
export type GenerationOutcome = 'completed' | 'stopped' | 'client_gone' | 'failed';

/**
 * How the answer's chunks reached the client. `batched` and `strict`: streamed, by its durability; `whole`: one JSON body;
 * `direct`: streamed without a log.
 */
export type Chunking = 'batched' | 'strict' | 'whole' | 'direct';

/** Milliseconds, from the request to its first content, one after the other. Null: unknown, or there was no content. */
export type GenerationPhases = {
  /** Request received → plan made. The runtime's clock stands still while it computes. */
  readonly workerMs: number | null;
  /** Plan made → the first upstream call left. */
  readonly admitMs: number | null;
  /** First call → the call that was shown: drafts that were not good enough, failovers. 0 for nearly all. */
  readonly detourMs: number | null;
  /** The shown call left → its first content: the model and the network to it. */
  readonly modelMs: number | null;
  /** First content of the model → first content in the log: held for a check or for the lease. */
  readonly holdMs: number | null;
};

/** Between batches of content as the log received them. */
export type ChunkGaps = {
  readonly meanMs: number;
  readonly p95Ms: number;
  /** Coefficient of variation: standard deviation over mean. */
  readonly cv: number;
};

/** One connection that read the stream, as milliseconds after the stream's start and sequence numbers. */
export type Delivery = {
  /** `asked`: of the request itself; `resumed`: after a cursor; `joined`: from the start; `poll`: by JSON polls. */
  readonly kind: 'asked' | 'resumed' | 'joined' | 'poll';
  readonly openedMs: number;
  /** Null while it is open. */
  readonly closedMs: number | null;
  /** First sequence number it may get. */
  readonly fromSeq: number;
  /** Right after the last one it got: equal to `fromSeq` when it got none. */
  readonly toSeq: number;
};

export type GenerationRecord = {
  readonly id: string;
  readonly tenant: string;
  /** Unix ms. */
  readonly startedMs: number;
  readonly endedMs: number;
  /** Who answered, as the reader was told last. */
  readonly tier: Tier;
  readonly model: string;
  /** The wire format it was called in: a folder's name. */
  readonly provider: string;
  readonly chunking: Chunking;
  readonly stage: DecisionStage;
  /** The first word of the reasons, without numbers: `classifier`, `gate:vision`, `rule:<id>`. */
  readonly reason: string;
  /** The strongest signals, signed: `+length` speaks for the edge. */
  readonly signals: readonly string[];
  /** Calibrated P(the edge is good enough); null when the classifier did not run. */
  readonly probability: number | null;
  readonly outcome: GenerationOutcome;
  /** Why it failed; null unless `outcome` is `failed`. */
  readonly failure: FailureCode | null;
  readonly isCached: boolean;
  /** What a check of the edge's draft found; null when none was made. A bad one was replaced by the cloud's answer. */
  readonly check: 'good' | 'bad' | null;
  readonly isEscalated: boolean;
  readonly isHedged: boolean;
  /** Another model was asked before the first word. */
  readonly failovers: number;
  /** The upstream was lost in mid-answer and the answer went on. */
  readonly continuations: number;
  /** From the plan to the first content. Null: there was none. */
  readonly ttftMs: number | null;
  /** Ours of the time to the first content: everything but the model and detours. */
  readonly overheadMs: number | null;
  readonly totalMs: number;
  readonly phases: GenerationPhases;
  /** Null for an answer of less than three batches of content. */
  readonly gaps: ChunkGaps | null;
  /** Output tokens over the time from the first content to the end; null when that is too short to tell. */
  readonly tokensPerSecond: number | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the input, from the provider's prompt cache. */
  readonly cachedTokens: number;
  /** US dollars of every call made for it, by the configured prices. */
  readonly costUsd: number;
  /** Of it, for calls that nobody saw: drafts that were replaced, second opinions, hedges. */
  readonly hiddenUsd: number;
  /** The same answer, if the cloud had given it. */
  readonly allCloudUsd: number;
  /** Connections after the first one that went on after a cursor, until the end. */
  readonly reconnects: number;
  /** Most readers at once beside the one that asked. */
  readonly followers: number;
  /** Milliseconds from a chunk to its painting (p95), as the client reported it; null: it did not. */
  readonly renderLagMs: number | null;
};

/** A change of an upstream's circuit breaker. */
export type BreakerTurn = {
  /** Unix ms. */
  readonly atMs: number;
  /** `endpoint/upstream model`. */
  readonly upstream: string;
  readonly from: BreakerState;
  readonly to: BreakerState;
  /** What opened it; null otherwise. */
  readonly cause: string | null;
};

export type BreakerState = 'closed' | 'open' | 'half_open';

/** Requests that were refused before a generation, since the last report: by tenant and reason. */
export type RefusalCount = { readonly tenant: string; readonly reason: string; readonly count: number };
