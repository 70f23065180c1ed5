// The routing decision as it travels: from the pipeline into the plan, the headers and the log.

export type Tier = 'edge' | 'cloud';

/**
 * Which stage decided. `gate`: explicit model, capability, budget or data locality; `rule`: a configured rule;
 * `conversation`: a lock or stickiness of the conversation; `classifier`: the probability; `exploration`: a random
 * draw; `answer_check`: the edge draft was judged not good enough.
 */
export type DecisionStage = 'gate' | 'rule' | 'conversation' | 'classifier' | 'exploration' | 'answer_check';

/** What the threshold is meant to reach. `fixed`: the number itself was configured, or is the classifier's own. */
export type RouteTarget =
  | { readonly type: 'fixed' }
  | { readonly type: 'cloud_share'; readonly value: number }
  | { readonly type: 'quality'; readonly value: number }
  | { readonly type: 'max_usd_per_1k'; readonly value: number };

/** A reason by name and its exact signed share of the logit of P(edge is good enough): + speaks for the edge. */
export type RouteSignal = { readonly name: string; readonly weight: number };

/** What one tier would cost and take for this request. Estimates: the answer's length is not known yet. */
export type RouteArm = {
  readonly tier: Tier;
  readonly model: string;
  readonly costUsd: number;
  /** Milliseconds to the first token: measured lately, else the configured expectation; null when neither is known. */
  readonly firstTokenMs: number | null;
};

export type RouteDecision = {
  readonly tier: Tier;
  /** The configured model id that will answer. */
  readonly model: string;
  readonly stage: DecisionStage;
  /** Calibrated P(the edge tier is good enough), 0..1; null when the classifier did not run. */
  readonly probability: number | null;
  /** Edge iff probability ≥ threshold. */
  readonly threshold: number;
  readonly target: RouteTarget;
  /** Strongest first, at most eight; their weights are exact shares of the raw logit. */
  readonly signals: readonly RouteSignal[];
  /** The configured rule that decided, else null. */
  readonly ruleId: string | null;
  /** First 12 hex digits of the SHA-256 of everything that decides: routing configuration, artefact, calibration. */
  readonly policyVersion: string;
  /** What would have had to be different for the other tier, as one ASCII sentence; null when nothing could. */
  readonly counterfactual: string | null;
  /** Probability of this tier, checked or unchecked as it was, for this request: 1 without exploration. */
  readonly propensity: number;
  /** The arms that could have served; the chosen one first. */
  readonly arms: readonly RouteArm[];
  /** Machine-readable first (`gate:tools`, `classifier`), then the strongest signals; header-safe ASCII. */
  readonly reasons: readonly string[];
};
