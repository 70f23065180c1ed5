// What may be asked of the statistics: a range of time, cut into steps, filtered and grouped by closed dimensions.

/** What a cell of the statistics is about. Values come from the configuration, so there are few. */
export const DIMENSIONS = ['tenant', 'tier', 'model', 'provider', 'chunking'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Distributions of one value for each generation, in the unit that their name ends with. */
export const HISTOGRAMS = [
  'ttft_ms',
  'overhead_ms',
  'total_ms',
  'tokens_per_second',
  'gap_ms',
  'gap_p95_ms',
  /** Coefficient of variation in percent. */
  'gap_cv_percent',
  'render_lag_ms',
  'worker_ms',
  'admit_ms',
  'detour_ms',
  'model_ms',
  'hold_ms',
] as const;
export type HistogramName = (typeof HISTOGRAMS)[number];

/** Any of the listed values; a dimension that is left out is not filtered. */
export type StatsFilter = Readonly<Partial<Record<Dimension, readonly string[]>>>;

export type StatsQuestion = {
  /** Unix ms, included; rounded down to the step. */
  readonly fromMs: number;
  /** Unix ms, excluded. */
  readonly toMs: number;
  /** A whole number of minutes; null: the whole range is one step. */
  readonly stepMs: number | null;
  readonly filter: StatsFilter;
  /** Null: everything together. */
  readonly groupBy: Dimension | null;
  /** Only these are read and sent: they are most of the bytes. */
  readonly histograms: readonly HistogramName[];
};

/** What one shard knows of one step and group. Encoded, because it crosses an object boundary in thousands. */
export type StatsCell = {
  readonly startMs: number;
  /** Empty without grouping. */
  readonly group: string;
  readonly cell: Uint8Array;
};
