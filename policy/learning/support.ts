// Whether the log can speak of a candidate at all: an action that was never taken on such requests, or of which nobody
// said anything, cannot be weighed up from others. Counted only where the two policies differ, since elsewhere they earn
// the same whatever that is.

import type { ActionProbabilities } from './policy-actions.ts';
import { type Action, ACTIONS, type Trial } from './trials.ts';

export type Support = {
  /** Trials on which the policies differ. */
  readonly differing: number;
  /** Of each action that the candidate takes more often there. */
  readonly actions: readonly ActionSupport[];
  /** Of the taken actions' weights on the trials that differ, for the candidate. */
  readonly effectiveSample: number;
};

export type ActionSupport = {
  readonly action: Action;
  /** Trials on which the candidate takes it more often. */
  readonly moved: number;
  /** Those of them on which the log took it. */
  readonly taken: number;
  /** Those of them on which its reward is known. */
  readonly known: number;
};

/** Chances nearer to each other are the same. */
const SAME = 1e-9;

export function supportOf(
  trials: readonly Trial[],
  ours: readonly ActionProbabilities[],
  theirs: readonly ActionProbabilities[],
): Support {
  const more = (action: Action) =>
    trials.filter((_, index) => (ours[index]?.[action] ?? 0) > (theirs[index]?.[action] ?? 0) + SAME);
  const actions = ACTIONS.map((action) => actionSupport(action, more(action)));
  let [differing, sum, squares] = [0, 0, 0];
  trials.forEach((trial, index) => {
    const [our, their] = [ours[index], theirs[index]];
    if (our === undefined || their === undefined) return;
    if (ACTIONS.every((action) => Math.abs(our[action] - their[action]) <= SAME)) return;
    const weight = our[trial.action] / trial.propensity;
    differing += 1;
    sum += weight;
    squares += weight * weight;
  });
  return {
    differing,
    actions: actions.filter(({ moved }) => moved > 0),
    effectiveSample: squares === 0 ? 0 : (sum * sum) / squares,
  };
}

function actionSupport(action: Action, moved: readonly Trial[]): ActionSupport {
  const taken = moved.filter((trial) => trial.action === action);
  const known = moved.filter((trial) =>
    trial.action === action ? trial.reward !== null : action === 'edge' && trial.judgedEdge !== null,
  );
  return { action, moved: moved.length, taken: taken.length, known: known.length };
}
