// The knob: what a tenant asks for (a share of cloud, a quality, a limit of money) → the threshold that gives it on that
// tenant's own traffic. Invariants: deterministic; asking for more never lowers the share of the cloud; a target that
// this traffic cannot meet gives the nearest threshold and says so.
// Ties: of thresholds that serve equally well, the one with the smaller share of the cloud.

import type { RouteTarget } from '../../protocol/route.ts';
import { type Cut, ENOUGH_TRAFFIC, type Expected, type Mix, TrafficCuts } from './traffic-cuts.ts';

export type KnobQuestion = Mix & {
  readonly target: RouteTarget;
  /** In force for the target `fixed`. */
  readonly fixedThreshold: number;
  /** The threshold in force until now; null = none yet. */
  readonly current: number | null;
};

export type KnobSetting = {
  readonly threshold: number;
  /** `prior`: there is less traffic than the quantiles need, so the classifier's own mix fills the rest. */
  readonly basis: 'traffic' | 'prior' | 'fixed';
  readonly expected: Expected;
  /** False: no threshold meets the target on this traffic; this one comes nearest. */
  readonly isReachable: boolean;
};

/** A threshold moves when that changes the cloud's share by more than a point: the noise of 2,000 decisions moves none. */
const STEADY_SHARE = 0.01;

/** Sums in another order differ by less. */
const ROUNDING = 1e-9;

export function thresholdFor(question: KnobQuestion): KnobSetting {
  const { target, fixedThreshold, current, traffic } = question;
  const traffics = new TrafficCuts(question);
  if (target.type === 'fixed') {
    const expected = traffics.expectedAt(fixedThreshold);
    return { threshold: fixedThreshold, basis: 'fixed', expected, isReachable: true };
  }
  const basis = traffic.length >= ENOUGH_TRAFFIC ? 'traffic' : 'prior';
  const best = bestCut(target, traffics.cuts);
  const { threshold, ...expected } = best;
  const isReachable = meets(target, best);
  if (current !== null) {
    const kept = traffics.expectedAt(current);
    // A limit stays a limit: calm is no reason to spend more, or to be worse, than was asked.
    const isKept =
      Math.abs(kept.cloudShare - best.cloudShare) <= STEADY_SHARE && meets(target, kept) === isReachable;
    if (isKept) return { threshold: current, basis, expected: kept, isReachable };
  }
  return { threshold, basis, expected, isReachable };
}

type Aim = Exclude<RouteTarget, { type: 'fixed' }>;

function meets({ type, value }: Aim, expected: Expected): boolean {
  switch (type) {
    case 'cloud_share':
      return Math.abs(expected.cloudShare - value) <= STEADY_SHARE + ROUNDING;
    case 'quality':
      return expected.quality >= value - ROUNDING;
    case 'max_usd_per_1k':
      return expected.usdPer1k <= value * (1 + ROUNDING);
  }
}

/** The cheapest that is good enough, the best that is cheap enough, the nearest share; else what comes nearest. */
function bestCut(target: Aim, cuts: readonly Cut[]): Cut {
  const able = cuts.filter((cut) => meets(target, cut));
  switch (target.type) {
    case 'cloud_share':
      return least(cuts, ({ cloudShare }) => Math.abs(cloudShare - target.value));
    case 'quality':
      return able.length > 0
        ? least(able, ({ usdPer1k }) => usdPer1k)
        : least(cuts, ({ quality }) => -quality);
    case 'max_usd_per_1k':
      return able.length > 0
        ? least(able, ({ quality }) => -quality)
        : least(cuts, ({ usdPer1k }) => usdPer1k);
  }
}

/** The first of the least: cuts come by rising share of the cloud. */
function least(cuts: readonly Cut[], cost: (cut: Cut) => number): Cut {
  let [best] = cuts;
  for (const cut of cuts)
    if (best === undefined || cost(cut) < cost(best) - ROUNDING * Math.abs(cost(best))) best = cut;
  if (best === undefined) throw new Error('knob: no traffic cut to choose from');
  return best;
}
