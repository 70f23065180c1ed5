// The routing decision as it travels: from the pipeline into the plan, the headers and the log.

export type Tier = 'edge' | 'cloud';

/** Which stage decided: `gate` = a hard capability, rule or explicit model; `classifier` = the probability. */
export type DecisionStage = 'gate' | 'classifier';

export type RouteDecision = {
  readonly tier: Tier;
  /** The configured model id that will answer. */
  readonly model: string;
  readonly stage: DecisionStage;
  /** P(the edge tier is good enough), 0..1; null when a gate decided before the classifier ran. */
  readonly probability: number | null;
  /** Edge iff probability ≥ threshold. */
  readonly threshold: number;
  /** Machine-readable first (`gate:tools`, `classifier`), then the strongest signals; header-safe ASCII. */
  readonly reasons: readonly string[];
};
