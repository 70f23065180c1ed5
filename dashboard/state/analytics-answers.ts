// The JSON of the analytics endpoints, as the dashboard reads it. Money is US dollars; a rate is 0..1, null without requests.

export type Tier = 'edge' | 'cloud';

/** `client_gone`: nobody read any more; `stopped`: somebody asked for it. */
export type Outcome = 'completed' | 'stopped' | 'client_gone' | 'failed';

export type Chunking = 'batched' | 'strict' | 'whole' | 'direct';

export type BreakerState = 'closed' | 'open' | 'half_open';

/** Percentiles by their names: `p50`. Null when nothing was measured. */
export type Distribution = {
  readonly count: number;
  readonly mean: number | null;
} & { readonly [percentile: `p${number}`]: number | null };

export type TokenCounts = { readonly input: number; readonly output: number; readonly cached: number };

export type Totals = {
  readonly requests: number;
  readonly edge_share: number | null;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly completion_rate: number | null;
  readonly error_rate: number | null;
  readonly cancel_rate: number | null;
  readonly abandon_rate: number | null;
  readonly reconnect_rate: number | null;
  readonly cache_rate: number | null;
  readonly escalations: number;
  readonly escalation_rate: number | null;
  readonly failovers: number;
  readonly continuations: number;
  readonly hedges: number;
  readonly reconnects: number;
  readonly followers: number;
  readonly tokens: TokenCounts;
  readonly cost_usd: number;
  readonly hidden_usd: number;
  readonly all_cloud_usd: number;
  readonly saved_usd: number;
  readonly saved_share: number | null;
  readonly ttft_ms: Distribution;
  readonly overhead_ms: Distribution;
  readonly total_ms: Distribution;
  readonly tokens_per_second: Distribution;
  readonly gap_ms: Distribution;
  readonly gap_p95_ms: Distribution;
  readonly gap_cv_percent: Distribution;
  readonly render_lag_ms: Distribution;
};

export type PhaseName = 'worker' | 'admit' | 'detour' | 'model' | 'hold';

export type Phase = {
  readonly phase: PhaseName;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly mean: number | null;
  readonly target_ms: number | null;
};

export type Summary = {
  readonly from: string;
  readonly to: string;
  readonly totals: Totals;
  readonly tiers: Readonly<Record<Tier, Totals>>;
  readonly active_streams: number | null;
  readonly groups: readonly (Totals & { readonly group: string })[] | null;
  readonly waterfall: Readonly<Record<'all' | Tier, readonly Phase[]>>;
};

export type Values = readonly (number | null)[];

/** One line for each metric that was asked for; a distribution is one line for each percentile. */
export type GroupSeries = { readonly group: string } & {
  readonly [metric: string]: string | Values | Readonly<Record<string, Values>>;
};

export type Timeseries = {
  readonly from: string;
  readonly to: string;
  readonly step_s: number;
  readonly group_by: string | null;
  readonly times: readonly number[];
  readonly series: readonly GroupSeries[];
};

export type ProbabilityBin = {
  readonly from: number;
  readonly to: number;
  readonly requests: number;
  readonly edge: number;
  readonly checked: number;
  readonly checked_bad: number;
};

export type Routes = {
  readonly requests: number;
  readonly stages: readonly { readonly stage: string; readonly requests: number }[];
  readonly reasons: readonly { readonly reason: string; readonly requests: number }[];
  readonly signals: readonly {
    readonly signal: string;
    readonly for_edge: number;
    readonly for_cloud: number;
  }[];
  readonly probability: readonly ProbabilityBin[];
  readonly overrides: number;
  readonly checks: { readonly checked: number; readonly bad: number; readonly bad_rate: number | null };
  readonly escalations: {
    readonly count: number;
    readonly rate: number | null;
    readonly hidden_usd: number;
  };
};

export type ModelRow = {
  readonly model: string;
  /** Null, like the provider: the model is not configured any more. */
  readonly tier: Tier | null;
  readonly provider: string | null;
  readonly requests: number;
  readonly share: number | null;
  readonly error_rate: number | null;
  readonly failures: readonly { readonly code: string; readonly count: number }[];
  readonly failovers: number;
  readonly continuations: number;
  readonly hedges: number;
  readonly cost_usd: number;
  readonly hidden_usd: number;
  readonly tokens: TokenCounts;
  readonly ttft_ms: Distribution;
  readonly tokens_per_second: Distribution;
  readonly gap_ms: Distribution;
};

export type Upstream = {
  readonly endpoint: string;
  readonly model: string;
  readonly state: BreakerState;
  readonly cause: string | null;
  readonly last_failure: string | null;
  readonly open_until: string | null;
  readonly calls: number;
  readonly error_rate: number;
  readonly first_token_ms: { readonly p50: number | null; readonly p95: number | null };
};

export type Turn = {
  readonly at: string;
  readonly upstream: string;
  readonly from: BreakerState;
  readonly to: BreakerState;
  readonly cause: string | null;
};

export type Models = {
  readonly from: string;
  readonly to: string;
  readonly models: readonly ModelRow[];
  readonly upstreams: readonly Upstream[];
  readonly turns: readonly Turn[];
};

export type CalibrationBin = {
  readonly from: number;
  readonly to: number;
  readonly labels: number;
  readonly predicted: number;
  readonly observed: number;
};

export type Quality = {
  readonly tenant: string | null;
  readonly feedback: { readonly labels: number; readonly good_rate: number | null };
  readonly calibration: readonly CalibrationBin[];
  readonly ece: number | null;
  readonly drift: {
    readonly psi: number | null;
    readonly level: 'unknown' | 'stable' | 'watch' | 'alarm';
    readonly sample: number;
    readonly against: 'own_traffic' | 'training_mix';
  } | null;
  readonly threshold: {
    readonly value: number;
    readonly basis: 'traffic' | 'prior' | 'fixed';
    readonly reachable: boolean;
  } | null;
};

export type BudgetPeriod = {
  readonly limit_usd: number | null;
  readonly spent_usd: number;
  readonly ends_at: string;
};

export type TenantQuota = {
  readonly tenant: string;
  readonly active_streams: number | null;
  readonly limit: number;
  readonly budget: {
    readonly over: string;
    readonly reserved_usd: number;
    readonly day: BudgetPeriod;
    readonly month: BudgetPeriod;
  } | null;
  readonly refused: Readonly<Record<string, number>>;
};

export type Quota = { readonly tenants: readonly TenantQuota[] };

export type StreamRow = {
  readonly id: string;
  readonly tenant: string;
  readonly started_at: string;
  readonly ended_at: string;
  readonly tier: Tier;
  readonly model: string;
  readonly provider: string;
  readonly chunking: Chunking;
  readonly stage: string;
  readonly reason: string;
  readonly signals: readonly string[];
  readonly probability: number | null;
  readonly outcome: Outcome;
  readonly failure: string | null;
  readonly cached: boolean;
  readonly check: 'good' | 'bad' | null;
  readonly escalated: boolean;
  readonly hedged: boolean;
  readonly failovers: number;
  readonly continuations: number;
  readonly ttft_ms: number | null;
  readonly overhead_ms: number | null;
  readonly total_ms: number;
  readonly phases: Readonly<Record<PhaseName, number | null>>;
  readonly gap: { readonly mean_ms: number; readonly p95_ms: number; readonly cv: number } | null;
  readonly tokens_per_second: number | null;
  readonly tokens: TokenCounts;
  readonly cost_usd: number;
  readonly hidden_usd: number;
  readonly all_cloud_usd: number;
  readonly reconnects: number;
  readonly followers: number;
  readonly render_lag_ms: number | null;
};

export type StreamList = { readonly data: readonly StreamRow[] };

export type StreamEvent = { readonly type: string; readonly seq: number } & Readonly<Record<string, unknown>>;

export type StreamDelivery = {
  readonly kind: 'asked' | 'resumed' | 'joined' | 'poll';
  readonly opened_ms: number;
  readonly closed_ms: number | null;
  readonly from_seq: number;
  readonly to_seq: number;
};

export type StreamDetail = {
  readonly stream: StreamRow | null;
  readonly timeline: {
    readonly started_at: string;
    readonly ended_at: string | null;
    readonly end_seq: number;
    readonly epochs: number;
    readonly terminal: { readonly type: 'done' | 'error'; readonly reason: string } | null;
    readonly events: readonly StreamEvent[];
    readonly deliveries: readonly StreamDelivery[];
  } | null;
};

export type LiveSummary = {
  readonly at: string;
  readonly active_streams: number | null;
  readonly last_minute: {
    readonly requests: number;
    readonly failed: number;
    readonly edge_share: number | null;
    readonly cost_usd: number;
    readonly saved_usd: number;
    readonly ttft_ms: { readonly p50: number | null; readonly p95: number | null };
    readonly tokens_per_second: { readonly p50: number | null };
  };
};
