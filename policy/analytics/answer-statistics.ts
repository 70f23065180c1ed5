// What an answer's events tell about how it came, while they come: when it began, how evenly it went on, what had to be
// done to keep it alive. It keeps numbers only, a bounded amount of them.

import { isContent, type StreamEvent } from '../../protocol/events.ts';
import type { ChunkGaps } from '../../protocol/generation-record.ts';
import { LogHistogram } from './log-histogram.ts';

/** Two gaps have no spread worth telling. */
const LEAST_GAPS = 2;

const P95 = 0.95;

export class AnswerStatistics {
  failovers = 0;
  continuations = 0;
  isHedged = false;
  #firstContentMs: number | null = null;
  /** Null before the first content. */
  #lastContentMs: number | null = null;
  #gaps: LogHistogram | null = null;
  /** Sum of the squared distances from the mean so far (Welford 1962), which loses no digits as a sum of squares does. */
  #squares = 0;
  #mean = 0;

  /** Unix ms; null: no content came yet. */
  get firstContentMs(): number | null {
    return this.#firstContentMs;
  }

  get gaps(): ChunkGaps | null {
    const gaps = this.#gaps;
    if (gaps === null || gaps.count < LEAST_GAPS) return null;
    const deviation = Math.sqrt(this.#squares / gaps.count);
    const cv = this.#mean === 0 ? 0 : deviation / this.#mean;
    return { meanMs: this.#mean, p95Ms: gaps.quantile(P95) ?? 0, cv };
  }

  /** What was logged before a restart: when it came is not known any more. */
  countEarlier(events: Iterable<StreamEvent>, nowMs: number): void {
    for (const event of events) {
      if (isContent(event)) this.#lastContentMs = nowMs;
      else this.#note(event);
    }
  }

  /** Takes a batch of the log's events, which the reader gets together. */
  take(events: readonly StreamEvent[], nowMs: number): void {
    let hasContent = false;
    for (const event of events) {
      if (isContent(event)) hasContent = true;
      else this.#note(event);
    }
    if (!hasContent) return;
    if (this.#lastContentMs === null) this.#firstContentMs = nowMs;
    else this.#addGap(Math.max(0, nowMs - this.#lastContentMs));
    this.#lastContentMs = nowMs;
  }

  #note(event: StreamEvent): void {
    if (event.type === 'status') {
      if (event.phase === 'failover') this.failovers++;
      else this.continuations++;
    }
    if (event.type !== 'route_changed') return;
    if (event.reason === 'hedge') this.isHedged = true;
    // A model whose breaker is open is not asked at all: then nothing was told before the other one answered.
    if (event.reason === 'failover') this.failovers ||= 1;
  }

  #addGap(gapMs: number): void {
    this.#gaps ??= new LogHistogram();
    this.#gaps.add(gapMs);
    const distance = gapMs - this.#mean;
    this.#mean += distance / this.#gaps.count;
    this.#squares += distance * (gapMs - this.#mean);
  }
}
