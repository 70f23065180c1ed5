// Streams that never were, for looking at the dashboard: plausible numbers, the same ones every time, consistent with
// each other (what a stream cost is what the totals add up).

import type { StreamRow } from '../../dashboard/state/analytics-answers.ts';

type InventedModel = Pick<StreamRow, 'model' | 'tier' | 'provider'> & {
  readonly weight: number;
  readonly ttftMs: number;
  readonly speed: number;
  readonly usdPer1k: number;
};

const CLOUD_USD_PER_1K = 0.015;

const MODELS: readonly InventedModel[] = [
  {
    model: 'llama-small',
    tier: 'edge',
    provider: 'workers-ai',
    weight: 42,
    ttftMs: 190,
    speed: 68,
    usdPer1k: 0.0006,
  },
  {
    model: 'gemma-small',
    tier: 'edge',
    provider: 'workers-ai',
    weight: 16,
    ttftMs: 230,
    speed: 61,
    usdPer1k: 0.0008,
  },
  {
    model: 'mistral-small',
    tier: 'edge',
    provider: 'openai',
    weight: 9,
    ttftMs: 260,
    speed: 55,
    usdPer1k: 0.001,
  },
  {
    model: 'gpt-large',
    tier: 'cloud',
    provider: 'openai',
    weight: 14,
    ttftMs: 720,
    speed: 44,
    usdPer1k: 0.015,
  },
  {
    model: 'claude-large',
    tier: 'cloud',
    provider: 'anthropic',
    weight: 10,
    ttftMs: 840,
    speed: 52,
    usdPer1k: 0.018,
  },
  {
    model: 'gemini-large',
    tier: 'cloud',
    provider: 'gemini',
    weight: 5,
    ttftMs: 610,
    speed: 73,
    usdPer1k: 0.012,
  },
  {
    model: 'gpt-mini',
    tier: 'cloud',
    provider: 'openai',
    weight: 2,
    ttftMs: 410,
    speed: 80,
    usdPer1k: 0.004,
  },
  {
    model: 'claude-mini',
    tier: 'cloud',
    provider: 'anthropic',
    weight: 1.5,
    ttftMs: 450,
    speed: 77,
    usdPer1k: 0.005,
  },
  {
    model: 'gemini-flash',
    tier: 'cloud',
    provider: 'gemini',
    weight: 1.2,
    ttftMs: 380,
    speed: 95,
    usdPer1k: 0.003,
  },
  {
    model: 'deepthink',
    tier: 'cloud',
    provider: 'openai',
    weight: 0.7,
    ttftMs: 2_900,
    speed: 30,
    usdPer1k: 0.04,
  },
];

const TENANTS = ['acme', 'acme', 'acme', 'globex', 'globex', 'initech', 'umbrella'];
const FAILURES = ['upstream_timeout', 'upstream_failed', 'upstream_rate_limited'];
const SIGNALS = ['length', 'code', 'wording', 'maths', 'greeting', 'questions', 'formatting'];
const MINUTE_MS = 60_000;

/** A small generator with a known seed (mulberry32): the page must look the same in every picture. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Newest first: busy in the last hour, thinner before, thirty days in all. */
export function inventStreams(nowMs: number): readonly StreamRow[] {
  const random = seeded(7);
  const hours = (count: number, span: number): readonly StreamRow[] =>
    Array.from({ length: count }, () => inventStream(random, nowMs - random() * span * 60 * MINUTE_MS));
  return [...hours(900, 1), ...hours(3_000, 24), ...hours(12_000, 720)].toSorted((left, right) =>
    right.ended_at.localeCompare(left.ended_at),
  );
}

export function inventStream(random: () => number, endedMs: number): StreamRow {
  const model = pick(MODELS, random);
  const probability = clamp(model.tier === 'edge' ? 0.62 + random() * 0.38 : random() ** 0.8 * 0.66);
  const roll = random();
  const outcome =
    roll < 0.006 ? 'failed' : roll < 0.03 ? 'stopped' : roll < 0.05 ? 'client_gone' : 'completed';
  const output = Math.round(30 + random() ** 2 * 900);
  const input = Math.round(40 + random() ** 3 * 3_000);
  const modelMs = model.ttftMs * (0.55 + random() * 0.6 + (random() < 0.06 ? random() * 3 : 0));
  const phases = {
    worker: 2 + random() * 9,
    admit: random() * 14,
    detour: random() < 0.03 ? 300 + random() * 900 : 0,
    model: modelMs,
    hold: random() < 0.08 ? 20 + random() * 120 : 0,
  };
  const overheadMs = phases.worker + phases.admit + phases.hold;
  const speed = model.speed * (0.7 + random() * 0.6);
  const ttftMs = outcome === 'failed' ? null : overheadMs + phases.model + phases.detour;
  const totalMs = (ttftMs ?? 4_000) + (output / speed) * 1_000;
  const tokens = (input + output) / 1_000;
  const escalated = model.tier === 'cloud' && random() < 0.05;
  const hidden = escalated ? tokens * 0.0006 : 0;
  const byGate = random() < 0.12;
  return {
    id: `st_${Math.floor(random() * 2 ** 48)
      .toString(36)
      .padStart(10, '0')}`,
    tenant: TENANTS[Math.floor(random() * TENANTS.length)] ?? 'acme',
    started_at: new Date(endedMs - totalMs).toISOString(),
    ended_at: new Date(endedMs).toISOString(),
    tier: model.tier,
    model: model.model,
    provider: model.provider,
    chunking: random() < 0.8 ? 'batched' : random() < 0.5 ? 'whole' : 'strict',
    stage: escalated ? 'answer_check' : byGate ? 'gate' : 'classifier',
    reason: escalated ? 'answer_check' : byGate ? 'gate:tools' : 'classifier',
    signals: byGate ? [] : [signal(random, model.tier), signal(random, model.tier)],
    probability: byGate ? null : probability,
    outcome,
    failure: outcome === 'failed' ? (FAILURES[Math.floor(random() * FAILURES.length)] ?? null) : null,
    cached: random() < 0.03,
    check: escalated ? 'bad' : Math.abs(probability - 0.62) < 0.08 && !byGate ? 'good' : null,
    escalated,
    hedged: random() < 0.01,
    failovers: random() < 0.015 ? 1 : 0,
    continuations: random() < 0.008 ? 1 : 0,
    ttft_ms: ttftMs,
    overhead_ms: overheadMs,
    total_ms: totalMs,
    phases,
    gap: { mean_ms: 1_000 / speed, p95_ms: (1_000 / speed) * (1.8 + random()), cv: 0.3 + random() * 0.5 },
    tokens_per_second: outcome === 'failed' ? null : speed,
    tokens: { input, output, cached: Math.round(input * random() * 0.4) },
    cost_usd: tokens * model.usdPer1k + hidden,
    hidden_usd: hidden,
    all_cloud_usd: tokens * CLOUD_USD_PER_1K,
    reconnects: random() < 0.03 ? 1 : 0,
    followers: random() < 0.02 ? 1 : 0,
    render_lag_ms: random() < 0.4 ? 2 + random() * 18 : null,
  };
}

function pick(models: readonly InventedModel[], random: () => number): InventedModel {
  let left = random() * models.reduce((sum, model) => sum + model.weight, 0);
  const found = models.find((model) => (left -= model.weight) < 0) ?? models[0];
  if (found === undefined) throw new Error('there are models');
  return found;
}

function signal(random: () => number, tier: StreamRow['tier']): string {
  const towardsEdge = random() < (tier === 'edge' ? 0.8 : 0.25);
  return `${towardsEdge ? '+' : '-'}${SIGNALS[Math.floor(random() * SIGNALS.length)] ?? 'length'}`;
}

function clamp(value: number): number {
  return Math.min(0.9999, Math.max(0, value));
}
