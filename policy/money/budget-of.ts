// The budget that holds for a tenant: its own, else the one that every tenant has.

import type { Budget } from '../../protocol/plan.ts';
import type { Config, TenantConfig } from '../config.ts';

/** @param isLocal - local mode takes `local_limits`; null = no budget, and nothing is counted */
export function budgetOf(
  { config, tenant }: { readonly config: Config; readonly tenant: TenantConfig | null },
  isLocal: boolean,
): Budget | null {
  const own = tenant?.limits?.budget;
  const general = isLocal ? config.local_limits.budget : config.limits.budget;
  const budget = own === undefined ? general : own;
  if (budget === null) return null;
  const { usd_per_day: usdPerDay = null, usd_per_month: usdPerMonth = null, over } = budget;
  return { usdPerDay, usdPerMonth, over };
}
