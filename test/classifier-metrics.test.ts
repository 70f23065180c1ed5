// The evaluation's figures follow RouteLLM's definitions; these are the cases that can be worked out by hand.

import { describe, expect, it } from 'vitest';
import {
  auc,
  aucInterval,
  brierInterval,
  calibrationInterval,
  meanInterval,
  shareInterval,
} from '../classifier/train/agreement-metrics.ts';
import { Bootstrap, percentiles } from '../classifier/train/bootstrap.ts';
import {
  apgrInterval,
  apgrLead,
  randomFigures,
  routingFigures,
  routingIntervals,
  singleModelScore,
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

describe('APGR, CPT and the score of half the calls', () => {
  it('are exact for a router that knows', () => {
    const figures = routingFigures(items((index) => -index));
    expect(rounded(figures)).toEqual({ apgr: 0.8, cpt50: 0.2, cpt80: 0.32, score: 1 });
  });

  it('are the diagonal for a router that says nothing', () => {
    expect(rounded(routingFigures(items(() => 1)))).toEqual({
      apgr: 0.5,
      cpt50: 0.5,
      cpt80: 0.8,
      score: 0.8,
    });
  });

  it('are as bad as can be for a router that is always wrong', () => {
    const figures = routingFigures(items((index) => index));
    expect(rounded(figures)).toEqual({ apgr: 0.2, cpt50: 0.8, cpt80: 0.92, score: 0.6 });
  });

  it('serve equal demand in expectation, whatever order the prompts stand in', () => {
    const coarse = items((index) => (index < 5 ? 1 : 0));
    // Four of the first five gain: PGR rises to 1 at c = 1/2 in a straight line, and stays there.
    expect(rounded(routingFigures(coarse))).toEqual({ apgr: 0.75, cpt50: 0.25, cpt80: 0.4, score: 1 });
    expect(routingFigures(coarse.toReversed())).toEqual(routingFigures(coarse));
  });

  it('take the least share that reaches the level, also where the strong model does harm further on', () => {
    const gains = [1, 1, -1, 1];
    const harmful = gains.map((gain, index) => ({ demand: -index, weak: 0.5, strong: 0.5 + gain / 2 }));
    // PGR: 0, 1/2, 1, 1/2, 1 at c = 0, 1/4, 1/2, 3/4, 1.
    expect(rounded(routingFigures(harmful))).toEqual({ apgr: 0.625, cpt50: 0.25, cpt80: 0.4, score: 0.75 });
  });

  it('place single models at the two ends', () => {
    const bootstrap = new Bootstrap(10);
    const score = (model: 'weak' | 'strong'): number =>
      singleModelScore(
        items((index) => index),
        model,
        bootstrap,
      ).value;
    expect([score('weak'), score('strong')]).toEqual([0.6, 1]);
  });

  it('average to the diagonal when lots are drawn', () => {
    const { apgr, cpt80 } = randomFigures(
      items(() => 0),
      4000,
    );
    expect(apgr.value).toBeCloseTo(0.5, 1.5);
    expect([apgr.low < 0.35, apgr.high > 0.65, cpt80.value > 0.6]).toEqual([true, true, true]);
  });
});

describe('intervals', () => {
  it('lie around the value, the same in every run', () => {
    const router = items((index) => -index % 7);
    const interval = apgrInterval(router);
    expect(interval.low).toBeLessThan(interval.value);
    expect(interval.high).toBeGreaterThan(interval.value);
    expect(apgrInterval(router)).toEqual(interval);
    expect(routingIntervals(router, new Bootstrap(10)).apgr).toEqual(interval);
  });

  it('compare two routers on the same draws: a router has no lead over itself', () => {
    const router = items((index) => -index % 7);
    expect(apgrLead(router, router, new Bootstrap(10))).toEqual({ value: 0, low: 0, high: 0 });
  });

  it('leave out resamples that lack a class', () => {
    const judged = [0.2, 0.8, 0.9].map((probability, index) => ({ probability, label: index === 0 ? 0 : 1 }));
    expect(aucInterval(judged, new Bootstrap(3))).toEqual({ value: 1, low: 1, high: 1 });
  });

  it('narrow as a mean does: by the root of the number of prompts', () => {
    const widthOf = (count: number): number => {
      const values = Array.from({ length: count }, (_, index) => index % 2);
      const { low, high } = meanInterval(values, new Bootstrap(count));
      return high - low;
    };
    // 2 × 1.96 × √(1/4 / 400) = 0.098
    expect(widthOf(400)).toBeCloseTo(0.098, 1.8);
    expect(widthOf(100) / widthOf(400)).toBeCloseTo(2, 0);
  });

  it('do not take ten prompts without a failure for a proof that none fails', () => {
    const { value, low, high } = shareInterval(Array.from({ length: 10 }), () => false);
    // Wilson: 1.96² / (10 + 1.96²)
    expect([value, low, Number(high.toFixed(4))]).toEqual([0, 0, 0.2775]);
    expect(shareInterval([1, 2, 3, 4], (each) => each < 3).value).toBe(0.5);
  });

  it('cut the same number of values off at both ends', () => {
    const values = Array.from({ length: 200 }, (_, index) => index);
    expect(percentiles([...values, Number.NaN])).toEqual({ low: 5, high: 194 });
  });
});

describe('agreement with labels', () => {
  const judge = (probabilities: readonly number[], labels: readonly number[]) =>
    probabilities.map((probability, index) => ({ probability, label: labels[index] ?? 0 }));

  it('counts pairs in the right order, ties by half', () => {
    expect(auc(judge([0.1, 0.4, 0.4, 0.9], [0, 1, 0, 1]))).toBeCloseTo((1 + 0.5 + 1 + 1) / 4, 12);
  });

  it('asks of a soft label whether it is at least one half', () => {
    expect(auc(judge([0.1, 0.6, 0.3], [0.49, 0.5, 0.9]))).toBe(1);
  });

  it('measures calibration in fifteen bins that hold equally many prompts', () => {
    // Two prompts a bin: at 0.5 with labels 0 and 1 the bin is right; at 0.9 with labels 0 and 0 it is 0.9 off.
    const right = Array.from({ length: 28 }, (_, index) => ({ probability: 0.5, label: index % 2 }));
    const wrong = judge([0.9, 0.9], [0, 0]);
    const { value } = calibrationInterval([...right, ...wrong], new Bootstrap(30));
    expect(value).toBeCloseTo((2 * 0.9) / 30, 12);
  });

  it('lets errors cancel inside a bin only', () => {
    const spread = judge(
      Array.from({ length: 15 }, (_, index) => index / 15),
      Array.from({ length: 15 }, (_, index) => index / 15 + (index % 2 === 0 ? 0.1 : -0.1)),
    );
    expect(calibrationInterval(spread, new Bootstrap(15)).value).toBeCloseTo(0.1, 12);
  });

  it('scores the squared distance to the soft label', () => {
    expect(brierInterval(judge([0.5, 0.5], [0.5, 0]), new Bootstrap(2)).value).toBe(0.125);
  });
});

function rounded(figures: ReturnType<typeof routingFigures>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, Number(value.toFixed(12))]),
  );
}
