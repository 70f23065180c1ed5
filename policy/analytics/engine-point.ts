// A record as a data point of Cloudflare's Analytics Engine: numbers and names by position, because its SQL knows columns
// `blob1…` and `double1…` alone. The order is a contract with stored points: new fields go to the end.
// https://developers.cloudflare.com/analytics/analytics-engine/get-started/

import type { GenerationRecord } from '../../protocol/generation-record.ts';

export type DataPoint = {
  /** One, of at most 96 bytes: what samples are drawn by. */
  readonly indexes: readonly [string];
  /** At most 20. */
  readonly blobs: readonly string[];
  /** At most 20. */
  readonly doubles: readonly number[];
};

/** Stands for what is not known: a double cannot be null, and no duration is negative. */
const UNKNOWN = -1;

const MAX_INDEX_UNITS = 32;

export function toDataPoint(record: GenerationRecord): DataPoint {
  const { tenant, tier, model, provider, chunking, stage, reason, outcome, failure, check } = record;
  return {
    indexes: [tenant.slice(0, MAX_INDEX_UNITS)],
    blobs: [tier, model, provider, chunking, stage, reason, outcome, failure ?? '', check ?? '', tenant],
    doubles: numbersOf(record).map((value) => value ?? UNKNOWN),
  };
}

function numbersOf(record: GenerationRecord): readonly (number | null)[] {
  const { gaps } = record;
  return [
    record.ttftMs,
    record.overheadMs,
    record.totalMs,
    record.tokensPerSecond,
    gaps === null ? null : gaps.meanMs,
    gaps === null ? null : gaps.p95Ms,
    gaps === null ? null : gaps.cv,
    record.inputTokens,
    record.outputTokens,
    record.cachedTokens,
    record.costUsd,
    record.hiddenUsd,
    record.allCloudUsd,
    record.probability,
    record.failovers,
    record.continuations,
    record.reconnects,
    record.followers,
    Number(record.isCached) + 2 * Number(record.isEscalated) + 4 * Number(record.isHedged),
  ];
}
