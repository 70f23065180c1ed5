// What the routing decision is asked with and what it answers. Everything that is not a pure function of the
// request comes in here: the classifier, the tenant's calibration and threshold, the clock, the draw, the memory.

import type { AnswerCheckMode } from '../../protocol/answer-check.ts';
import type { ChatRequest } from '../../protocol/chat-request.ts';
import type { DataLocality, RouteEvidence } from '../../protocol/plan.ts';
import type { RouteDecision, RouteSignal, RouteTarget, Tier } from '../../protocol/route.ts';
import type { Config, TenantConfig } from '../config.ts';

/** What the classifier says about a text. `signals` are exact shares of `logit`, strongest first. */
export type RouteOpinion = {
  /** P(the edge is good enough) in 0..1, before calibration. */
  readonly probability: number;
  readonly logit: number;
  readonly signals: readonly RouteSignal[];
  /** Hashes of the strongest wording, for the record. */
  readonly features: readonly number[];
};

/** What the request asks of its route by headers. It can narrow what the configuration allows, never widen it. */
export type RouteWishes = {
  /** Null: the rule or the kind of request decides. */
  readonly answerCheck: AnswerCheckMode | 'off' | null;
  readonly locality: DataLocality;
  /** US dollars; null = no ceiling of its own. */
  readonly maxUsd: number | null;
};

/** The route of a conversation's last request, as an isolate remembers it. No text. */
export type RememberedRoute = {
  readonly tier: Tier;
  readonly model: string;
  readonly atMs: number;
  /** User messages that the history had. */
  readonly turns: number;
  /** A 32-bit hash of the last user turn: tells a regenerated answer from a new question. */
  readonly turnHash: number;
};

export type RouteQuestion = {
  readonly request: ChatRequest;
  readonly config: Config;
  readonly tenant: TenantConfig | null;
  /** Estimate of the request's input in tokens; see estimate-tokens.ts. */
  readonly inputTokens: number;
  /** Cuts what a harness wrote out of a user message; `''` when nothing of the person's is left. */
  readonly ownText: (text: string) => string;
  /** Called when no gate, rule or lock decides; for a long conversation without memory a few times. */
  readonly classification: (turns: readonly string[]) => RouteOpinion;
  /** What feedback has taught about this edge model; `(raw) => raw` when nothing has. */
  readonly calibrated: (raw: number, edgeModel: string) => number;
  /** Edge iff calibrated probability ≥ threshold; used when the configuration fixes none. */
  readonly threshold: number;
  readonly target: RouteTarget;
  readonly wishes: RouteWishes;
  /** Null: nothing is known of this conversation here. */
  readonly remembered: RememberedRoute | null;
  /** The client repeats a request by itself: the person did not ask again. */
  readonly isRetry: boolean;
  readonly nowMs: number;
  /** Random in [0, 1), for exploration. */
  readonly draw: number;
  readonly policyVersion: string;
  /** Milliseconds to the first token of a model as measured lately; null when it was not. */
  readonly firstTokenMs: (model: string) => number | null;
};

/** How an uncertain request is checked: its edge draft first, whatever side of the threshold it is on. */
export type AnswerCheckChoice = {
  readonly mode: AnswerCheckMode;
  readonly holdMs: number;
  readonly budgetMs: number;
  /** The edge model that is asked as well; null = none. */
  readonly opinion: string | null;
  /** The decision that holds when the draft is not good enough. */
  readonly escalation: RouteDecision;
  /** Model ids to go to when that one fails, in order. */
  readonly fallbacks: readonly string[];
};

export type DecidedRoute = {
  /** With a check: the edge draft's decision, which holds when the draft is good. */
  readonly decision: RouteDecision;
  readonly check: AnswerCheckChoice | null;
  /** Model ids to go to when the decided one fails, in order. */
  readonly fallbacks: readonly string[];
  readonly evidence: RouteEvidence;
  /** What holds for everything else that is done with the request: failover, shadow calls, judges. */
  readonly locality: DataLocality;
  /** To be remembered for the conversation; after an escalation with its tier and model instead. */
  readonly remember: RememberedRoute;
};
