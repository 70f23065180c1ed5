// Tokens to US dollars at the configured price. An estimate: providers' discounts for cached input are not in it.

import type { Price } from './config.ts';

const TOKENS_PER_PRICE_UNIT = 1_000_000;

/** Most of a page, the middle of what chat assistants answer: stands in for an answer that is not known yet. */
export const TYPICAL_ANSWER_TOKENS = 400;

export type TokenCounts = { readonly inputTokens: number; readonly outputTokens: number };

export function estimateCostUsd(tokens: TokenCounts, price: Price): number {
  const { input_usd_per_mtok: inputUsd, output_usd_per_mtok: outputUsd } = price;
  return (tokens.inputTokens * inputUsd + tokens.outputTokens * outputUsd) / TOKENS_PER_PRICE_UNIT;
}
