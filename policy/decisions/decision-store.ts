// The ports through which a tenant's decisions, and what was said about them, outlive their object.
// A decision is a line in the body of a batch, so that many of them are one row.

import type { FeedbackRecord } from '../../protocol/route-record.ts';
import type { Feedback } from '../learning/feedback.ts';

/** Decisions in the order in which they came. */
export type DecisionBatch = {
  /** Unix ms of its first flush, later than that of every batch before. */
  readonly key: number;
  readonly entries: number;
  /** When the requests of its decisions came in, earliest and latest. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** When the last of its answers ended. */
  readonly endedMs: number;
  /** One line of JSON a decision, each with its newline. */
  readonly body: string;
};

/** The batch that was the newest at `fromMs`, and those that were begun after it until `toMs`. */
export type BatchRange = { readonly fromMs: number; readonly toMs: number };

export interface DecisionStore {
  /** The last batch by key; null when there is none. */
  newestBatch(): DecisionBatch | null;
  /** Writes one row, replacing the batch of that key. */
  putBatch(batch: DecisionBatch): void;
  /** The body of the batch that holds this text, among those of the range that `atMs` lies in. */
  bodyWith(text: string, atMs: number, range: BatchRange): string | null;
  /** Bodies from the newest batch backwards, as long as they are asked for. */
  bodiesBackwards(): Iterable<string>;
  /** Deletes batches before the key, and of the others all but the newest `maxBatches`. */
  deleteBatches(beforeKey: number, maxBatches: number): void;
}

/** What was said about a decision, with what calibration needs of the decision itself. */
export type Label = {
  readonly feedback: FeedbackRecord;
  readonly edgeModel: string;
  readonly rawProbability: number | null;
};

/** What was said before the decision it is about was there. */
export type EarlyFeedback = { readonly said: Feedback; readonly atMs: number };

export interface FeedbackStore {
  /** Writes one row, replacing the label of this stream and kind. */
  putLabel(label: Label): void;
  /** The newest labels, oldest first. */
  newestLabels(limit: number): readonly Label[];
  /** Deletes labels from before that time, and the oldest of more than `maxLabels`. */
  deleteLabels(beforeMs: number, maxLabels: number): void;
  earlyFeedback(): readonly EarlyFeedback[];
  putEarly(early: EarlyFeedback): void;
  deleteEarly(stream: string, kind: Feedback['kind']): void;
}
