// A shadow: after an answer was shown, the other tier answers the same request unseen, and a judge compares both.

import type { UpstreamTarget } from './plan.ts';
import type { Tier } from './route.ts';

export type ShadowPlan = {
  /** Who answers unseen: the tier that was not chosen. */
  readonly other: { readonly tier: Tier; readonly model: string; readonly target: UpstreamTarget };
  readonly judge: { readonly model: string; readonly target: UpstreamTarget };
};
