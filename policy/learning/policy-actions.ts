// What a policy does with a logged request, as chances of each action. A policy is a function of what was known before
// the answer: it sees no outcome, no cost and no feedback, or the evaluation would be a prophecy after the fact.

import { calibrate, IDENTITY } from './calibration.ts';
import { adjustedProbability, type CandidatePolicy, targetOf } from './candidate-policy.ts';
import { type KnobQuestion, thresholdFor } from './knob.ts';
import type { TrafficEntry } from './traffic-window.ts';
import { type Action, ACTIONS, type Trial } from './trials.ts';

export type ActionProbabilities = Readonly<Record<Action, number>>;

/** What a trial shows before its outcome. */
export type Known = Pick<Trial, 'rawProbability' | 'probability' | 'threshold' | 'signals'>;

export type Policy = {
  readonly name: string;
  /** What its target comes to on this traffic; the threshold in force in the middle of the log for the logged policy. */
  readonly threshold: number;
  /** `exploration`: how often the log left a decision like this to chance; a policy's own setting wins. */
  readonly actionProbabilities: (known: Known, exploration: number) => ActionProbabilities;
};

/** Where the file says nothing: the deployment's own settings. */
export type PolicyGround = Pick<KnobQuestion, 'prior' | 'typicalCost' | 'cloudQuality'> & {
  readonly band: number;
};

/** A file's policy with its target turned into a threshold on this traffic. */
export function candidateOn(trials: readonly Trial[], file: CandidatePolicy, ground: PolicyGround): Policy {
  const calibration = file.calibration ?? IDENTITY;
  const band = file.band ?? ground.band;
  const threshold = file.threshold ?? targetThreshold(trials, file, ground);
  const actionProbabilities = (known: Known, exploration: number): ActionProbabilities => {
    const plain = plainAction(calibrate(calibration, seen(file, known)), threshold, band);
    return explored(plain, file.exploration ?? exploration);
  };
  return { name: file.name, threshold, actionProbabilities };
}

function targetThreshold(trials: readonly Trial[], file: CandidatePolicy, ground: PolicyGround): number {
  const traffic = trials.map((trial): TrafficEntry => ({
    atMs: trial.atMs,
    rawProbability: seen(file, trial),
    edgeUsd: trial.edgeUsd,
    cloudUsd: trial.cloudUsd,
    shown: trial.action === 'cloud' ? 'cloud' : 'edge',
  }));
  const calibration = file.calibration ?? IDENTITY;
  const target = targetOf(file);
  return thresholdFor({ ...ground, traffic, calibration, target, fixedThreshold: 0, current: null })
    .threshold;
}

/** What the policy calibrates. A file without a calibration goes on with the one that was in force. */
function seen(
  file: CandidatePolicy,
  { rawProbability, probability, signals }: Omit<Known, 'exploration'>,
): number {
  return adjustedProbability(file, file.calibration === undefined ? probability : rawProbability, signals);
}

/** The policy that wrote the log, as its records tell. */
export function loggedPolicy(trials: readonly Trial[], band: number): Policy {
  const thresholds = trials.map(({ threshold }) => threshold).sort((left, right) => left - right);
  return {
    name: 'as logged',
    threshold: thresholds[thresholds.length >> 1] ?? 0,
    actionProbabilities: ({ probability, threshold }, exploration) =>
      explored(plainAction(probability, threshold, band), exploration),
  };
}

/** How often the log's policy left the decision to chance here: half of the draws come out as it had decided anyway. */
export function explorationOf({ action, propensity }: Pick<Trial, 'action' | 'propensity'>): number {
  if (action === 'check') return 1 - propensity;
  return propensity < 0.5 ? 2 * propensity : 2 * (1 - propensity);
}

function plainAction(probability: number, threshold: number, band: number): Action {
  if (band > 0 && Math.abs(probability - threshold) <= band) return 'check';
  return probability >= threshold ? 'edge' : 'cloud';
}

/** A draw takes one of the two tiers, unchecked. */
function explored(plain: Action, exploration: number): ActionProbabilities {
  const chances = { edge: exploration / 2, cloud: exploration / 2, check: 0 };
  for (const action of ACTIONS) if (action === plain) chances[action] += 1 - exploration;
  return chances;
}
