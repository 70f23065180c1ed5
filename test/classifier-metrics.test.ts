// The evaluation's figures follow RouteLLM's definitions; these are the cases that can be worked out by hand.

import { describe, expect, it } from 'vitest';
import {
  apgrInterval,
  aucInterval,
  calibrationError,
  routingFigures,
  type RoutingItem,
} from '../classifier/train/routing-metrics.ts';

/** Ten prompts: the strong model is better on the first four, equal on the rest. */
function items(demandOf: (index: number) => number): readonly RoutingItem[] {
  return Array.from({ length: 10 }, (_, index) => ({
    demand: demandOf(index),
    weak: index < 4 ? 0 : 1,
    strong: 1,
  }));
}

describe('APGR and CPT', () => {
  it('are exact for a router that knows', () => {
    const { apgr, cpt50, cpt80 } = routingFigures(items((index) => -index));
    expect(apgr).toBeCloseTo(0.8, 12);
    expect(cpt50).toBeCloseTo(0.2, 12);
    expect(cpt80).toBeCloseTo(0.32, 12);
  });

  it('are a half and the diagonal for a router that says nothing', () => {
    const { apgr, cpt50, cpt80 } = routingFigures(items(() => 1));
    expect([apgr, cpt50, cpt80].map((figure) => Number(figure.toFixed(12)))).toEqual([0.5, 0.5, 0.8]);
  });

  it('are as bad as can be for a router that is always wrong', () => {
    expect(routingFigures(items((index) => index)).apgr).toBeCloseTo(0.2, 12);
  });

  it('have an interval around the value, the same in every run', () => {
    const router = items((index) => -index % 7);
    const interval = apgrInterval(router);
    expect(interval.low).toBeLessThan(interval.value);
    expect(interval.high).toBeGreaterThan(interval.value);
    expect(apgrInterval(router)).toEqual(interval);
  });
});

describe('AUC and calibration error', () => {
  it('count pairs in the right order, ties by half', () => {
    const judged = [0.1, 0.4, 0.4, 0.9].map((probability, index) => ({ probability, label: index % 2 }));
    expect(aucInterval(judged).value).toBeCloseTo((1 + 1 + 0.5 + 1) / 4, 12);
  });

  it('compare the mean probability with the mean label, bin by bin', () => {
    const judged = [
      { probability: 0.9, label: 1 },
      { probability: 0.92, label: 0 },
      { probability: 0.1, label: 0 },
      { probability: 0.15, label: 0 },
    ];
    expect(calibrationError(judged)).toBeCloseTo((0.82 + 0.25) / 4, 12);
  });
});
