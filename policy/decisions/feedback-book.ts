// What was said about a tenant's decisions: joined with the decision to a label at once, or kept until it comes.
// Invariants: one stream holds at most one label of each kind, the latest; what waits for its decision is bounded, and
// waits no longer than a generation can last.

import type { FeedbackRecord, RouteRecord } from '../../protocol/route-record.ts';
import { feedbackRecord, type Feedback } from '../learning/feedback.ts';
import type { EarlyFeedback, FeedbackStore, Label } from './decision-store.ts';

/** A generation lasts 14 minutes at most; its record follows it at once. */
export const MAX_WAIT_MS = 15 * 60_000;

/** What one tenant's people may say about answers that still run. */
const MAX_EARLY = 1_000;

const MAX_LABELS = 20_000;

/** Labels live as long as the decisions they are about. */
const KEEP_LABELS_MS = 30 * 86_400_000;

export class FeedbackBook {
  readonly #store: FeedbackStore;
  /** By stream, oldest first. */
  readonly #early: Map<string, readonly EarlyFeedback[]>;

  constructor(store: FeedbackStore) {
    this.#store = store;
    this.#early = Map.groupBy(store.earlyFeedback(), ({ said }) => said.stream);
  }

  /** What somebody said about a decision that is known. */
  join(said: Feedback, decision: RouteRecord, atMs: number): Label {
    return this.#label(feedbackRecord(said, decision.outcome, atMs), decision);
  }

  /** What a judge found. */
  judged(feedback: FeedbackRecord, decision: RouteRecord): Label {
    return this.#label(feedback, decision);
  }

  /** Keeps what was said until its decision comes; false when too much waits already. */
  keep(said: Feedback, nowMs: number): boolean {
    this.#dropStale(nowMs);
    const known = this.#early.get(said.stream) ?? [];
    const others = known.filter((early) => early.said.kind !== said.kind);
    const isNew = others.length === known.length;
    if (isNew && this.#waiting() >= MAX_EARLY) return false;
    const early = { said, atMs: nowMs };
    this.#store.putEarly(early);
    this.#early.set(said.stream, [...others, early]);
    return true;
  }

  /** The decision came: what was said before is about it. */
  arrived(decision: RouteRecord): readonly Label[] {
    const waiting = this.#early.get(decision.id) ?? [];
    this.#early.delete(decision.id);
    return waiting.map(({ said, atMs }) => {
      const label = this.join(said, decision, atMs);
      this.#store.deleteEarly(said.stream, said.kind);
      return label;
    });
  }

  prune(nowMs: number): void {
    this.#dropStale(nowMs);
    this.#store.deleteLabels(nowMs - KEEP_LABELS_MS, MAX_LABELS);
  }

  #label(feedback: FeedbackRecord, { edgeModel, rawProbability }: RouteRecord): Label {
    const label = { feedback, edgeModel, rawProbability };
    this.#store.putLabel(label);
    return label;
  }

  #waiting(): number {
    let count = 0;
    for (const waiting of this.#early.values()) count += waiting.length;
    return count;
  }

  #dropStale(nowMs: number): void {
    for (const [stream, waiting] of this.#early) {
      if (waiting.some(({ atMs }) => atMs > nowMs - MAX_WAIT_MS)) continue;
      this.#early.delete(stream);
      for (const { said } of waiting) this.#store.deleteEarly(stream, said.kind);
    }
  }
}
