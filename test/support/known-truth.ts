// What is true of a generation by what its client read and its upstream said, and the totals that follow. Nothing here
// is taken from the product's own record; money is computed from the prices in the test's configuration.

import type { ToldUsage } from './numbered-upstream.ts';

export type Outcome = 'completed' | 'stopped' | 'client_gone' | 'failed';

export type CallTruth = { readonly model: ModelName; readonly usage: ToldUsage };

export type Truth = {
  /** Null: the client was never told. */
  readonly id: string | null;
  readonly tenant: string;
  readonly model: ModelName;
  readonly chunking: 'batched' | 'strict' | 'whole' | 'direct';
  readonly outcome: Outcome;
  readonly failure: string | null;
  readonly isCached: boolean;
  readonly check: 'good' | 'bad' | null;
  readonly failovers: number;
  readonly continuations: number;
  /** Of the answer that was shown. */
  readonly usage: ToldUsage;
  /** All that were paid for. */
  readonly calls: readonly CallTruth[];
  readonly reconnects: number;
  readonly followers: number;
  /** As the answer itself told; undefined: it had no place to tell it. */
  readonly ttftMs: number | null | undefined;
  /** What the upstream let its reader wait before its first word. */
  readonly delayMs: number;
};

export const NO_USAGE: ToldUsage = { input: 0, output: 0, cached: 0 };

/** Nano US dollars for a token: input, output, cached input. Whole, so that nothing is rounded. */
const NANO = {
  small: [100, 1_000, 100],
  large: [2_000, 8_000, 500],
  other: [1_000, 5_000, 1_000],
  alone: [3_000, 9_000, 3_000],
} as const;
export type ModelName = keyof typeof NANO;

export function tierOf(model: ModelName): 'edge' | 'cloud' {
  return model === 'small' ? 'edge' : 'cloud';
}

/** The models section of the configuration, with these prices. */
export const KNOWN_MODELS = (['small', 'large', 'other', 'alone'] as const).map((id) => ({
  id,
  tier: tierOf(id),
  provider: 'openai',
  endpoint: tierOf(id),
  upstream_model: `${id}-upstream`,
  context_tokens: 128_000,
  max_output_tokens: 8192,
  price: {
    input_usd_per_mtok: NANO[id][0] / 1_000,
    output_usd_per_mtok: NANO[id][1] / 1_000,
    cached_input_usd_per_mtok: NANO[id][2] / 1_000,
  },
}));

export function nanoOf(model: ModelName, { input, output, cached }: ToldUsage): number {
  const [inputNano, outputNano, cachedNano] = NANO[model];
  return (input - cached) * inputNano + cached * cachedNano + output * outputNano;
}

export type Money = { readonly cost: number; readonly hidden: number; readonly allCloud: number };

/** Nano US dollars. What nobody saw is what is left when the shown answer is taken away. */
export function moneyOf({ calls, usage, model }: Truth): Money {
  const cost = calls.reduce((sum, call) => sum + nanoOf(call.model, call.usage), 0);
  const shown = calls.length === 0 ? 0 : nanoOf(model, usage);
  const cloud = tierOf(model) === 'cloud' ? model : 'large';
  return { cost, hidden: Math.max(0, cost - shown), allCloud: nanoOf(cloud, usage) };
}

/** In the words of `GET /v1/analytics/summary`, without rates and distributions. */
export function totalsOf(truths: readonly Truth[]): object {
  const count = (holds: (truth: Truth) => boolean): number => truths.filter(holds).length;
  const sum = (value: (truth: Truth) => number): number =>
    truths.reduce((all, truth) => all + value(truth), 0);
  const usd = (name: keyof Money): number => sum((truth) => moneyOf(truth)[name]) / 1e9;
  const requests = truths.length;
  const allCloudNano = sum((truth) => moneyOf(truth).allCloud);
  const costNano = sum((truth) => moneyOf(truth).cost);
  const outcomes = (['completed', 'stopped', 'client_gone', 'failed'] as const).map((outcome) => [
    outcome,
    count((truth) => truth.outcome === outcome),
  ]);
  const escalations = count(isEscalated);
  return {
    requests,
    edge_share: count(({ model }) => tierOf(model) === 'edge') / requests,
    outcomes: Object.fromEntries(outcomes) as Record<Outcome, number>,
    reconnect_rate: count(({ reconnects }) => reconnects > 0) / requests,
    cache_rate: count(({ isCached }) => isCached) / requests,
    escalations,
    escalation_rate: escalations / requests,
    failovers: count(({ failovers }) => failovers > 0),
    continuations: count(({ continuations }) => continuations > 0),
    hedges: 0,
    reconnects: sum(({ reconnects }) => reconnects),
    followers: sum(({ followers }) => followers),
    tokens: {
      input: sum(({ usage }) => usage.input),
      output: sum(({ usage }) => usage.output),
      cached: sum(({ usage }) => usage.cached),
    },
    cost_usd: usd('cost'),
    hidden_usd: usd('hidden'),
    all_cloud_usd: usd('allCloud'),
    saved_usd: (allCloudNano - costNano) / 1e9,
  };
}

export function isEscalated({ check, model }: Truth): boolean {
  return check === 'bad' && tierOf(model) === 'cloud';
}

/** In the words of `GET /v1/analytics/streams`, the facts that do not depend on a clock. */
export function streamOf(truth: Truth): object {
  const { cost, hidden, allCloud } = moneyOf(truth);
  const { id, tenant, model, chunking, outcome, failure, isCached, check, usage } = truth;
  return {
    id,
    tenant,
    tier: tierOf(model),
    model,
    // What is spoken to whatever stands at EDGE_BASE_URL.
    provider: tierOf(model) === 'edge' ? 'openai-compatible' : 'openai',
    chunking,
    outcome,
    failure,
    cached: isCached,
    check,
    escalated: isEscalated(truth),
    hedged: false,
    failovers: truth.failovers,
    continuations: truth.continuations,
    tokens: usage,
    cost_usd: cost / 1e9,
    hidden_usd: hidden / 1e9,
    all_cloud_usd: allCloud / 1e9,
    reconnects: truth.reconnects,
    followers: truth.followers,
  };
}

/** As `GET /v1/analytics/models` lists them, busiest code first. */
export function failuresOf(
  truths: readonly Truth[],
): readonly { readonly code: string; readonly count: number }[] {
  const codes = Map.groupBy(
    truths.flatMap(({ failure }) => failure ?? []),
    (code) => code,
  );
  return Array.from(codes, ([code, found]) => ({ code, count: found.length }));
}

/** The value of nearest rank. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, two) => one - two);
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? NaN;
}
