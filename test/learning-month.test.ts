// The promise of learning, against known truth: feedback calibrates a model that the classifier misjudges, a better policy
// is promoted, a worse one is not, the knob holds its share while the mix changes, and drift is noticed and not imagined.
// `npm run simulate:month` prints the same figures for any number of months.

import { beforeAll, describe, expect, it } from 'vitest';
import {
  type CalibrationPlay,
  OVERRATED_EDGE,
  playCalibration,
  playDrift,
  playKnob,
  playPolicies,
  type PolicyPlay,
  UNDERRATED_EDGE,
} from './support/simulated-month.ts';
import { simulateTraffic } from './support/traffic-simulator.ts';

const MONTHS = 50;

type Played = { readonly calibration: CalibrationPlay; readonly policies: readonly PolicyPlay[] };

/** Every other month has an edge model better than believed. */
function play(seed: number): Played {
  const [world, worse] = seed % 2 === 0 ? [UNDERRATED_EDGE, 0.8] : [OVERRATED_EDGE, 0.45];
  const traffic = simulateTraffic({ ...world, seed });
  const calibration = playCalibration(traffic);
  return { calibration, policies: playPolicies(traffic, calibration.calibration, [worse]) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('fifty simulated months', () => {
  let months: readonly Played[] = [];

  beforeAll(() => {
    months = Array.from({ length: MONTHS }, (_, at) => play(at + 1));
  }, 300_000);

  const promotedShare = (plays: readonly PolicyPlay[]): number =>
    plays.filter(({ verdict }) => verdict.type === 'promote').length / plays.length;

  it('200 labels bring the calibration error of an edge model worse than believed to 0.05 and below', () => {
    const overrated = months.filter((_, at) => at % 2 === 0).map(({ calibration }) => calibration);
    expect(mean(overrated.map(({ before }) => before))).toBeGreaterThan(0.2);
    expect(mean(overrated.map(({ after }) => after))).toBeLessThanOrEqual(0.05);
    expect(overrated.filter(({ after }) => after <= 0.05).length).toBeGreaterThanOrEqual(
      0.8 * overrated.length,
    );
  });

  it('200 labels never make the calibration worse', () => {
    expect(months.filter(({ calibration: { before, after } }) => after >= before)).toEqual([]);
  });

  it('a policy that truly loses is promoted in at most 5 % of the months', () => {
    const worse = months.flatMap(({ policies }) => policies.filter(({ gain }) => gain < 0));
    expect(worse).toHaveLength(MONTHS);
    expect(promotedShare(worse)).toBeLessThanOrEqual(0.05);
  });

  it('the calibrated policy, which truly gains, is promoted in at least 80 % of the months', () => {
    const better = months.flatMap(({ policies }) => policies.filter(({ gain }) => gain > 0.02));
    expect(better.length).toBeGreaterThanOrEqual(0.9 * MONTHS);
    expect(promotedShare(better)).toBeGreaterThanOrEqual(0.8);
  });

  it('the interval of the difference holds the truth about as often as it says', () => {
    const plays = months.flatMap(({ policies }) => policies);
    const held = plays.filter(({ low, gain, high }) => low <= gain && gain <= high);
    expect(held.length).toBeGreaterThanOrEqual(0.88 * plays.length);
  });
});

describe('a month in which the mix of prompts changes day by day', () => {
  it('the knob keeps every week within two points of the target share of the cloud', () => {
    const weeks = [1, 2, 3].flatMap((seed) => playKnob(seed, 0.4));
    expect(weeks).toHaveLength(12);
    expect(Math.max(...weeks.map(({ cloudShare }) => Math.abs(cloudShare - 0.4)))).toBeLessThanOrEqual(0.02);
    expect(Math.max(...weeks.map(({ farthest }) => farthest))).toBeLessThanOrEqual(0.02);
  });

  it('the threshold moves, but rarely', () => {
    const moves = playKnob(1, 0.4).reduce((sum, week) => sum + week.moves, 0);
    expect(moves).toBeGreaterThan(10);
    expect(moves).toBeLessThan(80);
  });
});

describe('weeks of which the last has another mix', () => {
  it('raise the alarm in that week and are stable in the others', () => {
    const levels = [1, 2, 3, 4, 5].map((seed) => playDrift(seed).map(({ level }) => level));
    expect(new Set(levels.map((weeks) => weeks.join(' ')))).toEqual(new Set(['stable stable stable alarm']));
  });
});
