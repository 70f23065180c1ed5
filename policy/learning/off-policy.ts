// What a policy would have earned, from the log of another: three estimates that fail in different ways.
// IPS weighs what was seen by one over its chance: unbiased, and wild where chances are small. SNIPS divides by the sum
// of the weights: calmer, slightly biased in small logs. DR adds what a model predicts and weighs only its errors:
// unbiased whatever the model is, and the calmer the better the model. DR decides, the others show whether to trust it.
// Value = reward − worth of the money: reward is the share of good answers, money is turned into answers by `usdPerGood`.

import { bootstrapIntervals, type Interval } from './bootstrap.ts';
import type { Evidence, Fact } from './evidence.ts';
import { type ActionProbabilities, explorationOf, type Policy } from './policy-actions.ts';
import { type Support, supportOf } from './support.ts';
import { ACTIONS, type Trial } from './trials.ts';

export type Worth = { readonly reward: Interval; readonly costUsd: Interval; readonly value: Interval };

export type Estimate = { readonly candidate: Worth; readonly current: Worth; readonly difference: Worth };

export type Evaluation = {
  /** Trials that count, and those that do not because the log left nothing to chance there. */
  readonly trials: number;
  readonly certain: number;
  readonly support: Support;
  readonly estimates: { readonly ips: Estimate; readonly snips: Estimate; readonly dr: Estimate };
};

export type EvaluationQuestion = {
  readonly evidence: Evidence;
  readonly candidate: Policy;
  readonly current: Policy;
  /** What one more good answer may cost; see `usdPerGoodAnswer`. */
  readonly usdPerGood: number;
  /** Numbers in [0, 1): seeded, so that the same log gives the same verdict. */
  readonly random: () => number;
};

/** Enough blocks for a steady percentile, few enough that each spans some traffic. */
const BLOCKS = 400;

/** Of each policy: reward by IPS and its weight, cost by IPS and its weight, reward and cost by DR. */
const COLUMNS = 6;

export function evaluatePolicies(question: EvaluationQuestion): Evaluation {
  const { evidence, candidate, current, usdPerGood, random } = question;
  const { trials, certain } = evidence;
  const chancesBy = ({ actionProbabilities }: Policy): readonly ActionProbabilities[] =>
    trials.map((trial) => actionProbabilities(trial, explorationOf(trial)));
  const [ours, theirs] = [chancesBy(candidate), chancesBy(current)];
  const figures = bootstrapIntervals(
    blockSums(evidence, ours, theirs),
    (sums) => figuresOf(sums, usdPerGood),
    random,
  );
  return {
    trials: trials.length,
    certain,
    support: supportOf(trials, ours, theirs),
    estimates: {
      ips: estimateFrom(figures, 0),
      snips: estimateFrom(figures, 1),
      dr: estimateFrom(figures, 2),
    },
  };
}

/**
 * What the policy in force pays for one more good answer. At its threshold it is indifferent between the tiers: the cloud
 * would be right more often by cloudQuality − threshold, for the difference in cost. So the target, whatever its kind, says
 * by its threshold what an answer is worth, and a candidate is measured by the same yardstick. Infinite (money does not
 * count) when the threshold leaves the cloud no advantage, or the cloud costs no more.
 */
export function usdPerGoodAnswer({ trials }: Evidence, current: Policy, cloudQuality: number): number {
  const extra = trials.reduce((sum, { edgeUsd, cloudUsd }) => sum + cloudUsd - edgeUsd, 0) / trials.length;
  const advantage = cloudQuality - current.threshold;
  return extra > 0 && advantage > 0 ? extra / advantage : Number.POSITIVE_INFINITY;
}

/** The columns summed over runs of neighbouring trials. */
function blockSums(
  { trials, facts }: Evidence,
  ours: readonly ActionProbabilities[],
  theirs: readonly ActionProbabilities[],
): readonly Float64Array[] {
  const size = Math.max(1, Math.ceil(trials.length / BLOCKS));
  const blocks = Array.from(
    { length: Math.ceil(trials.length / size) },
    () => new Float64Array(1 + 2 * COLUMNS),
  );
  trials.forEach((trial, index) => {
    const [block, fact] = [blocks[Math.floor(index / size)], facts[index]];
    const [our, their] = [ours[index], theirs[index]];
    if (block === undefined || fact === undefined || our === undefined || their === undefined) return;
    add(block, 0, 1);
    addTrial(block, 1, { trial, fact, chances: our });
    addTrial(block, 1 + COLUMNS, { trial, fact, chances: their });
  });
  return blocks;
}

type Weighed = { readonly trial: Trial; readonly fact: Fact; readonly chances: ActionProbabilities };

function addTrial(block: Float64Array, at: number, { trial, fact, chances }: Weighed): void {
  const { action: taken, propensity, costUsd } = trial;
  const costWeight = chances[taken] / propensity;
  for (const { action, value, weight } of fact.observations) {
    const each = chances[action] * weight;
    add(block, at, each * value);
    add(block, at + 1, each);
    add(block, at + 4, each * (value - fact.reward[action]));
  }
  add(block, at + 2, costWeight * costUsd);
  add(block, at + 3, costWeight);
  add(block, at + 5, costWeight * (costUsd - fact.cost[taken]));
  for (const action of ACTIONS) {
    add(block, at + 4, chances[action] * fact.reward[action]);
    add(block, at + 5, chances[action] * fact.cost[action]);
  }
}

function add(block: Float64Array, at: number, value: number): void {
  block[at] = (block[at] ?? 0) + value;
}

/** Reward, cost and value of the candidate, of the policy in force, and of the difference: by IPS, by SNIPS, by DR. */
function figuresOf(sums: Float64Array, usdPerGood: number): readonly number[] {
  const count = sums[0] ?? 0;
  const pairs = [0, 1].map((policy) => {
    const at = 1 + COLUMNS * policy;
    const [ips = 0, weight = 0, cost = 0, costWeight = 0, drReward = 0, drCost = 0] = sums.subarray(
      at,
      at + COLUMNS,
    );
    return [
      [ratio(ips, count), ratio(cost, count)],
      [ratio(ips, weight), ratio(cost, costWeight)],
      [ratio(drReward, count), ratio(drCost, count)],
    ] as const;
  });
  return [0, 1, 2].flatMap((estimate) => {
    const [ours = [0, 0], theirs = [0, 0]] = pairs.map((pair) => pair[estimate] ?? [0, 0]);
    const both = [ours, theirs, [ours[0] - theirs[0], ours[1] - theirs[1]] as const];
    return both.flatMap(([reward, cost]) => [reward, cost, reward - cost / usdPerGood]);
  });
}

function ratio(sum: number, weight: number): number {
  return weight === 0 ? 0 : sum / weight;
}

const NOTHING: Interval = { value: 0, low: 0, high: 0 };

function estimateFrom(figures: readonly Interval[], estimate: number): Estimate {
  const worth = (which: number): Worth => {
    const [reward = NOTHING, costUsd = NOTHING, value = NOTHING] = figures.slice(9 * estimate + 3 * which);
    return { reward, costUsd, value };
  };
  return { candidate: worth(0), current: worth(1), difference: worth(2) };
}
