// Everything that decides a route, as one canonical text: equal texts decide alike. Its hash stands on every decision,
// so that a log can be told apart by the policy that made it. It holds no key, no prompt and nothing that only
// explains; the caller hashes it.

import { sortedKeys, type JsonObject } from '../protocol/json.ts';
import type { Config, ModelConfig, TenantConfig } from './config.ts';

export type DecidingParts = {
  readonly config: Config;
  readonly tenant: TenantConfig | null;
  /** SHA-256 of the classifier's artefact. */
  readonly artefactSha: string;
  /** Names the calibration and the threshold learnt for this tenant; `''` when nothing was learnt. */
  readonly calibrationVersion: string;
};

/** JSON with sorted keys: independent of the order in which the configuration was written. */
export function policyDocument({ config, tenant, artefactSha, calibrationVersion }: DecidingParts): string {
  // What is logged and what shadows do decides nothing.
  const { shadow: _shadow, log_decisions: _logged, ...routing } = config.routing;
  const decides: JsonObject = {
    artefact: artefactSha,
    calibration: calibrationVersion,
    models: config.models.map(decidingModel),
    routing,
    max_output_tokens: config.limits.max_output_tokens,
    prompt_budget: config.prompt_budget,
    tenant: tenant === null ? null : decidingTenant(tenant),
  };
  return JSON.stringify(decides, sortedKeys);
}

function decidingModel(model: ModelConfig): JsonObject {
  const {
    id,
    tier,
    context_tokens,
    max_output_tokens,
    default_max_tokens = null,
    capabilities,
    price,
  } = model;
  return { id, tier, context_tokens, max_output_tokens, default_max_tokens, capabilities, price };
}

function decidingTenant(tenant: TenantConfig) {
  const { id: _id, key_sha256: _keys, durability: _kept, cache: _cache, limits, ...routing } = tenant;
  return { ...routing, max_output_tokens: limits?.max_output_tokens ?? null };
}
