// One decision and what became of it, as it is logged for calibration and for the evaluation of other policies.
// Invariant: no text of a prompt or an answer; features are hashes and numbers.

import type { DraftFault } from './answer-check.ts';
import type { DecisionStage, RouteArm, RouteSignal, Tier } from './route.ts';

export type RouteRecord = {
  /** The stream's id: what clients quote in feedback. */
  readonly id: string;
  /** Unix ms of the request. */
  readonly atMs: number;
  readonly policyVersion: string;
  readonly stage: DecisionStage;
  /**
   * The tier the policy chose, before an answer check; with its propensity the action of the log. A checked draft is
   * another action than an unchecked answer of the same tier.
   */
  readonly chosen: Tier;
  readonly propensity: number;
  /** The classifier's own probability before calibration, and after it; null when it did not run. */
  readonly rawProbability: number | null;
  readonly probability: number | null;
  readonly threshold: number;
  readonly signals: readonly RouteSignal[];
  /** 32-bit hashes of the prompt's wording, strongest first, at most 16. */
  readonly features: readonly number[];
  readonly arms: readonly RouteArm[];
  /** The edge model whose goodness the probability is about. */
  readonly edgeModel: string;
  readonly outcome: RouteOutcome;
};

export type RouteOutcome = {
  /** The tier whose answer was shown; another than `chosen` after an escalation. */
  readonly shown: Tier;
  readonly end: 'completed' | 'stopped' | 'failed';
  /** Set when an answer check ran: what it found (null = good) and how long it held the first byte. */
  readonly check: { readonly fault: DraftFault | null; readonly heldMs: number } | null;
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
  /** Real cost of every call of this generation, hidden ones too. */
  readonly costUsd: number;
};

/** What somebody said about an answer. `reward` in 0..1 is what the evaluation learns from. */
export type FeedbackRecord = {
  readonly id: string;
  readonly atMs: number;
  readonly kind: 'thumbs' | 'preferred_tier' | 'regenerate' | 'judge';
  /** The answer that was shown was good enough. */
  readonly reward: number;
  /** What is known about the edge: was it, or would it have been, good enough? null = nothing. */
  readonly edgeGood: number | null;
};
