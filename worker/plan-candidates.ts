// The models of a decision as candidates: where each is reached, how long its answer may be, what of the history its
// context has no room for. A model that is not set up, or cannot express the request, is no candidate.

import type { ChatRequest } from '../protocol/chat-request.ts';
import type { Candidate } from '../protocol/plan.ts';
import type { ModelConfig, TenantConfig } from '../policy/config.ts';
import { answerLimit } from '../policy/effective-limits.ts';
import { RequestTrimmer } from '../policy/prompt-budget/request-trimmer.ts';
import type { Deployment } from './deployment.ts';
import type { Environment } from './environment.ts';
import { configuredModel, type RoutedRequest } from './route-request.ts';
import { missingOf, providerOf, targetOf } from './upstream-targets.ts';

export type CandidateScope = {
  readonly request: ChatRequest;
  readonly deployment: Deployment;
  readonly env: Environment;
  readonly tenant: TenantConfig | null;
};

export class PlanCandidates {
  readonly #scope: CandidateScope;
  readonly #routed: Pick<RoutedRequest, 'isShortened' | 'wholeTokens'>;
  #trimmer: RequestTrimmer | null = null;

  constructor(scope: CandidateScope, routed: Pick<RoutedRequest, 'isShortened' | 'wholeTokens'>) {
    this.#scope = scope;
    this.#routed = routed;
  }

  candidate(model: ModelConfig): Candidate {
    const { request, deployment, env, tenant } = this.#scope;
    const { config } = deployment;
    return {
      tier: model.tier,
      model: model.id,
      target: targetOf(model, { config, env }),
      maxOutputTokens: answerLimit({ config, tenant }, request.maxOutputTokens, model),
      canPrefill: model.capabilities.includes('prefill'),
      leavesOut: this.#leavesOut(model),
    };
  }

  /** Those of these models that can be called, in their order. */
  usable(ids: readonly string[]): readonly Candidate[] {
    const { request, deployment, env } = this.#scope;
    const { config } = deployment;
    return ids
      .map((id) => configuredModel(deployment, id))
      .filter((model) => missingOf(model, { config, env }) === null)
      .filter((model) => lackOf(model, request, { config, env }) === null)
      .map((model) => this.candidate(model));
  }

  /** Every candidate has room for the request as it was decided on, so only a shortened one is looked at. */
  #leavesOut(model: ModelConfig): readonly number[] {
    const { isShortened, wholeTokens } = this.#routed;
    if (!isShortened) return [];
    this.#trimmer ??= new RequestTrimmer(this.#scope.request, wholeTokens);
    return this.#trimmer.leavesOutFor(model)?.indices ?? [];
  }
}

/** What of the request the model's provider cannot express; null: nothing. */
export function lackOf(
  model: ModelConfig,
  request: ChatRequest,
  scope: Parameters<typeof targetOf>[1],
): string | null {
  const target = targetOf(model, scope);
  return providerOf(target).lacks(request, target.flavour ?? null);
}
