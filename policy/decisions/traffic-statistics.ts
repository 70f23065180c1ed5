// What a tenant's latest decisions add up to: traffic by edge model, shares, and how soon models begin to answer.
// Invariant: bounded by count whatever comes in; numbers and configured names only.

import type { RouteRecord } from '../../protocol/route-record.ts';
import { type TrafficEntry, trafficEntryOf, TrafficWindow } from '../learning/traffic-window.ts';

/** Shares move by a point within a few dozen decisions and stand still within an hour of a quiet tenant. */
const MAX_OUTCOMES = 2_000;

/** A median of so many is steady and follows a model that became slower within minutes. */
const MAX_FIRST_TOKENS = 101;

/** The configuration allows 200 models; beyond it those are forgotten that came first. */
const MAX_MODELS = 200;

/** Edge models that the classifier's probability is about; each window holds some hundred KB. */
const MAX_WINDOWS = 8;

export type RouteShares = {
  /** Answers that the cloud gave. */
  readonly cloud: number;
  /** Answers that were checked before they were shown. */
  readonly held: number;
  /** Answers that the cloud gave because the check of the edge's draft found a fault. */
  readonly escalated: number;
  /** Mean milliseconds that a checked answer was held; 0 when there was none. */
  readonly addedTtftMs: number;
};

type Outcome = RouteRecord['outcome'];

export class TrafficStatistics {
  readonly #windows = new Map<string, TrafficWindow>();
  readonly #firstTokens = new Map<string, number[]>();
  #outcomes: Outcome[] = [];

  add(record: RouteRecord): void {
    const entry = trafficEntryOf(record);
    if (entry !== null) {
      const window = this.#windows.get(record.edgeModel) ?? new TrafficWindow();
      window.add(entry);
      this.#windows.set(record.edgeModel, window);
      forgetOver(this.#windows, MAX_WINDOWS);
    }
    this.#outcomes.push(record.outcome);
    if (this.#outcomes.length > MAX_OUTCOMES) this.#outcomes.shift();
    this.#noteFirstToken(record);
  }

  prune(nowMs: number): void {
    for (const window of this.#windows.values()) window.prune(nowMs);
  }

  /** Decisions that the shares are about. */
  get decisions(): number {
    return this.#outcomes.length;
  }

  /** Edge models with traffic, busiest first. */
  get edgeModels(): readonly string[] {
    const byTraffic = [...this.#windows].toSorted(
      ([, left], [, right]) => right.entries.length - left.entries.length,
    );
    return byTraffic.map(([model]) => model);
  }

  trafficOf(edgeModel: string): readonly TrafficEntry[] {
    return this.#windows.get(edgeModel)?.entries ?? [];
  }

  /** The classifier's own probabilities, whatever edge model they were about, by time. */
  probabilities(): readonly number[] {
    const entries = [...this.#windows.values()].flatMap((window) => window.entries);
    return entries
      .toSorted((left, right) => left.atMs - right.atMs)
      .map(({ rawProbability }) => rawProbability);
  }

  shares(): RouteShares {
    const checks = this.#outcomes.flatMap(({ check }) => (check === null ? [] : [check]));
    const heldMs = checks.reduce((sum, check) => sum + check.heldMs, 0);
    return {
      cloud: this.#share(({ shown }) => shown === 'cloud'),
      held: this.#share(({ check }) => check !== null),
      escalated: this.#share(
        ({ shown, check }) => shown === 'cloud' && check !== null && check.fault !== null,
      ),
      addedTtftMs: checks.length === 0 ? 0 : Math.round(heldMs / checks.length),
    };
  }

  /** Median milliseconds to the first token, by model. */
  firstTokenMs(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#firstTokens].map(([model, samples]) => [model, medianOf(samples)]));
  }

  #share(counts: (outcome: Outcome) => boolean): number {
    return this.decisions === 0 ? 0 : this.#outcomes.filter(counts).length / this.decisions;
  }

  /** A checked answer tells how long it was held, not how fast its model is. */
  #noteFirstToken({ arms, outcome }: RouteRecord): void {
    const model = arms.find(({ tier }) => tier === outcome.shown)?.model;
    if (model === undefined || outcome.firstTokenMs === null || outcome.check !== null) return;
    const samples = [...(this.#firstTokens.get(model) ?? []), outcome.firstTokenMs];
    this.#firstTokens.set(model, samples.slice(-MAX_FIRST_TOKENS));
    forgetOver(this.#firstTokens, MAX_MODELS);
  }
}

function forgetOver(map: Map<string, unknown>, max: number): void {
  const oldest = map.size > max ? map.keys().next() : null;
  if (oldest !== null && oldest.done !== true) map.delete(oldest.value);
}

function medianOf(samples: readonly number[]): number {
  const sorted = samples.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
