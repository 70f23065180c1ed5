// Months of simulated traffic, played through calibration, evaluation, knob and drift, and held against the truth that
// only the simulator knows. Used by the test of learning and by `npm run simulate:month`, so that both say the same.

import { seededRandom } from '../../classifier/train/seeded-random.ts';
import { calibrate, type Calibration, IDENTITY } from '../../policy/learning/calibration.ts';
import type { CandidatePolicy } from '../../policy/learning/candidate-policy.ts';
import { expectedCalibrationError } from '../../policy/learning/calibration-error.ts';
import { type DriftLevel, driftOf } from '../../policy/learning/drift.ts';
import { evidenceOf } from '../../policy/learning/evidence.ts';
import { fitCalibration } from '../../policy/learning/fit-calibration.ts';
import { thresholdFor } from '../../policy/learning/knob.ts';
import { labelsFor } from '../../policy/learning/labels.ts';
import { evaluatePolicies, usdPerGoodAnswer } from '../../policy/learning/off-policy.ts';
import {
  candidateOn,
  loggedPolicy,
  type Policy,
  type PolicyGround,
} from '../../policy/learning/policy-actions.ts';
import { judgePromotion, type Verdict } from '../../policy/learning/promotion.ts';
import { MAX_ENTRIES, type TrafficEntry, trafficEntryOf } from '../../policy/learning/traffic-window.ts';
import { trialsOf } from '../../policy/learning/trials.ts';
import {
  COST_PER_ESTIMATE,
  DRIFTED_MIX,
  EVERYDAY_MIX,
  type Month,
  PLAIN_MONTH,
  simulateTraffic,
  type SimulatedTraffic,
} from './traffic-simulator.ts';

/** The edge model is worse than the classifier believes; people and a judge tell. */
export const OVERRATED_EDGE: Omit<Month, 'seed'> = {
  ...PLAIN_MONTH,
  edge: { slope: 0.85, intercept: -1.6 },
};

/** It is better than the classifier believes. */
export const UNDERRATED_EDGE: Omit<Month, 'seed'> = { ...PLAIN_MONTH, edge: { slope: 1, intercept: 1.5 } };

const CALIBRATION_LABELS = 200;

/** The error is taken from every so many records: truth has little noise, and thousands are plenty. */
const EVERY = 10;

const GROUND: PolicyGround = {
  band: 0,
  prior: [],
  typicalCost: { edgeUsd: 0, cloudUsd: 0 },
  cloudQuality: 1,
};

export type CalibrationPlay = {
  /** Expected calibration error over the whole month's traffic, against the true chances. */
  readonly before: number;
  readonly after: number;
  readonly calibration: Calibration;
};

/**
 * The first 200 labels about the edge, and the first of the traffic, fitted as the product fits them. People speak of what
 * the edge answered only; a judge's samples are taken from everything.
 */
export function playCalibration(
  { records, feedback, truth }: SimulatedTraffic,
  by: 'people' | 'people and judge' = 'people',
): CalibrationPlay {
  const said = feedback.filter(
    ({ kind, edgeGood }) => edgeGood !== null && (by === 'people and judge' || kind !== 'judge'),
  );
  const labels = labelsFor('edge', records, said.slice(0, CALIBRATION_LABELS));
  const known = records.slice(0, MAX_ENTRIES).map(({ rawProbability }) => rawProbability ?? 0);
  const calibration = fitCalibration(labels, known);
  const errorOf = (used: Calibration): number =>
    expectedCalibrationError(
      records.flatMap(({ rawProbability }, index) => {
        if (index % EVERY !== 0) return [];
        const probability = calibrate(used, rawProbability ?? 0);
        return [{ probability, outcome: truth[index]?.edge ?? 0, weight: 1 }];
      }),
    );
  return { before: errorOf(IDENTITY), after: errorOf(calibration), calibration };
}

export type PolicyPlay = {
  readonly name: string;
  /** What the candidate would truly have gained, in the evaluation's own value. */
  readonly gain: number;
  readonly estimated: number;
  readonly low: number;
  readonly high: number;
  readonly verdict: Verdict;
};

/** Evaluates the calibrated policy and one for each threshold, all from the month's log alone. */
export function playPolicies(
  traffic: SimulatedTraffic,
  calibration: Calibration,
  thresholds: readonly number[],
): readonly PolicyPlay[] {
  const trials = trialsOf(traffic.records, traffic.feedback);
  const evidence = evidenceOf(trials);
  const current = loggedPolicy(trials, GROUND.band);
  const usdPerGood = usdPerGoodAnswer(evidence, current, GROUND.cloudQuality);
  const files: readonly CandidatePolicy[] = [
    { name: 'calibrated', threshold: current.threshold, calibration },
    ...thresholds.map((threshold) => ({ name: `threshold ${threshold}`, threshold })),
  ];
  return files.map((file) => {
    const candidate = candidateOn(trials, file, GROUND);
    const question = { evidence, candidate, current, usdPerGood, random: seededRandom(1) };
    const evaluation = evaluatePolicies(question);
    const { value, low, high } = evaluation.estimates.dr.difference.value;
    const gain = trueGain(traffic, candidate, current, usdPerGood);
    return { name: file.name, gain, estimated: value, low, high, verdict: judgePromotion(evaluation) };
  });
}

function trueGain(
  { records, truth }: SimulatedTraffic,
  candidate: Policy,
  current: Policy,
  usdPerGood: number,
): number {
  let sum = 0;
  for (const [index, record] of records.entries()) {
    const [{ rawProbability, probability }, true_] = [record, truth[index]];
    if (rawProbability === null || probability === null || true_ === undefined) continue;
    const known = { rawProbability, probability, threshold: record.threshold, signals: record.signals };
    const exploration = record.propensity < 0.5 ? 2 * record.propensity : 2 * (1 - record.propensity);
    const [ours, theirs] = [candidate, current].map((policy) =>
      policy.actionProbabilities(known, exploration),
    );
    if (ours === undefined || theirs === undefined) continue;
    for (const { tier, costUsd } of record.arms) {
      const worth = true_[tier] - (COST_PER_ESTIMATE * costUsd) / usdPerGood;
      sum += (ours[tier] - theirs[tier]) * worth;
    }
  }
  return sum / records.length;
}

export type KnobPlay = {
  readonly week: number;
  /** Of the decisions of that week, those that went to the cloud by the threshold in force. */
  readonly cloudShare: number;
  /** The largest distance, at any update, between the target and the share of the rolling traffic. */
  readonly farthest: number;
  readonly moves: number;
};

/** The product asks for a new threshold about once a minute; at this traffic that is every few decisions. */
const UPDATE_EVERY = 50;

/** A target of cloud over four weeks in which the mix changes day by day; the knob sees the rolling traffic only. */
export function playKnob(seed: number, target: number): readonly KnobPlay[] {
  const days = 28;
  const mixOn = (day: number): readonly number[] =>
    EVERYDAY_MIX.map((share, kind) => share + ((DRIFTED_MIX[kind] ?? share) - share) * (day / days));
  const { records } = simulateTraffic({ ...PLAIN_MONTH, seed, days, mixOn });
  const entries = records.flatMap((record) => trafficEntryOf(record) ?? []);
  let current: number | null = null;
  const weeks = Array.from({ length: 4 }, () => ({ cloud: 0, all: 0, farthest: 0, moves: 0 }));
  for (const [index, { rawProbability }] of entries.entries()) {
    const week = weeks[Math.floor((4 * index) / entries.length)];
    if (week === undefined) continue;
    if (index >= MAX_ENTRIES && index % UPDATE_EVERY === 0) {
      const setting = setKnob(entries.slice(index - MAX_ENTRIES, index), target, current);
      week.farthest = Math.max(week.farthest, Math.abs(setting.expected.cloudShare - target));
      if (current !== null && setting.threshold !== current) week.moves += 1;
      current = setting.threshold;
    }
    if (current === null) continue;
    week.all += 1;
    if (rawProbability < current) week.cloud += 1;
  }
  return weeks.map(({ cloud, all, farthest, moves }, week) => ({
    week: week + 1,
    cloudShare: cloud / all,
    farthest,
    moves,
  }));
}

function setKnob(traffic: readonly TrafficEntry[], target: number, current: number | null) {
  return thresholdFor({
    ...GROUND,
    target: { type: 'cloud_share', value: target },
    fixedThreshold: 0.5,
    calibration: IDENTITY,
    traffic,
    current,
  });
}

export type DriftPlay = { readonly week: number; readonly psi: number; readonly level: DriftLevel };

/** Four weeks against the tenant's own first one; in the last of them the mix is another. */
export function playDrift(seed: number): readonly DriftPlay[] {
  const mixOn = (day: number): readonly number[] => (day < 28 ? EVERYDAY_MIX : DRIFTED_MIX);
  const { records } = simulateTraffic({ ...PLAIN_MONTH, seed, days: 35, perDay: 300, mixOn });
  const weekOf = (week: number): readonly number[] =>
    records.slice(week * 2_100, (week + 1) * 2_100).map(({ rawProbability }) => rawProbability ?? 0);
  return [1, 2, 3, 4].map((week) => {
    const { psi, level } = driftOf(weekOf(0), weekOf(week).slice(-MAX_ENTRIES));
    return { week, psi: psi ?? 0, level };
  });
}
