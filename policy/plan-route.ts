// Which tier and model answer a request, and why. The order is fixed: what the request names (a model, a tier), the
// tenant's tier, a configured rule; then where the text may go, what it may cost and what it needs; then the course of
// the conversation, the classifier, and for the uncertain a check of the edge's draft or a random draw.
// Invariant: the chosen model meets every need of the request (unless gates are switched off) and data locality
// always, or the request is refused. Nothing in the prompt's text can name a tier.

import type { Refusal } from '../protocol/errors.ts';
import type { Result } from '../protocol/result.ts';
import { ok, refuse } from '../protocol/result.ts';
import type { Tier } from '../protocol/route.ts';
import type { ModelConfig } from './config.ts';
import { candidatesOf, lackOf, type Asked } from './route/candidates.ts';
import { decidedAlone } from './route/decided-route.ts';
import type { Ground } from './route/ground.ts';
import type { DecidedRoute, RouteQuestion } from './route/route-question.ts';
import { scopeOf, type RouteScope } from './route/route-scope.ts';
import { settle } from './route/settle.ts';
import { Weigher } from './route/weigher.ts';

export function decideRoute(question: RouteQuestion): Result<DecidedRoute, Refusal> {
  const scope = scopeOf(question);
  const named = namedModels(scope);
  if (!named.ok) return named;
  const { asked, ground } = named.value;
  const candidates = candidatesOf(scope, asked);
  if (!candidates.ok) return candidates;
  const [first] = candidates.value;
  if (first === undefined) throw new Error('candidates without a model are a refusal');
  if (ground !== null) return ok(decidedAlone(scope, first, ground));
  const edge = ofTier(scope, candidates.value, 'edge');
  const cloud = ofTier(scope, candidates.value, 'cloud');
  if (edge === null || cloud === null) return ok(onlyTier(scope, edge ?? cloud ?? first));
  return ok(settle({ scope, edge, cloud, weigher: new Weigher(scope, edge) }));
}

/** What the request, the tenant or a rule names; `ground` null: nothing does, and all models may be weighed. */
type Named = { readonly asked: Asked; readonly ground: Ground | null };

function namedModels(scope: RouteScope): Result<Named, Refusal> {
  const { request, config, tenant } = scope.question;
  const { model: name } = request;
  if (name === 'edge' || name === 'cloud')
    return ok({ asked: tierOf(scope, name), ground: { type: 'tier' } });
  if (name !== 'auto') {
    const models = config.models.filter((model) => model.id === name);
    if (models.length === 0) return refuse({ reason: 'unknown_model', model: name });
    return ok({ asked: { name, models, ruleId: null, isGated: true }, ground: { type: 'model' } });
  }
  if (tenant?.tier !== undefined)
    return ok({ asked: tierOf(scope, tenant.tier), ground: { type: 'tenant' } });
  return ok(ruledModels(scope) ?? { asked: anyModel(scope), ground: null });
}

/** Null when no rule applies, or the one that does leaves the choice open. */
function ruledModels(scope: RouteScope): Named | null {
  const { rule, question } = scope;
  if (rule === null) return null;
  const { tier, model } = rule.then;
  const ground: Ground = { type: 'rule', id: rule.id };
  if (tier !== undefined) return { asked: { ...tierOf(scope, tier), ruleId: rule.id }, ground };
  if (model === undefined) return null;
  const models = question.config.models.filter((candidate) => candidate.id === model);
  return { asked: { name: model, models, ruleId: rule.id, isGated: true }, ground };
}

function tierOf({ question }: RouteScope, tier: Tier): Asked {
  const models = question.config.models.filter((model) => model.tier === tier);
  return { name: tier, models, ruleId: null, isGated: true };
}

function anyModel({ question }: RouteScope): Asked {
  const { models, routing } = question.config;
  return { name: 'auto', models, ruleId: null, isGated: routing.stages.gates };
}

/** The model that the conversation had on this tier, else the first: changing it would lose the cache as well. */
function ofTier(scope: RouteScope, candidates: readonly ModelConfig[], tier: Tier): ModelConfig | null {
  const models = candidates.filter((model) => model.tier === tier);
  const { remembered } = scope.question;
  return models.find((model) => model.id === remembered?.model) ?? models[0] ?? null;
}

/** Only one tier can answer; the ground is what the other one lacks. */
function onlyTier(scope: RouteScope, model: ModelConfig): DecidedRoute {
  const others = scope.question.config.models.filter((candidate) => candidate.tier !== model.tier);
  const lack = lackOf(scope, others);
  if (lack === null) throw new Error('the other tier has a model that could answer');
  return decidedAlone(scope, model, { type: 'gate', lack });
}
