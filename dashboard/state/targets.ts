// What operators promise their users, and whether a measured value keeps it.

export type Target = {
  readonly bound: number;
  /** Which side of the bound is good; the bound itself is missed. */
  readonly side: 'below' | 'above';
};

export const TTFT_P50_TARGET: Target = { bound: 1_000, side: 'below' };
export const TTFT_P95_TARGET: Target = { bound: 3_000, side: 'below' };
export const TOKENS_PER_SECOND_TARGET: Target = { bound: 15, side: 'above' };
export const ERROR_RATE_TARGET: Target = { bound: 0.01, side: 'below' };
export const RECONNECT_RATE_TARGET: Target = { bound: 0.05, side: 'below' };
export const RENDER_LAG_TARGET: Target = { bound: 50, side: 'below' };

/** @returns null when there is nothing to judge */
export function meets(value: number | null, target: Target | null): boolean | null {
  if (value === null || target === null) return null;
  return target.side === 'below' ? value < target.bound : value > target.bound;
}
