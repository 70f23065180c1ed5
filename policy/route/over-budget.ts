// The route of a request whose tenant has no money left and a budget that says what then: the edge answers, whatever
// was asked for. It is held there as by data locality, so that nothing of it costs money elsewhere: no check, no
// fallback, no shadow. A model of the edge that the request names itself stays.

import type { Refusal } from '../../protocol/errors.ts';
import { ok, type Result } from '../../protocol/result.ts';
import { candidatesOf } from './candidates.ts';
import { decidedAlone } from './decided-route.ts';
import type { DecidedRoute, RouteQuestion } from './route-question.ts';
import { scopeOf } from './route-scope.ts';

export function decideOverBudget(question: RouteQuestion): Result<DecidedRoute, Refusal> {
  const scope = { ...scopeOf(question), locality: { setting: 'limits.budget' } };
  const models = question.config.models.filter((model) => model.tier === 'edge');
  const candidates = candidatesOf(scope, { name: 'edge', models, ruleId: null, isGated: true });
  if (!candidates.ok) return candidates;
  const named = candidates.value.find((model) => model.id === question.request.model);
  const model = named ?? candidates.value[0];
  if (model === undefined) throw new Error('candidates without a model are a refusal');
  return ok(decidedAlone(scope, model, { type: 'budget' }));
}
