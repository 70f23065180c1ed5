// What a tenant's Routing object is asked with: the part of the configuration that it needs and cannot know.

import type { Config, TenantConfig } from './config.ts';
import { estimateCostUsd } from './estimate-cost.ts';
import { configuredTarget, fixedThreshold } from './route/route-target.ts';
import type { SnapshotQuestion } from './routing-snapshot.ts';

type Scope = { readonly config: Config; readonly tenant: TenantConfig | null };

/** What the classifier brings along for a tenant without traffic. */
export type ClassifierDefaults = { readonly prior: readonly number[]; readonly threshold: number };

/** A system prompt and some turns, and an answer of a screen. Only until a tenant's own traffic tells. */
const TYPICAL_REQUEST = { inputTokens: 600, outputTokens: 400 } as const;

/** Labels ask whether the edge did as well as the cloud would have, so the cloud is the measure. */
const CLOUD_QUALITY = 1;

export function snapshotQuestion(scope: Scope, classifier: ClassifierDefaults): SnapshotQuestion {
  return {
    target: configuredTarget(scope),
    fixedThreshold: fixedThreshold(scope) ?? classifier.threshold,
    calibrates: scope.config.routing.calibrate,
    prior: classifier.prior,
    typicalCost: { edgeUsd: typicalCost(scope, 'edge'), cloudUsd: typicalCost(scope, 'cloud') },
    cloudQuality: CLOUD_QUALITY,
  };
}

function typicalCost({ config }: Scope, tier: 'edge' | 'cloud'): number {
  const model = config.models.find((candidate) => candidate.tier === tier);
  if (model === undefined) throw new Error(`a configuration without a model for the ${tier} tier`);
  return estimateCostUsd(TYPICAL_REQUEST, model.price);
}
