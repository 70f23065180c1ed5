// Every way a threshold can divide a tenant's traffic, and what each way would give. Equal probabilities cannot be
// divided, so a cut lies between two of them: where many prompts share one probability, the share of cloud jumps over
// them, and no threshold in between exists.
// Until there is enough traffic the classifier's own mix stands in for what is missing, with a typical request's cost.

import { calibrate, type Calibration } from './calibration.ts';
import type { TrafficEntry } from './traffic-window.ts';

/** From here on traffic speaks alone: by then its quantiles are sure to some three points. */
export const ENOUGH_TRAFFIC = 200;

const PER_1K = 1000;

export type Mix = {
  readonly traffic: readonly TrafficEntry[];
  readonly calibration: Calibration;
  /** Quantiles of the classifier's own probability on its training mix, ascending. */
  readonly prior: readonly number[];
  /** What one request costs at each tier as long as too little traffic has told. */
  readonly typicalCost: { readonly edgeUsd: number; readonly cloudUsd: number };
  /** How often a cloud answer is good enough, 0..1. */
  readonly cloudQuality: number;
};

export type Expected = {
  /** Of the traffic, 0..1. */
  readonly cloudShare: number;
  /** Share of answers that are good enough. */
  readonly quality: number;
  readonly usdPer1k: number;
};

export type Cut = Expected & { readonly threshold: number };

type Group = { readonly probability: number; weight: number; edgeUsd: number; cloudUsd: number };

export class TrafficCuts {
  /** From "all to the edge" to "all to the cloud"; never empty. */
  readonly cuts: readonly Cut[];
  readonly #levels: readonly number[];

  constructor(mix: Mix) {
    const groups = groupByProbability(mix);
    if (groups.length === 0)
      throw new RangeError('traffic cuts: neither traffic nor a prior to take quantiles of');
    this.#levels = groups.map(({ probability }) => probability);
    this.cuts = cutBetween(groups, mix.cloudQuality);
  }

  /** What any threshold gives: that of the cut it falls into. */
  expectedAt(threshold: number): Expected {
    const below = this.#levels.findIndex((level) => level >= threshold);
    const cut = this.cuts[below < 0 ? this.#levels.length : below];
    if (cut === undefined) throw new Error('traffic cuts: a threshold falls into no cut');
    return { cloudShare: cut.cloudShare, quality: cut.quality, usdPer1k: cut.usdPer1k };
  }
}

function groupByProbability(mix: Mix): readonly Group[] {
  const { traffic, calibration, prior } = mix;
  const missing = Math.max(0, ENOUGH_TRAFFIC - traffic.length);
  const priorWeight = prior.length === 0 ? 0 : missing / prior.length;
  const singles: Group[] = traffic.map(({ rawProbability, edgeUsd, cloudUsd }) => ({
    probability: calibrate(calibration, rawProbability),
    weight: 1,
    edgeUsd,
    cloudUsd,
  }));
  for (const raw of priorWeight > 0 ? prior : []) {
    const { edgeUsd, cloudUsd } = mix.typicalCost;
    singles.push({
      probability: calibrate(calibration, raw),
      weight: priorWeight,
      edgeUsd: priorWeight * edgeUsd,
      cloudUsd: priorWeight * cloudUsd,
    });
  }
  const groups: Group[] = [];
  for (const single of singles.sort((left, right) => left.probability - right.probability)) {
    const last = groups.at(-1);
    if (last === undefined || last.probability !== single.probability) {
      groups.push(single);
      continue;
    }
    last.weight += single.weight;
    last.edgeUsd += single.edgeUsd;
    last.cloudUsd += single.cloudUsd;
  }
  return groups;
}

function cutBetween(groups: readonly Group[], cloudQuality: number): readonly Cut[] {
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  let share = 0;
  let quality = groups.reduce((sum, { weight, probability }) => sum + weight * probability, 0);
  let usd = groups.reduce((sum, { edgeUsd }) => sum + edgeUsd, 0);
  const cutAt = (threshold: number): Cut => ({
    threshold,
    cloudShare: share / total,
    quality: quality / total,
    usdPer1k: (PER_1K * usd) / total,
  });
  const cuts = [cutAt(0)];
  groups.forEach((group, index) => {
    share += group.weight;
    quality += group.weight * (cloudQuality - group.probability);
    usd += group.cloudUsd - group.edgeUsd;
    // Half-way to the next: as far as can be from both, so that the next prompt of either kind falls on its side.
    const next = groups[index + 1]?.probability ?? 1;
    cuts.push(cutAt(index === groups.length - 1 ? 1 : (group.probability + next) / 2));
  });
  return cuts;
}
