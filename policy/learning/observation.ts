// What is known of the reward of an action on a trial, and the chance that it would be known: the weights of every
// estimate. A reward is known when the action was taken and somebody spoke; the edge's also when a judge saw it behind a
// cloud answer. How often people speak is counted by action and by quarter of the probabilities, and assumed not to
// depend on the answer otherwise: if people complain more readily than they praise, all rewards are too low alike.

import type { Action, Trial } from './trials.ts';

export type Observation = { readonly action: Action; readonly value: number; readonly weight: number };

const QUARTERS = 4;

/** Counts as if so many more had spoken as often as everybody who got this action. */
const SHRINKAGE = 5;

type Tally = { trials: number; spoken: number };

export class ObservationChances {
  readonly #edges: readonly number[];
  readonly #spoken: Readonly<Record<Action, readonly Tally[]>>;
  readonly #judged: readonly Tally[];

  constructor(trials: readonly Trial[]) {
    const sorted = trials.map(({ rawProbability }) => rawProbability).sort((left, right) => left - right);
    this.#edges = [0.25, 0.5, 0.75].map((share) => sorted[Math.floor(share * sorted.length)] ?? 1);
    this.#spoken = { edge: newTallies(), cloud: newTallies(), check: newTallies() };
    this.#judged = newTallies();
    for (const trial of trials) {
      const quarter = this.#quarterOf(trial);
      count(this.#spoken[trial.action][quarter], trial.reward?.weight ?? 0);
      if (trial.action === 'cloud') count(this.#judged[quarter], trial.judgedEdge === null ? 0 : 1);
    }
  }

  /** What is known here, each weighted by one over the chance of knowing it. */
  observations(trial: Trial): readonly Observation[] {
    const known: Observation[] = [];
    const { action, reward, judgedEdge } = trial;
    if (reward !== null) known.push(this.#observation(trial, action, reward.value, reward.weight));
    if (judgedEdge !== null) known.push(this.#observation(trial, 'edge', judgedEdge, 1));
    return known;
  }

  #observation(trial: Trial, action: Action, value: number, weight: number): Observation {
    return { action, value, weight: weight / this.#chance(trial, action) };
  }

  #chance(trial: Trial, action: Action): number {
    const quarter = this.#quarterOf(trial);
    const taken = chanceOf(trial, action) * rate(this.#spoken[action], quarter);
    return action === 'edge' ? taken + chanceOf(trial, 'cloud') * rate(this.#judged, quarter) : taken;
  }

  #quarterOf({ rawProbability }: Trial): number {
    return this.#edges.filter((edge) => edge <= rawProbability).length;
  }
}

/** Chance that the log's policy takes this action here. Of an unchecked trial the rest belongs to the other tier. */
function chanceOf({ action: taken, propensity }: Trial, action: Action): number {
  if (action === taken) return propensity;
  if (action === 'check') return 0;
  return taken === 'check' ? (1 - propensity) / 2 : 1 - propensity;
}

function newTallies(): readonly Tally[] {
  return Array.from({ length: QUARTERS }, () => ({ trials: 0, spoken: 0 }));
}

function count(tally: Tally | undefined, spoken: number): void {
  if (tally === undefined) return;
  tally.trials += 1;
  tally.spoken += spoken;
}

function rate(tallies: readonly Tally[], quarter: number): number {
  const all = tallies.reduce((sum, { trials }) => sum + trials, 0);
  const overall = all === 0 ? 0 : tallies.reduce((sum, { spoken }) => sum + spoken, 0) / all;
  const { trials, spoken } = tallies[quarter] ?? { trials: 0, spoken: 0 };
  return (spoken + SHRINKAGE * overall) / (trials + SHRINKAGE);
}
