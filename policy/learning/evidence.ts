// A log made ready to judge policies by: everything about it that does not depend on the policy that is judged.
// Invariant: only trials that the log left to chance are in it; on the others the other action was never possible.

import { type Observation, ObservationChances } from './observation.ts';
import { explorationOf } from './policy-actions.ts';
import { type Opinion, predictedCosts, predictedRewards } from './reward-model.ts';
import type { Trial } from './trials.ts';

export type Evidence = {
  readonly trials: readonly Trial[];
  /** How many of the log's trials are not in it. */
  readonly certain: number;
  /** By trial, in their order. */
  readonly facts: readonly Fact[];
};

export type Fact = {
  readonly observations: readonly Observation[];
  readonly reward: Opinion;
  readonly cost: Opinion;
};

/** @param all - in the order of time */
export function evidenceOf(all: readonly Trial[]): Evidence {
  const trials = all.filter((trial) => explorationOf(trial) > 0);
  const chances = new ObservationChances(trials);
  const costOf = predictedCosts(trials);
  const rewards = predictedRewards(trials);
  const facts = trials.flatMap((trial, index) => {
    const reward = rewards[index];
    return reward === undefined
      ? []
      : [{ observations: chances.observations(trial), reward, cost: costOf(trial) }];
  });
  return { trials, certain: all.length - trials.length, facts };
}
