// Which tier and model answer a request, and why. The order is fixed: explicit model, `edge`/`cloud`, tenant rule,
// capability gates, classifier; the first that decides wins, and the classifier runs only when nothing else did.
// Invariant: the chosen model meets every need of the request (unless gates are switched off), or the request is
// refused. Nothing in the prompt's text can name a tier: only the model field, the tenant and the needs can.

import type { ChatRequest } from '../protocol/chat-request.ts';
import type { Refusal } from '../protocol/errors.ts';
import type { Result } from '../protocol/result.ts';
import { ok, refuse } from '../protocol/result.ts';
import type { DecisionStage, RouteDecision, Tier } from '../protocol/route.ts';
import type { Config, ModelConfig, TenantConfig } from './config.ts';
import type { Need, RequestNeeds } from './request-needs.ts';
import { needsOf, unmetNeeds } from './request-needs.ts';

/** What the classifier says: P(the edge is good enough) in 0..1, and what spoke for (+) and against (−) it. */
export type RouteOpinion = {
  readonly probability: number;
  readonly signals: readonly { readonly name: string; readonly weight: number }[];
};

export type RouteQuestion = {
  readonly request: ChatRequest;
  readonly config: Config;
  readonly tenant: TenantConfig | null;
  /** Called at most once, and only when no gate or rule decides. */
  readonly classification: () => RouteOpinion;
  /** Edge iff probability ≥ threshold; used when the configuration sets none. */
  readonly threshold: number;
  /** Estimate of the request's input in tokens; see estimate-tokens.ts. */
  readonly inputTokens: number;
};

/** Enough to say why in a header; the whole list is in `POST /v1/route`'s classification, not here. */
const MAX_SIGNALS = 3;
const MAX_SIGNAL_LENGTH = 40;

/** How a need is called in a refusal that a person reads. */
const NEED_NAME: Readonly<Record<Need, string>> = {
  tools: 'tools',
  vision: 'images',
  json: 'response_format',
  parts: 'audio, file or other non-text parts',
  context: 'this much context',
};

export function decideRoute(question: RouteQuestion): Result<RouteDecision, Refusal> {
  const { request, config, tenant } = question;
  const needs = needsOf(request, question.inputTokens);
  if (request.model === 'edge' || request.model === 'cloud') {
    return withinTier(question, needs, request.model, 'tier:explicit');
  }
  if (request.model !== 'auto') return explicitModel(question, needs);
  if (tenant?.tier !== undefined) return withinTier(question, needs, tenant.tier, 'tenant-rule');
  if (!config.routing.stages.gates) return classified(question, config.models);
  const serving = config.models.filter((model) => unmetNeeds(model, needs).length === 0);
  const first = serving[0];
  if (first === undefined) return refuse(refusalFor('auto', config.models, needs));
  if (serving.some((model) => model.tier !== first.tier)) return classified(question, serving);
  return gated(question, needs, first);
}

function explicitModel(question: RouteQuestion, needs: RequestNeeds): Result<RouteDecision, Refusal> {
  const id = question.request.model;
  const model = question.config.models.find((candidate) => candidate.id === id);
  if (model === undefined) return refuse({ reason: 'unknown_model', model: id });
  if (unmetNeeds(model, needs).length > 0) return refuse(refusalFor(id, [model], needs));
  return ok(decided(question, model, ['model:explicit']));
}

/** The first model of a tier that serves the request; never another tier, whatever the gates would say. */
function withinTier(
  question: RouteQuestion,
  needs: RequestNeeds,
  tier: Tier,
  reason: string,
): Result<RouteDecision, Refusal> {
  const models = question.config.models.filter((model) => model.tier === tier);
  const model = models.find((candidate) => unmetNeeds(candidate, needs).length === 0);
  return model === undefined
    ? refuse(refusalFor(tier, models, needs))
    : ok(decided(question, model, [reason]));
}

/** Only one tier can serve the request; the reasons are the needs that the other one lacks. */
function gated(
  question: RouteQuestion,
  needs: RequestNeeds,
  model: ModelConfig,
): Result<RouteDecision, Refusal> {
  const others = question.config.models.filter((candidate) => candidate.tier !== model.tier);
  const reasons = missingIn(others, needs).map((need) => `gate:${need}`);
  return ok(decided(question, model, reasons));
}

/** @param serving - models that may answer, best first within a tier; at least one of each tier */
function classified(
  question: RouteQuestion,
  serving: readonly ModelConfig[],
): Result<RouteDecision, Refusal> {
  const threshold = thresholdOf(question);
  if (!question.config.routing.stages.classifier) {
    // Without an opinion the tier that can answer everything is the honest default.
    return ok(decided(question, firstOf(serving, 'cloud'), ['classifier:off']));
  }
  const { probability, signals } = question.classification();
  const isEdge = probability >= threshold;
  const verdict = `classifier p=${decimal(probability)}${isEdge ? '>=' : '<'}${decimal(threshold)}`;
  const reasons = [verdict, ...signals.slice(0, MAX_SIGNALS).map(signalReason)];
  const model = firstOf(serving, isEdge ? 'edge' : 'cloud');
  return ok({ ...decided(question, model, reasons), stage: 'classifier', probability });
}

function decided(question: RouteQuestion, model: ModelConfig, reasons: readonly string[]): RouteDecision {
  const stage: DecisionStage = 'gate';
  return {
    tier: model.tier,
    model: model.id,
    stage,
    probability: null,
    threshold: thresholdOf(question),
    reasons,
  };
}

function thresholdOf({ config, threshold }: RouteQuestion): number {
  return config.routing.threshold ?? threshold;
}

function firstOf(models: readonly ModelConfig[], tier: Tier): ModelConfig {
  const model = models.find((candidate) => candidate.tier === tier);
  if (model === undefined) throw new Error(`no model of tier ${tier}: the configuration was not validated`);
  return model;
}

/** The needs no model of these meets; when each is met by some but no model meets all, those of the nearest miss. */
function missingIn(models: readonly ModelConfig[], needs: RequestNeeds): readonly Need[] {
  const unmet = models.map((model) => unmetNeeds(model, needs));
  const nearest = unmet.toSorted((left, right) => left.length - right.length)[0] ?? [];
  const everywhere = nearest.filter((need) => unmet.every((list) => list.includes(need)));
  return everywhere.length > 0 ? everywhere : nearest;
}

function refusalFor(name: string, models: readonly ModelConfig[], needs: RequestNeeds): Refusal {
  const missing = missingIn(models, needs);
  const capability = missing.find((need) => need !== 'context');
  if (capability !== undefined) {
    return { reason: 'unsupported_capability', model: name, capability: NEED_NAME[capability] };
  }
  return { reason: 'context_too_long', maxTokens: Math.max(...models.map((model) => model.context_tokens)) };
}

/** `+short-question`: header-safe whatever the classifier calls its signals. */
function signalReason({ name, weight }: { readonly name: string; readonly weight: number }): string {
  const safe = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SIGNAL_LENGTH);
  return (weight < 0 ? '-' : '+') + safe;
}

function decimal(value: number): string {
  return String(Number(value.toFixed(3)));
}
