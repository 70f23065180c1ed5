// What is added up of the generations of one (tenant, tier, model, provider, chunking) in one step of time.
// Invariants: everything is a sum, so cells add up in any order; money is whole nano US dollars, rounded once a record;
// the number of names is bounded, and what is beyond it counts as `other`.

import type { GenerationRecord } from '../../protocol/generation-record.ts';
import { lazy } from '../../protocol/lazy.ts';
import { toNanoUsd } from '../money/usd.ts';
import { LogHistogram } from './log-histogram.ts';
import type { HistogramName } from './stats-question.ts';

/** In the order in which they are stored: new ones go to the end. */
export const SUMS = [
  'requests',
  'edge_requests',
  'completed',
  'stopped',
  'client_gone',
  'failed',
  'cached',
  'checked',
  'checked_bad',
  'escalated',
  'hedged',
  'failovers',
  'failed_over',
  'continuations',
  'continued',
  'reconnects',
  'reconnected',
  'followers',
  'input_tokens',
  'output_tokens',
  'cached_tokens',
  'cost_nano',
  'hidden_nano',
  'all_cloud_nano',
  'escalated_hidden_nano',
] as const;
export type SumName = (typeof SUMS)[number];

/** The probability is counted in twentieths: of all, answered by the edge, checked, found bad. */
export const PROBABILITY_BUCKETS = 20;
const FAMILIES = ['p', 'pedge', 'pchecked', 'pbad'];

/** Of one family, such as `reason:`. */
const MAX_NAMES = 64;

/** A rule's id is the longest name, and is the configuration's. */
const MAX_NAME_UNITS = 140;

/** Held by reference: a name is looked up once for each cell that is added. */
type Count = { times: number };

export class Cell {
  readonly sums: Record<SumName, number> = { ...noSums() };
  /** `failure:<code>`, `stage:<stage>`, `reason:<reason>`, `signal:<signed name>`. */
  readonly names = new Map<string, Count>();
  /** By the probability, one family after the other. Apart from the names, because they are most of the work of merging. */
  readonly buckets: number[] = [];
  readonly histograms = new Map<HistogramName, LogHistogram>();
  /** How many names of each family there are. */
  readonly #families = new Map<string, number>();

  add(record: GenerationRecord): void {
    const { sums } = this;
    sums.requests++;
    sums[record.outcome]++;
    const isEdge = record.tier === 'edge';
    this.#addFacts(record, {
      edge_requests: isEdge,
      cached: record.isCached,
      checked: record.check !== null,
      checked_bad: record.check === 'bad',
      escalated: record.isEscalated,
      hedged: record.isHedged,
      failed_over: record.failovers > 0,
      continued: record.continuations > 0,
      reconnected: record.reconnects > 0,
    });
    this.#addNames(record);
    for (const [name, value] of valuesOf(record)) {
      if (value !== null) this.histogram(name).add(value);
    }
  }

  merge(other: Cell): void {
    for (const name of SUMS) this.sums[name] += other.sums[name];
    for (const [name, { times }] of other.names) this.count(name, times);
    for (const [at, count] of other.buckets.entries()) this.countBucket(at, count);
    for (const [name, histogram] of other.histograms) this.histogram(name).merge(histogram);
  }

  /** The names, and the buckets as `p:<k>`, `pedge:<k>`, `pchecked:<k>`, `pbad:<k>`. */
  get counts(): ReadonlyMap<string, number> {
    const counts = new Map(Array.from(this.names, ([name, { times }]) => [name, times]));
    for (const [at, count] of this.buckets.entries()) {
      if (count > 0)
        counts.set(`${FAMILIES[Math.floor(at / PROBABILITY_BUCKETS)]}:${at % PROBABILITY_BUCKETS}`, count);
    }
    return counts;
  }

  /** Made when it is not there. */
  histogram(name: HistogramName): LogHistogram {
    let histogram = this.histograms.get(name);
    if (histogram === undefined) this.histograms.set(name, (histogram = new LogHistogram()));
    return histogram;
  }

  count(name: string, by = 1): void {
    const known = this.names.get(name);
    if (known !== undefined) {
      known.times += by;
      return;
    }
    const family = name.slice(0, name.indexOf(':') + 1);
    const names = this.#families.get(family) ?? 0;
    const kept = names < MAX_NAMES && name.length <= MAX_NAME_UNITS ? name : `${family}other`;
    if (kept === name) this.#families.set(family, names + 1);
    this.names.set(kept, { times: (this.names.get(kept)?.times ?? 0) + by });
  }

  countBucket(at: number, by: number): void {
    while (this.buckets.length <= at) this.buckets.push(0);
    this.buckets[at] = (this.buckets[at] ?? 0) + by;
  }

  #addFacts(record: GenerationRecord, facts: Partial<Record<SumName, boolean>>): void {
    const { sums } = this;
    for (const name of SUMS) if (facts[name] === true) sums[name]++;
    sums.failovers += whole(record.failovers);
    sums.continuations += whole(record.continuations);
    sums.reconnects += whole(record.reconnects);
    sums.followers += whole(record.followers);
    sums.input_tokens += whole(record.inputTokens);
    sums.output_tokens += whole(record.outputTokens);
    sums.cached_tokens += whole(record.cachedTokens);
    const hiddenNano = whole(toNanoUsd(record.hiddenUsd));
    sums.cost_nano += whole(toNanoUsd(record.costUsd));
    sums.hidden_nano += hiddenNano;
    sums.all_cloud_nano += whole(toNanoUsd(record.allCloudUsd));
    if (record.isEscalated) sums.escalated_hidden_nano += hiddenNano;
  }

  #addNames({ failure, stage, reason, signals, probability, tier, check }: GenerationRecord): void {
    if (failure !== null) this.count(`failure:${failure}`);
    this.count(`stage:${stage}`);
    this.count(`reason:${reason}`);
    for (const signal of signals) this.count(`signal:${signal}`);
    if (probability === null) return;
    const bucket = Math.min(
      PROBABILITY_BUCKETS - 1,
      Math.max(0, Math.floor(probability * PROBABILITY_BUCKETS)),
    );
    for (const [family, isIn] of [true, tier === 'edge', check !== null, check === 'bad'].entries()) {
      if (isIn) this.countBucket(family * PROBABILITY_BUCKETS + bucket, 1);
    }
  }
}

const noSums = lazy(
  // Every name is there: the list is what the type is made of.
  () => Object.fromEntries(SUMS.map((name) => [name, 0])) as Record<SumName, number>,
);

/** One number that is none would spoil a total for good. */
function whole(value: number): number {
  return value > 0 && value < Infinity ? Math.round(value) : 0;
}

function valuesOf(record: GenerationRecord): readonly (readonly [HistogramName, number | null])[] {
  const { gaps, phases } = record;
  return [
    ['ttft_ms', record.ttftMs],
    ['overhead_ms', record.overheadMs],
    ['total_ms', record.totalMs],
    ['tokens_per_second', record.tokensPerSecond],
    ['gap_ms', gaps?.meanMs ?? null],
    ['gap_p95_ms', gaps?.p95Ms ?? null],
    ['gap_cv_percent', gaps === null ? null : gaps.cv * 100],
    ['render_lag_ms', record.renderLagMs],
    ['worker_ms', phases.workerMs],
    ['admit_ms', phases.admitMs],
    ['detour_ms', phases.detourMs],
    ['model_ms', phases.modelMs],
    ['hold_ms', phases.holdMs],
  ];
}
