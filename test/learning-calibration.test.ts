// The promise: no labels change nothing, few change little, many bring the probability to what people say; whatever the
// labels are, a safer prompt never becomes the less safe one.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../classifier/train/seeded-random.ts';
import { calibrate, type Calibration, IDENTITY } from '../policy/learning/calibration.ts';
import { brierScore, expectedCalibrationError } from '../policy/learning/calibration-error.ts';
import { fitCalibration } from '../policy/learning/fit-calibration.ts';
import { fitIsotonic } from '../policy/learning/fit-isotonic.ts';
import { fitPlatt } from '../policy/learning/fit-platt.ts';
import { type CalibrationLabel, labelsFor, weighLabels } from '../policy/learning/labels.ts';
import { logitOf, probabilityOf } from '../policy/learning/logit.ts';
import type { FeedbackRecord } from '../protocol/route-record.ts';

const GRID = Array.from({ length: 101 }, (_, at) => at / 100);

function label(rawProbability: number, edgeGood: number, weight = 1): CalibrationLabel {
  return { rawProbability, edgeGood, weight };
}

/** Labels of a model whose true chance is `truth` of the classifier's probability. */
function drawn(count: number, seed: number, truth: (raw: number) => number): readonly CalibrationLabel[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const raw = 0.02 + 0.96 * random();
    return label(raw, random() < truth(raw) ? 1 : 0);
  });
}

function errorAgainst(truth: (raw: number) => number, calibration: Calibration): number {
  return expectedCalibrationError(
    GRID.map((raw) => ({ probability: calibrate(calibration, raw), outcome: truth(raw), weight: 1 })),
  );
}

const shifted = (raw: number): number => probabilityOf(0.9 * logitOf(raw) - 1.2);

describe('a calibration', () => {
  it('from no labels changes nothing', () => {
    expect(fitCalibration([], GRID)).toEqual(IDENTITY);
    expect(GRID.slice(1, -1).map((raw) => calibrate(IDENTITY, raw))).toEqual(GRID.slice(1, -1));
  });

  it('from three labels moves no probability by much', () => {
    const calibration = fitCalibration([label(0.9, 0), label(0.8, 0), label(0.7, 1)], GRID);
    const farthest = Math.max(...GRID.map((raw) => Math.abs(calibrate(calibration, raw) - raw)));
    expect(farthest).toBeGreaterThan(0.02);
    expect(farthest).toBeLessThan(0.25);
  });

  it('from one label is where the label and the prior pull alike', () => {
    // At a logit of 0 the slope says nothing; the intercept b solves σ(b) − 1 + b = 0.
    const calibration = fitPlatt([label(0.5, 1)]);
    expect(calibration).toEqual({
      type: 'platt',
      slope: expect.closeTo(1, 6),
      intercept: expect.closeTo(0.401058, 5),
    });
  });

  it('from 400 labels finds the model that is worse than believed', () => {
    const calibration = fitCalibration(drawn(400, 1, shifted), GRID);
    expect(calibration.type).toBe('platt');
    expect(errorAgainst(shifted, IDENTITY)).toBeGreaterThan(0.15);
    expect(errorAgainst(shifted, calibration)).toBeLessThan(0.04);
  });

  it('follows a bend that no straight line can, once there are enough labels', () => {
    const bent = (raw: number): number => (raw < 0.5 ? 0.1 : raw < 0.8 ? 0.5 : 0.95);
    const labels = drawn(3_000, 2, bent);
    const calibration = fitCalibration(labels, GRID);
    expect(calibration.type).toBe('isotonic');
    expect(errorAgainst(bent, calibration)).toBeLessThan(errorAgainst(bent, fitPlatt(labels)) / 2);
  });

  it('stays a line when the bend is not worth it', () => {
    expect(fitCalibration(drawn(3_000, 3, shifted), GRID).type).toBe('platt');
  });

  it('never turns the order round, even when the labels do', () => {
    const turned = drawn(1_000, 4, (raw) => 1 - raw);
    for (const calibration of [fitPlatt(turned), fitIsotonic(turned), fitCalibration(turned, GRID)]) {
      const values = GRID.map((raw) => calibrate(calibration, raw));
      expect(values).toEqual(values.toSorted((left, right) => left - right));
    }
  });

  it('is finite and rises for any labels at all', () => {
    const labels = fc.array(
      fc.record({
        rawProbability: fc.double({ min: 0, max: 1, noNaN: true }),
        edgeGood: fc.constantFrom(0, 0.5, 1),
        weight: fc.constantFrom(0.5, 1, 4),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(labels, (list) => {
        for (const calibration of [fitPlatt(list), fitIsotonic(list), fitCalibration(list, GRID)]) {
          const values = GRID.map((raw) => calibrate(calibration, raw));
          expect(values.every((value) => value > 0 && value < 1)).toBe(true);
          expect(values).toEqual(values.toSorted((left, right) => left - right));
        }
      }),
      { numRuns: 300, seed: 9 },
    );
  });

  it('survives being stored', () => {
    const calibration = fitIsotonic(drawn(800, 5, shifted));
    expect(JSON.parse(JSON.stringify(calibration))).toEqual(calibration);
  });
});

describe('pooling', () => {
  it('gives the means of the runs that would fall', () => {
    const labels = [label(0.1, 0), label(0.2, 1), label(0.4, 0), label(0.8, 1)];
    expect(fitIsotonic(labels)).toEqual({
      type: 'isotonic',
      points: [
        { raw: 0.1, calibrated: 0 },
        { raw: expect.closeTo(0.3, 12), calibrated: 0.5 },
        { raw: 0.8, calibrated: 1 },
      ],
    });
  });
});

describe('the error of probabilities', () => {
  it('is the gap between mean probability and mean outcome, bin by bin of equal weight', () => {
    const items = Array.from({ length: 20 }, (_, at) => ({
      probability: at < 10 ? 0.2 : 0.9,
      outcome: at < 10 ? (at < 5 ? 0 : 1) : 1,
      weight: 1,
    }));
    // Ten bins of two: five whose mean outcome is away by .2 or .8 from .2, and five away by .1 from .9.
    const low = [0.2, 0.2, 0.3, 0.8, 0.8].reduce((sum, gap) => sum + gap, 0);
    expect(expectedCalibrationError(items)).toBeCloseTo((low + 5 * 0.1) / 10, 12);
  });

  it('counts a weight of two as two', () => {
    const once = [0.3, 0.6, 0.9].map((probability) => ({ probability, outcome: 1, weight: 2 }));
    const twice = once.flatMap((item) => [
      { ...item, weight: 1 },
      { ...item, weight: 1 },
    ]);
    expect(brierScore(once)).toBeCloseTo(brierScore(twice), 12);
    expect(brierScore([])).toBe(0);
    expect(expectedCalibrationError([])).toBe(0);
  });
});

describe('labels', () => {
  const decisions = [
    { id: 'a', edgeModel: 'small', rawProbability: 0.3 },
    { id: 'b', edgeModel: 'small', rawProbability: 0.6 },
    { id: 'c', edgeModel: 'other', rawProbability: 0.9 },
    { id: 'd', edgeModel: 'small', rawProbability: null },
  ];
  const said = (
    id: string,
    kind: FeedbackRecord['kind'],
    edgeGood: number | null,
    atMs = 0,
  ): FeedbackRecord => ({
    id,
    atMs,
    kind,
    reward: edgeGood ?? 1,
    edgeGood,
  });

  it('are of one edge model and of decisions that the classifier saw', () => {
    const feedback = decisions.map(({ id }) => said(id, 'thumbs', 1));
    expect(labelsFor('small', decisions, feedback)).toEqual([label(0.3, 1), label(0.6, 1)]);
  });

  it('a later word replaces an earlier one, and a clear one a guess', () => {
    const feedback = [
      said('a', 'thumbs', 1, 2),
      said('a', 'thumbs', 0, 1),
      said('a', 'regenerate', 0, 3),
      said('b', 'judge', 0, 9),
      said('b', 'preferred_tier', 1, 1),
    ];
    expect(labelsFor('small', decisions, feedback)).toEqual([label(0.3, 1), label(0.6, 1)]);
  });

  it('asking again counts half, and what says nothing of the edge counts nothing', () => {
    const feedback = [said('a', 'regenerate', 0), said('b', 'thumbs', null)];
    expect(labelsFor('small', decisions, feedback)).toEqual([label(0.3, 0, 0.5)]);
  });

  it('that stand for the traffic alike keep their weight', () => {
    const labels = GRID.map((raw) => label(raw, 1, 0.5));
    const weights = weighLabels(labels, GRID).map(({ weight }) => weight.toFixed(2));
    expect(new Set(weights)).toEqual(new Set(['0.50']));
  });

  it('of rarely labelled traffic weigh more, all together never more than there are', () => {
    const labels = [
      ...Array.from({ length: 950 }, () => label(0.95, 1)),
      ...Array.from({ length: 50 }, () => label(0.15, 0)),
    ];
    const weighted = weighLabels(labels, GRID);
    const [often, rarely] = [weighted[0]?.weight ?? 0, weighted.at(-1)?.weight ?? 0];
    expect(rarely / often).toBeGreaterThan(2);
    expect(weighted.reduce((sum, { weight }) => sum + weight, 0)).toBeLessThan(labels.length);
  });

  it('of traffic that is gone still count a little', () => {
    const gone = GRID.map(() => 0.9);
    const weights = weighLabels([label(0.2, 0), label(0.9, 1)], gone).map(({ weight }) => weight);
    expect(Math.min(...weights)).toBeGreaterThan(0.2);
  });

  it('few of them are not weighed up much: that would be mostly noise', () => {
    const labels = [...Array.from({ length: 19 }, () => label(0.95, 1)), label(0.15, 0)];
    const weighted = weighLabels(labels, GRID);
    expect((weighted.at(-1)?.weight ?? 0) / (weighted[0]?.weight ?? 1)).toBeLessThan(1.1);
  });
});
