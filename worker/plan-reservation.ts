// What an answer may use at most, in tokens and in money: reserved before its first call, reconciled at its end.

import type { Plan, TokenPrice } from '../protocol/plan.ts';
import type { ModelConfig } from '../policy/config.ts';
import { answerLimit } from '../policy/effective-limits.ts';
import { reservedUsd } from '../policy/money/reserved-usd.ts';
import type { PlanInput, PlannedCalls } from './plan-calls.ts';

/** For every call that is made in any case; what was not used is given back at the end. */
export function reservedTokens(input: PlanInput, { called }: PlannedCalls): number {
  return called.reduce((sum, model) => sum + input.routed.inputTokens + limitOf(input, model), 0);
}

/**
 * One answer of the dearest model that may give it, the calls of a check beside it, and what goes wrong: every call that
 * goes on with a lost answer reads the prompt again, and a hedge is a whole call more.
 */
export function highestUsd(input: PlanInput, { called, answering }: PlannedCalls): number {
  const { failover } = input.deployment.config;
  const continues = (input.options.onUpstreamLoss ?? failover.on_upstream_loss) === 'continue';
  const costOf = (model: ModelConfig, maxOutputTokens: number): number =>
    reservedUsd([{ price: priceOf(model), inputTokens: input.routed.inputTokens, maxOutputTokens }]);
  const dearest = (outputOf: (model: ModelConfig) => number): number =>
    Math.max(...answering.map((model) => costOf(model, outputOf(model))));
  const answer = dearest((model) => limitOf(input, model));
  const prompt = dearest(() => 0);
  const [, ...checks] = called;
  const again = (continues ? failover.max_continuations * prompt : 0) + (failover.hedge ? answer : 0);
  return checks.reduce((sum, model) => sum + costOf(model, limitOf(input, model)), answer + again);
}

export function pricesOf(models: readonly ModelConfig[]): Plan['prices'] {
  return Object.fromEntries(models.map((model) => [model.id, priceOf(model)]));
}

function limitOf({ request, principal, deployment }: PlanInput, model: ModelConfig): number {
  const scope = { config: deployment.config, tenant: principal.tenantConfig };
  return answerLimit(scope, request.maxOutputTokens, model);
}

export function priceOf({ price }: ModelConfig): TokenPrice {
  const { cached_input_usd_per_mtok: cached } = price;
  return {
    inputUsdPerMtok: price.input_usd_per_mtok,
    outputUsdPerMtok: price.output_usd_per_mtok,
    ...(cached === undefined ? {} : { cachedInputUsdPerMtok: cached }),
  };
}
