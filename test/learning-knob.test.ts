// The knob's promise: the threshold gives what was asked for on the tenant's own traffic, comes nearest where that cannot
// be, never moves the wrong way, and stands still while nothing has changed.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../classifier/train/seeded-random.ts';
import { calibrate, IDENTITY } from '../policy/learning/calibration.ts';
import { type KnobQuestion, thresholdFor } from '../policy/learning/knob.ts';
import type { TrafficEntry } from '../policy/learning/traffic-window.ts';
import type { RouteTarget } from '../protocol/route.ts';

/** Sums of a thousand costs miss by less. */
const ROUNDING = 1e-9;

const PRIOR = Array.from({ length: 101 }, (_, at) => at / 100);

function entry(rawProbability: number, edgeUsd = 0.001, cloudUsd = 0.01): TrafficEntry {
  return { atMs: 0, rawProbability, edgeUsd, cloudUsd, shown: 'edge' };
}

/** Probabilities 0.0005, 0.0015 … 0.9995. */
const EVEN = Array.from({ length: 1_000 }, (_, at) => entry((at + 0.5) / 1_000));

function question(target: RouteTarget, traffic: readonly TrafficEntry[] = EVEN): KnobQuestion {
  return {
    target,
    traffic,
    fixedThreshold: 0.58,
    current: null,
    calibration: IDENTITY,
    prior: PRIOR,
    typicalCost: { edgeUsd: 0.001, cloudUsd: 0.01 },
    cloudQuality: 1,
  };
}

describe('on traffic of all probabilities alike', () => {
  it('a share of the cloud is the quantile', () => {
    const { threshold, basis, expected } = thresholdFor(question({ type: 'cloud_share', value: 0.3 }));
    expect({ threshold: threshold.toFixed(3), basis, share: expected.cloudShare }).toEqual({
      threshold: '0.300',
      basis: 'traffic',
      share: 0.3,
    });
  });

  it('a quality is reached with the least cloud that reaches it', () => {
    // With the share s in the cloud the quality is s + (1 − s²) / 2: 0.92 at s = 0.6.
    const setting = thresholdFor(question({ type: 'quality', value: 0.92 }));
    expect(setting.expected.quality).toBeGreaterThanOrEqual(0.92);
    expect(setting.expected.cloudShare).toBeCloseTo(0.6, 2);
  });

  it('a limit of money buys as much quality as it can and not a cent more', () => {
    const { expected } = thresholdFor(question({ type: 'max_usd_per_1k', value: 5.5 }));
    expect(expected.usdPer1k).toBeLessThan(5.5 + ROUNDING);
    expect(expected.cloudShare).toBeCloseTo(0.5, 2);
  });

  it('a fixed threshold stays what it is, and says what it gives', () => {
    const { threshold, basis, expected } = thresholdFor(question({ type: 'fixed' }));
    expect([threshold, basis, expected.cloudShare]).toEqual([0.58, 'fixed', 0.58]);
  });

  it('all or nothing are possible', () => {
    const all = thresholdFor(question({ type: 'cloud_share', value: 1 }));
    const nothing = thresholdFor(question({ type: 'cloud_share', value: 0 }));
    expect([all.threshold, all.expected.cloudShare]).toEqual([1, 1]);
    expect([nothing.threshold, nothing.expected.cloudShare]).toEqual([0, 0]);
  });
});

describe('a target out of reach', () => {
  it('of quality gives the best there is, and says so', () => {
    const asked = { ...question({ type: 'quality', value: 0.99 }), cloudQuality: 0.9 };
    const { isReachable, expected } = thresholdFor(asked);
    expect(isReachable).toBe(false);
    // Where the edge is surer than the cloud, the edge is better.
    expect(expected.cloudShare).toBeCloseTo(0.9, 2);
  });

  it('of money gives the cheapest, and says so', () => {
    const { isReachable, threshold } = thresholdFor(question({ type: 'max_usd_per_1k', value: 0.5 }));
    expect([isReachable, threshold]).toEqual([false, 0]);
  });

  it('of a share that lies inside a run of equal probabilities gives the nearer end', () => {
    const lumps = [
      ...Array.from({ length: 400 }, () => entry(0.3)),
      ...Array.from({ length: 600 }, () => entry(0.8)),
    ];
    const settings = [0.1, 0.25, 0.6, 0.9].map((value) => {
      const { threshold, expected, isReachable } = thresholdFor(
        question({ type: 'cloud_share', value }, lumps),
      );
      return [threshold.toFixed(2), expected.cloudShare, isReachable];
    });
    expect(settings).toEqual([
      ['0.00', 0, false],
      ['0.55', 0.4, false],
      ['0.55', 0.4, false],
      ['1.00', 1, false],
    ]);
  });
});

describe('with little traffic', () => {
  it('none at all leaves the classifier’s own mix', () => {
    const { threshold, basis } = thresholdFor(question({ type: 'cloud_share', value: 0.25 }, []));
    expect(basis).toBe('prior');
    expect(threshold).toBeCloseTo(0.25, 1);
  });

  it('the traffic counts the more the more there is', () => {
    const shares = [0, 50, 100, 150, 199, 200].map((count) => {
      const low = Array.from({ length: count }, (_, at) => entry(0.1 + (0.1 * at) / count));
      return thresholdFor(question({ type: 'cloud_share', value: 0.5 }, low));
    });
    const thresholds = shares.map(({ threshold }) => threshold);
    expect(thresholds).toEqual(thresholds.toSorted((left, right) => right - left));
    expect(thresholds[0]).toBeCloseTo(0.5, 1);
    expect(thresholds.at(-1)).toBeCloseTo(0.15, 2);
    expect(shares.map(({ basis }) => basis)).toEqual([
      'prior',
      'prior',
      'prior',
      'prior',
      'prior',
      'traffic',
    ]);
  });

  it('neither traffic nor a mix is a mistake of the caller', () => {
    const nothing = { ...question({ type: 'cloud_share', value: 0.5 }, []), prior: [] };
    expect(() => thresholdFor(nothing)).toThrow(RangeError);
  });
});

describe('steadiness', () => {
  it('a threshold stays while it would move the share by less than a point', () => {
    const random = seededRandom(3);
    let current: number | null = null;
    let moves = 0;
    for (let round = 0; round < 50; round += 1) {
      const traffic = Array.from({ length: 2_000 }, (_, at) => entry((at + 8 * random()) / 2_008));
      const { threshold } = thresholdFor({
        ...question({ type: 'cloud_share', value: 0.4 }, traffic),
        current,
      });
      if (threshold !== current) moves += 1;
      current = threshold;
    }
    expect(moves).toBe(1);
  });

  it('a threshold that breaks a limit is not kept for the sake of calm', () => {
    const asked = question({ type: 'max_usd_per_1k', value: 5.5 });
    const { threshold, expected } = thresholdFor({ ...asked, current: 0.502 });
    expect(threshold).not.toBe(0.502);
    expect(expected.usdPer1k).toBeLessThan(5.5 + ROUNDING);
  });
});

describe('whatever the traffic', () => {
  const probability = fc.integer({ min: 0, max: 40 }).map((step) => step / 40);
  const anyEntry = fc
    .record({ probability, edge: fc.integer({ min: 0, max: 5 }), extra: fc.integer({ min: 1, max: 20 }) })
    .map((drawn) => entry(drawn.probability, drawn.edge / 1_000, (drawn.edge + drawn.extra) / 1_000));
  const entries = fc.array(anyEntry, { minLength: 1, maxLength: 300 });
  const enough = fc.array(anyEntry, { minLength: 200, maxLength: 300 });

  it.each(['cloud_share', 'quality', 'max_usd_per_1k'] as const)(
    'asking for more %s never lowers the share of the cloud, and the answer is always the same',
    (type) => {
      fc.assert(
        fc.property(
          entries,
          fc.integer({ min: 0, max: 30 }),
          fc.integer({ min: 0, max: 30 }),
          (traffic, one, two) => {
            const [less, more] = [Math.min(one, two) / 30, Math.max(one, two) / 30];
            const scale = type === 'max_usd_per_1k' ? 25 : 1;
            const ask = (value: number) =>
              thresholdFor(question({ type, value: scale * value + 0.001 }, traffic));
            const [low, high] = [ask(less), ask(more)];
            expect(ask(less)).toEqual(low);
            expect(high.expected.cloudShare).toBeGreaterThanOrEqual(low.expected.cloudShare);
          },
        ),
        { numRuns: 300, seed: 11 },
      );
    },
  );

  it('what is expected is what the threshold gives on that traffic', () => {
    fc.assert(
      fc.property(enough, fc.integer({ min: 0, max: 10 }), (traffic, tenth) => {
        const { threshold, expected } = thresholdFor(
          question({ type: 'cloud_share', value: tenth / 10 }, traffic),
        );
        const cloud = traffic.filter(({ rawProbability }) => calibrate(IDENTITY, rawProbability) < threshold);
        const edge = traffic.filter((each) => !cloud.includes(each));
        const usd =
          cloud.reduce((sum, { cloudUsd }) => sum + cloudUsd, 0) +
          edge.reduce((sum, { edgeUsd }) => sum + edgeUsd, 0);
        expect(expected.cloudShare).toBeCloseTo(cloud.length / traffic.length, 9);
        expect(expected.usdPer1k).toBeCloseTo((1_000 * usd) / traffic.length, 9);
      }),
      { numRuns: 50, seed: 5 },
    );
  });
});
