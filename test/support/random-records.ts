// Records of generations as a busy deployment makes them, drawn from a seed: the same seed gives the same records.

import { seededRandom } from '../../classifier/train/seeded-random.ts';
import type { GenerationOutcome, GenerationRecord } from '../../protocol/generation-record.ts';

const CODES = ['upstream_timeout', 'upstream_rate_limited', 'upstream_failed'] as const;
const STAGES = ['gate', 'rule', 'conversation', 'classifier', 'exploration', 'answer_check'] as const;
const REASONS = ['classifier', 'gate:vision', 'gate:tools', 'rule:contracts', 'sticky', 'explored'];
const SIGNALS = ['+greeting', '+short', '-code', '-length', '-math', '+smalltalk', '-json', '+translation'];
const CHUNKINGS = ['batched', 'batched', 'batched', 'strict', 'whole', 'direct'] as const;

export type RecordMix = { readonly models?: number; readonly tenants?: number; readonly prefix?: string };

/** A value around `median` that is spread over a few powers of e. */
export function logNormal(random: () => number, median: number, spread = 0.6): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return median * Math.exp(spread * normal);
}

function chosen<Value>(values: readonly Value[], share: number): Value {
  const value = values[Math.floor(share * values.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}

export function randomRecord(random: () => number, at: number, mix: RecordMix = {}): GenerationRecord {
  const { models = 4, tenants = 3, prefix = 'g' } = mix;
  const pick = <Value>(values: readonly Value[]): Value => chosen(values, random());
  const often = (share: number): boolean => random() < share;
  const model = Math.floor(random() * models);
  const isEdge = model % 2 === 0;
  const isEmpty = often(0.03);
  const check = isEdge && often(0.3) ? 'good' : !isEdge && often(0.05) ? 'bad' : null;
  const outcome: GenerationOutcome = often(0.9)
    ? 'completed'
    : pick(['stopped', 'client_gone', 'failed'] as const);
  const modelMs = logNormal(random, isEdge ? 180 : 650);
  const overheadMs = logNormal(random, 14, 0.4);
  const totalMs = modelMs + logNormal(random, 4_000);
  const outputTokens = Math.round(logNormal(random, 300));
  const hiddenUsd = check === 'bad' ? random() / 10_000 : 0;
  return {
    id: `${prefix}${at}`,
    tenant: `tenant-${Math.floor(random() * tenants)}`,
    startedMs: at * 50,
    endedMs: at * 50 + totalMs,
    tier: isEdge ? 'edge' : 'cloud',
    model: `model-${model}`,
    provider: isEdge ? 'toy-edge' : 'toy-cloud',
    chunking: pick(CHUNKINGS),
    stage: pick(STAGES),
    reason: pick(REASONS),
    signals: SIGNALS.filter(() => often(0.3)).slice(0, 3),
    probability: often(0.8) ? random() : null,
    outcome,
    failure: outcome === 'failed' ? pick(CODES) : null,
    isCached: often(0.05),
    check,
    isEscalated: check === 'bad',
    isHedged: often(0.02),
    failovers: often(0.04) ? 1 + Math.floor(random() * 2) : 0,
    continuations: often(0.02) ? 1 : 0,
    ttftMs: isEmpty ? null : modelMs + overheadMs,
    overheadMs: isEmpty ? null : overheadMs,
    totalMs,
    phases: {
      workerMs: overheadMs / 2,
      admitMs: isEmpty ? null : overheadMs / 4,
      detourMs: isEmpty ? null : 0,
      modelMs: isEmpty ? null : modelMs,
      holdMs: isEmpty ? null : overheadMs / 4,
    },
    gaps: isEmpty
      ? null
      : { meanMs: logNormal(random, 35), p95Ms: logNormal(random, 90), cv: logNormal(random, 0.7) },
    tokensPerSecond: isEmpty ? null : logNormal(random, isEdge ? 90 : 45, 0.3),
    inputTokens: Math.round(logNormal(random, 800)),
    outputTokens,
    cachedTokens: often(0.2) ? 512 : 0,
    costUsd: (isEdge ? 0.000_000_3 : 0.000_01) * outputTokens + hiddenUsd,
    hiddenUsd,
    allCloudUsd: 0.000_01 * outputTokens,
    reconnects: often(0.04) ? 1 + Math.floor(random() * 3) : 0,
    followers: often(0.1) ? 1 : 0,
    renderLagMs: often(0.5) ? logNormal(random, 12) : null,
  };
}

export function randomRecords(seed: number, count: number, mix: RecordMix = {}): readonly GenerationRecord[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, at) => randomRecord(random, at, mix));
}
