// The most that the calls of one generation can cost: what a budget reserves before the first of them is made.

import type { TokenPrice } from '../../protocol/plan.ts';
import { usageCostUsd } from '../usage-cost.ts';

export type PossibleCall = {
  readonly price: TokenPrice;
  readonly inputTokens: number;
  readonly maxOutputTokens: number;
};

export function reservedUsd(calls: readonly PossibleCall[]): number {
  return calls.reduce((sum, call) => sum + highestUsd(call), 0);
}

/** All of the input may come from the cache or none of it, and writing a cache may cost more than plain input. */
function highestUsd({ price, inputTokens, maxOutputTokens }: PossibleCall): number {
  const usage = { input_tokens: inputTokens, output_tokens: maxOutputTokens };
  return Math.max(
    usageCostUsd({ ...usage, cached_tokens: 0 }, price),
    usageCostUsd({ ...usage, cached_tokens: inputTokens }, price),
  );
}
