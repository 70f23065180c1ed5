// What calls cost, by the upstream's own count of tokens; where `usage.estimated` is set the cost is an estimate too.

import type { TokenPrice } from '../protocol/plan.ts';
import type { Usage } from '../protocol/usage.ts';

/** Prices are per million tokens. */
const TOKENS_PER_PRICE_UNIT = 1_000_000;

type CountedTokens = Pick<Usage, 'input_tokens' | 'output_tokens' | 'cached_tokens'>;

/** 0 for a model without a price: for statistics, which had better miss a cost than a call. */
export function usageCostUsd(usage: CountedTokens, price: TokenPrice | undefined): number {
  if (price === undefined) return 0;
  const { inputUsdPerMtok, outputUsdPerMtok, cachedInputUsdPerMtok = inputUsdPerMtok } = price;
  // An upstream that counts cached tokens beside its input tokens must not make the rest negative.
  const cachedTokens = Math.min(usage.cached_tokens, usage.input_tokens);
  const inputUsd =
    (usage.input_tokens - cachedTokens) * inputUsdPerMtok + cachedTokens * cachedInputUsdPerMtok;
  return (inputUsd + usage.output_tokens * outputUsdPerMtok) / TOKENS_PER_PRICE_UNIT;
}

/**
 * What a generation cost; null when the price of one of its models is not known, because the sum of the others would
 * be told as the whole. A price of 0 is a price.
 */
export function costOf(
  calls: readonly { readonly model: string; readonly usage: CountedTokens }[],
  prices: Readonly<Record<string, TokenPrice>>,
): number | null {
  if (calls.some(({ model }) => prices[model] === undefined)) return null;
  return calls.reduce((sum, { model, usage }) => sum + usageCostUsd(usage, prices[model]), 0);
}
