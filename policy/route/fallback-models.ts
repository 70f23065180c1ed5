// Which models an answer goes to when its own fails, in order. Whoever names a model gets that model: another one
// answers only where the configuration lists it. A wish for a tier keeps the tier.
// Invariant: every fallback could have been chosen for this request in the first place, by its needs, its data
// locality and its ceiling.

import type { ModelConfig } from '../config.ts';
import { servingModels } from './candidates.ts';
import type { Ground } from './ground.ts';
import type { RouteScope } from './route-scope.ts';

/** Grounds on which a tier was named rather than weighed: the other one is no answer to that. */
const NAMED: ReadonlySet<string> = new Set(['tier', 'tenant', 'rule', 'budget']);

export function fallbackModels(
  scope: RouteScope,
  chosen: ModelConfig,
  ground: Ground,
): readonly ModelConfig[] {
  const { failover } = scope.question.config;
  const serving = servingModels(scope).filter((model) => model.id !== chosen.id);
  const listed = failover.fallbacks[chosen.id];
  if (listed !== undefined) {
    return listed.flatMap((id) => serving.filter((model) => model.id === id));
  }
  if (ground.type === 'model') return [];
  const sameTier = serving.filter((model) => model.tier === chosen.tier);
  const otherTier = serving.filter((model) => model.tier !== chosen.tier);
  return mayCross(scope, chosen, ground) ? [...sameTier, ...otherTier] : sameTier;
}

/** A small model in the place of a large one would be a worse answer that looks like a whole one: only when allowed. */
function mayCross({ question }: RouteScope, chosen: ModelConfig, ground: Ground): boolean {
  const { cross_tier: crossTier } = question.config.failover;
  if (NAMED.has(ground.type) || crossTier === 'none') return false;
  return crossTier === 'both' || chosen.tier === 'edge';
}
