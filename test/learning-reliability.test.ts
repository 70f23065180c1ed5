// The promise: the calibration curve says what was promised and what came true, of every label exactly once.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { calibrate, IDENTITY, type Calibration } from '../policy/learning/calibration.ts';
import type { CalibrationLabel } from '../policy/learning/labels.ts';
import { reliabilityCurve } from '../policy/learning/reliability.ts';

function label(rawProbability: number, edgeGood: number): CalibrationLabel {
  return { rawProbability, edgeGood, weight: 1 };
}

const labelLists = fc.array(
  fc.record({
    rawProbability: fc.double({ min: 0, max: 1, noNaN: true }),
    edgeGood: fc.constantFrom(0, 0.5, 1),
    weight: fc.constant(1),
  }),
  { maxLength: 200 },
);

const HALVED: Calibration = { type: 'isotonic', points: [{ raw: 0.99, calibrated: 0.495 }] };

it('sets what was promised beside what came true', () => {
  const labels = [label(0.81, 1), label(0.85, 0), label(0.89, 1), label(0.22, 0)];
  expect(reliabilityCurve([{ calibration: IDENTITY, labels }])).toEqual([
    { from: 0.2, to: 0.3, labels: 1, predicted: expect.closeTo(0.22, 9), observed: 0 },
    { from: 0.8, to: 0.9, labels: 3, predicted: expect.closeTo(0.85, 9), observed: expect.closeTo(2 / 3, 9) },
  ]);
});

it('has no bin without a label, and none at all without labels', () => {
  expect([reliabilityCurve([]), reliabilityCurve([{ calibration: IDENTITY, labels: [] }])]).toEqual([[], []]);
});

it('has certainty in the last bin', () => {
  const [bin] = reliabilityCurve([{ calibration: IDENTITY, labels: [label(1, 1)] }]);
  expect([bin?.from, bin?.to, bin?.labels]).toEqual([0.9, 1, 1]);
});

it('puts a label where the calibration of its own model puts it now', () => {
  const found = reliabilityCurve([
    { calibration: HALVED, labels: [label(0.9, 1)] },
    { calibration: IDENTITY, labels: [label(0.9001, 1)] },
  ]);
  expect(found.map(({ from, labels }) => [from, labels])).toEqual([
    [0.4, 1],
    [0.9, 1],
  ]);
});

it('counts every label once, in a bin that holds what was promised, whatever the labels are', () => {
  fc.assert(
    fc.property(labelLists, labelLists, (one, other) => {
      const models = [
        { calibration: IDENTITY, labels: one },
        { calibration: HALVED, labels: other },
      ];
      const bins = reliabilityCurve(models);
      const sum = (value: (bin: (typeof bins)[number]) => number): number =>
        bins.reduce((all, bin) => all + value(bin), 0);
      const all = [...one, ...other];
      const promised = models.flatMap(({ calibration, labels }) =>
        labels.map(({ rawProbability }) => calibrate(calibration, rawProbability)),
      );
      expect(sum(({ labels }) => labels)).toBe(all.length);
      expect(sum(({ labels, observed }) => labels * observed)).toBeCloseTo(
        all.reduce((good, { edgeGood }) => good + edgeGood, 0),
        6,
      );
      expect(sum(({ labels, predicted }) => labels * predicted)).toBeCloseTo(
        promised.reduce((total, p) => total + p, 0),
        6,
      );
      for (const { from, to, predicted } of bins) {
        expect(predicted).toBeGreaterThanOrEqual(from - 1e-9);
        expect(predicted).toBeLessThanOrEqual(to + 1e-9);
      }
    }),
  );
});
