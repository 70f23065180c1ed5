// What reward and what cost an action would probably have had: the model half of the doubly robust estimate. It may be
// wrong without biasing that estimate, which corrects it by what was really seen; the better it is, the less noise.
// Cross-fitted: a trial's prediction comes from a model that has not seen it.

import { fitLogisticRidge, predict, type RegressionRow } from './logistic-ridge.ts';
import { logitOf } from './logit.ts';
import type { Action, Trial } from './trials.ts';

const FOLDS = 5;

export type Opinion = Readonly<Record<Action, number>>;

/** One prediction for each trial, in their order. */
export function predictedRewards(trials: readonly Trial[]): readonly Opinion[] {
  const rows = trials.map((trial) => observedRows(trial));
  const models = Array.from({ length: FOLDS }, (_, fold) => {
    const seen = rows.flatMap((list, index) => (index % FOLDS === fold ? [] : list));
    return fitLogisticRidge(seen, FEATURES);
  });
  return trials.map((trial, index) => {
    const weights = models[index % FOLDS] ?? [];
    const about = (action: Action): number => predict(weights, featuresOf(trial, action));
    return { edge: about('edge'), cloud: about('cloud'), check: about('check') };
  });
}

/** The estimate made when it was decided, times how far such estimates were off. A checked draft may pay both. */
export function predictedCosts(trials: readonly Trial[]): (trial: Trial) => Opinion {
  const estimated = { edge: 0, cloud: 0, check: 0 };
  const paid = { edge: 0, cloud: 0, check: 0 };
  for (const trial of trials) {
    estimated[trial.action] += estimatedUsd(trial, trial.action);
    paid[trial.action] += trial.costUsd;
  }
  const predicted = (trial: Trial, action: Action): number =>
    (estimated[action] > 0 ? paid[action] / estimated[action] : 1) * estimatedUsd(trial, action);
  return (trial) => ({
    edge: predicted(trial, 'edge'),
    cloud: predicted(trial, 'cloud'),
    check: predicted(trial, 'check'),
  });
}

function estimatedUsd({ edgeUsd, cloudUsd }: Trial, action: Action): number {
  switch (action) {
    case 'edge':
      return edgeUsd;
    case 'cloud':
      return cloudUsd;
    case 'check':
      return edgeUsd + cloudUsd;
  }
}

const FEATURES = 8;

/** The probability and what spoke against the edge, each by action: tiers differ in level and in slope. */
function featuresOf({ rawProbability, signals }: Trial, action: Action): readonly number[] {
  const logit = logitOf(rawProbability);
  const against = signals.reduce((sum, { weight }) => sum + Math.min(0, weight), 0);
  const [isCloud, isCheck] = [action === 'cloud' ? 1 : 0, action === 'check' ? 1 : 0];
  return [1, logit, against, isCloud, isCloud * logit, isCloud * against, isCheck, isCheck * logit];
}

function observedRows(trial: Trial): readonly RegressionRow[] {
  const { action, reward, judgedEdge } = trial;
  const rows: RegressionRow[] = [];
  if (reward !== null)
    rows.push({ features: featuresOf(trial, action), outcome: reward.value, weight: reward.weight });
  if (judgedEdge !== null) rows.push({ features: featuresOf(trial, 'edge'), outcome: judgedEdge, weight: 1 });
  return rows;
}
