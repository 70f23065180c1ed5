// What a call cost, by the upstream's own count of tokens.

import type { TokenPrice } from '../protocol/plan.ts';
import type { Usage } from '../protocol/usage.ts';

/** Prices are per million tokens. */
const TOKENS_PER_PRICE_UNIT = 1_000_000;

/** 0 for a model without a price. */
export function usageCostUsd(usage: Usage, price: TokenPrice | undefined): number {
  if (price === undefined) return 0;
  const { inputUsdPerMtok, outputUsdPerMtok } = price;
  return (
    (usage.input_tokens * inputUsdPerMtok + usage.output_tokens * outputUsdPerMtok) / TOKENS_PER_PRICE_UNIT
  );
}
