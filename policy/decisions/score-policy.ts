// A shadow policy: what another policy would have done with the tenant's latest decisions. It only scores: nothing is
// routed by it, and whether its answers would have been better is for the offline evaluation to say.

import type { CandidatePolicy } from '../learning/candidate-policy.ts';
import { candidateOn, loggedPolicy, type Policy, type PolicyGround } from '../learning/policy-actions.ts';
import { ACTIONS, type Action, type Trial } from '../learning/trials.ts';

/** Shares of the decisions, 0..1; `check` is an edge draft that is checked before it is shown. */
type Shares = Readonly<Record<Action, number>>;

export type PolicyScore = {
  readonly name: string;
  /** Decisions that the classifier had a say in. */
  readonly decisions: number;
  /** What the policy's target comes to on this traffic. */
  readonly threshold: number;
  readonly share: Shares;
  /** The same, of the policy that was in force. */
  readonly shareInForce: Shares;
  /** Share of the decisions that both take alike. */
  readonly agreement: number;
};

/** Null when there is no traffic to score it on. */
export function scorePolicy(
  file: CandidatePolicy,
  trials: readonly Trial[],
  ground: PolicyGround,
): PolicyScore | null {
  if (trials.length === 0) return null;
  const candidate = candidateOn(trials, file, ground);
  const inForce = loggedPolicy(trials, ground.band);
  const theirs = trials.map((trial) => actionOf(candidate, trial));
  const ours = trials.map((trial) => actionOf(inForce, trial));
  const alike = theirs.filter((action, at) => action === ours[at]).length;
  return {
    name: candidate.name,
    decisions: trials.length,
    threshold: candidate.threshold,
    share: sharesOf(theirs),
    shareInForce: sharesOf(ours),
    agreement: alike / trials.length,
  };
}

/** Exploration left aside: what the policy itself would take. */
function actionOf(policy: Policy, trial: Trial): Action {
  const chances = policy.actionProbabilities(trial, 0);
  return ACTIONS.reduce((best, action) => (chances[action] > chances[best] ? action : best));
}

function sharesOf(actions: readonly Action[]): Shares {
  const shares = { edge: 0, cloud: 0, check: 0 };
  for (const action of actions) shares[action] += 1 / actions.length;
  return shares;
}
