// Which models may answer a request at all: first where its text may go, then what it needs, then what it may cost.
// Invariant: with data locality `edge-only` no cloud model gets past here, whatever asked for it. What nothing can
// serve is refused with the first thing that stands in the way, the setting or the rule named.

import type { Refusal } from '../../protocol/errors.ts';
import type { Result } from '../../protocol/result.ts';
import { ok, refuse } from '../../protocol/result.ts';
import type { ModelConfig } from '../config.ts';
import { missingIn, NEED_NAME, unmetNeeds, type Need, type RequestNeeds } from '../request-needs.ts';
import { highestCostUsd } from './route-arms.ts';
import type { RouteScope } from './route-scope.ts';

/** Why a tier is out of the question for this request. */
export type Lack =
  | { readonly type: 'locality'; readonly setting: string }
  | { readonly type: 'needs'; readonly needs: readonly Need[]; readonly contextTokens: number }
  | { readonly type: 'budget'; readonly limitUsd: number; readonly leastUsd: number };

/** The models that a request is asked of: all, or those of an explicit wish or a rule. */
export type Asked = {
  /** As a refusal calls them: `auto`, a tier, a model's id. */
  readonly name: string;
  readonly models: readonly ModelConfig[];
  /** The rule that named them, else null. */
  readonly ruleId: string | null;
  /** Whether a lack of capability matters; data locality and budget always do. */
  readonly isGated: boolean;
};

/** The models of `asked` that may answer, in their order; at least one. */
export function candidatesOf(scope: RouteScope, asked: Asked): Result<readonly ModelConfig[], Refusal> {
  const { question, needs, locality } = scope;
  const able = asked.isGated ? asked.models.filter((model) => isAble(model, needs)) : asked.models;
  const near = able.filter((model) => isNear(scope, model));
  const affordable = near.filter((model) => isAffordable(scope, model));
  if (affordable.length > 0) return ok(affordable);
  const local = asked.models.filter((model) => isNear(scope, model));
  if (local.length === 0 && locality.setting !== null) {
    return refuse({ reason: 'data_locality', model: asked.name, setting: locality.setting, missing: null });
  }
  if (near.length === 0) return refuse(unableRefusal(scope, asked, local));
  const estimatedUsd = Math.min(...near.map((model) => highestCostUsd(question, model)));
  return refuse({ reason: 'over_budget', limitUsd: scope.ceilingUsd ?? 0, estimatedUsd });
}

/** Every configured model that could have answered had it been asked. */
export function servingModels(scope: RouteScope): readonly ModelConfig[] {
  return scope.question.config.models.filter(
    (model) => isNear(scope, model) && isAble(model, scope.needs) && isAffordable(scope, model),
  );
}

/** Why none of these models may answer; null when one may. */
export function lackOf(scope: RouteScope, models: readonly ModelConfig[]): Lack | null {
  const { question, needs, locality, ceilingUsd } = scope;
  const near = models.filter((model) => isNear(scope, model));
  if (near.length === 0 && locality.setting !== null) return { type: 'locality', setting: locality.setting };
  const able = near.filter((model) => isAble(model, needs));
  if (able.length === 0) {
    const contextTokens = Math.max(...near.map((model) => model.context_tokens));
    return { type: 'needs', needs: missingIn(near, needs), contextTokens };
  }
  if (ceilingUsd === null || able.some((model) => isAffordable(scope, model))) return null;
  const leastUsd = Math.min(...able.map((model) => highestCostUsd(question, model)));
  return { type: 'budget', limitUsd: ceilingUsd, leastUsd };
}

function isNear({ locality }: RouteScope, model: ModelConfig): boolean {
  // Both: a model may be called edge and yet be reached over the cloud's endpoint.
  return locality.setting === null || (model.tier === 'edge' && model.endpoint === 'edge');
}

function isAble(model: ModelConfig, needs: RequestNeeds): boolean {
  return unmetNeeds(model, needs).length === 0;
}

function isAffordable({ question, ceilingUsd }: RouteScope, model: ModelConfig): boolean {
  return ceilingUsd === null || highestCostUsd(question, model) <= ceilingUsd;
}

/** @param local - the asked models that locality leaves */
function unableRefusal(
  { needs, locality }: RouteScope,
  asked: Asked,
  local: readonly ModelConfig[],
): Refusal {
  const missing = missingIn(local, needs);
  const capability = missing.find((need) => need !== 'context') ?? missing[0];
  const lacking = capability === undefined ? 'what it needs' : NEED_NAME[capability];
  if (asked.ruleId !== null) {
    return { reason: 'rule_conflict', rule: asked.ruleId, model: asked.name, missing: lacking };
  }
  // With the cloud in reach it might be served, so the setting is what the reader has to know about.
  if (locality.setting !== null && asked.models.some((model) => isAble(model, needs))) {
    return { reason: 'data_locality', model: asked.name, setting: locality.setting, missing: lacking };
  }
  if (capability === undefined || capability === 'context') {
    return { reason: 'context_too_long', maxTokens: Math.max(...local.map((model) => model.context_tokens)) };
  }
  return { reason: 'unsupported_capability', model: asked.name, capability: lacking };
}
