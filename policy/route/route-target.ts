// What the configuration wants routing to reach for a tenant: a fixed threshold, or a target from which the threshold
// is found out elsewhere. The tenant's own knob, of either kind, replaces the deployment's.

import type { RouteTarget } from '../../protocol/route.ts';
import type { Config, TenantConfig } from '../config.ts';

export type KnobScope = { readonly config: Config; readonly tenant: TenantConfig | null };

/** The threshold that is fixed; null = there is a target, or nothing, and then the classifier's own holds. */
export function fixedThreshold(scope: KnobScope): number | null {
  return knobOf(scope).threshold;
}

/** `fixed` when a threshold is configured, or nothing is. */
export function configuredTarget(scope: KnobScope): RouteTarget {
  const { target } = knobOf(scope);
  if (target?.cloud_share !== undefined) return { type: 'cloud_share', value: target.cloud_share };
  if (target?.quality !== undefined) return { type: 'quality', value: target.quality };
  if (target?.max_usd_per_1k !== undefined) return { type: 'max_usd_per_1k', value: target.max_usd_per_1k };
  return { type: 'fixed' };
}

type Knob = Pick<Config['routing'], 'threshold' | 'target'>;

function knobOf({ config, tenant }: KnobScope): Knob {
  const own: Knob = { threshold: tenant?.threshold ?? null, target: tenant?.target ?? null };
  return own.threshold === null && own.target === null ? config.routing : own;
}
