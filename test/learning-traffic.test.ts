// What is kept of a tenant's traffic is bounded, survives being stored, and counts only decisions that the probability had
// a say in; drift is seen where it is, and nowhere else.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../classifier/train/seeded-random.ts';
import { driftOf } from '../policy/learning/drift.ts';
import {
  MAX_ENTRIES,
  type TrafficEntry,
  trafficEntryOf,
  TrafficWindow,
} from '../policy/learning/traffic-window.ts';
import type { DecisionStage } from '../protocol/route.ts';
import { routeRecord } from './support/plain-record.ts';

const DAY_MS = 86_400_000;

function entry(atMs: number, rawProbability = 0.5): TrafficEntry {
  return { atMs, rawProbability, edgeUsd: 0.001, cloudUsd: 0.01, shown: 'edge' };
}

function windowOf(entries: readonly TrafficEntry[]): TrafficWindow {
  const window = new TrafficWindow();
  for (const each of entries) window.add(each);
  return window;
}

describe('the traffic of the knob', () => {
  it('is what the classifier, a draw or a check decided', () => {
    const stages: readonly DecisionStage[] = [
      'gate',
      'rule',
      'conversation',
      'classifier',
      'exploration',
      'answer_check',
    ];
    const counted = stages.filter((stage) => trafficEntryOf(routeRecord({ stage })) !== null);
    expect(counted).toEqual(['classifier', 'exploration', 'answer_check']);
  });

  it('is nothing that had no probability or no other arm', () => {
    const { arms } = routeRecord({});
    expect(trafficEntryOf(routeRecord({ rawProbability: null }))).toBeNull();
    expect(trafficEntryOf(routeRecord({ arms: arms.slice(0, 1) }))).toBeNull();
  });

  it('is ordered by time, however it comes in', () => {
    const times = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 50 });
    fc.assert(
      fc.property(times, (list) => {
        const kept = windowOf(list.map((atMs) => entry(atMs))).entries.map(({ atMs }) => atMs);
        expect(kept).toEqual(list.toSorted((left, right) => left - right));
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('is bounded by count, the oldest goes first', () => {
    const window = windowOf(Array.from({ length: MAX_ENTRIES + 5 }, (_, at) => entry(at)));
    expect([window.entries.length, window.entries[0]?.atMs]).toEqual([MAX_ENTRIES, 5]);
  });

  it('is forgotten after a month', () => {
    const window = windowOf([entry(0), entry(2 * DAY_MS), entry(31 * DAY_MS)]);
    window.prune(31.5 * DAY_MS);
    expect(window.entries.map(({ atMs }) => atMs / DAY_MS)).toEqual([2, 31]);
    window.prune(90 * DAY_MS);
    expect(window.entries).toEqual([]);
  });

  it('survives being stored in less than 64 KB', () => {
    const random = seededRandom(1);
    const entries = Array.from({ length: MAX_ENTRIES }, (_, at): TrafficEntry => ({
      atMs: 1_700_000_000_000 + at * 60_000,
      rawProbability: Math.fround(random()),
      edgeUsd: Math.fround(random() / 1_000),
      cloudUsd: Math.fround(random() / 100),
      shown: random() < 0.5 ? 'edge' : 'cloud',
    }));
    const bytes = windowOf(entries).toBytes();
    expect(bytes.byteLength).toBeLessThan(64 * 1024);
    expect(TrafficWindow.from(bytes).entries).toEqual(entries);
  });

  it('begins anew from bytes of another layout', () => {
    const bytes = windowOf([entry(1), entry(2)]).toBytes();
    const damaged = [new Uint8Array(), bytes.slice(0, -1), Uint8Array.of(1, ...bytes.slice(1))];
    expect(damaged.map((stored) => TrafficWindow.from(stored).entries.length)).toEqual([0, 0, 0]);
  });
});

describe('drift', () => {
  const quantiles = Array.from({ length: 101 }, (_, at) => at / 100);
  const sample = (count: number, seed: number, shape: (draw: number) => number): readonly number[] => {
    const random = seededRandom(seed);
    return Array.from({ length: count }, () => shape(random()));
  };

  it('of too small a sample is unknown', () => {
    expect(
      driftOf(
        quantiles,
        sample(299, 1, (draw) => draw),
      ),
    ).toEqual({ psi: null, level: 'unknown', sample: 299 });
    expect(
      driftOf(
        [0.1, 0.9],
        sample(1_000, 1, (draw) => draw),
      ).level,
    ).toBe('unknown');
  });

  it('is seldom imagined: the same traffic is stable in 200 of 200 samples', () => {
    const levels = Array.from(
      { length: 200 },
      (_, seed) =>
        driftOf(
          quantiles,
          sample(500, seed, (draw) => draw),
        ).level,
    );
    expect(new Set(levels)).toEqual(new Set(['stable']));
  });

  it('grows with the change: worth a look, then an alarm', () => {
    const levels = [1, 1.35, 1.6, 2.5].map(
      (power) =>
        driftOf(
          quantiles,
          sample(2_000, 7, (draw) => draw ** power),
        ).level,
    );
    expect(levels).toEqual(['stable', 'stable', 'watch', 'alarm']);
  });

  it('is the sum of the shares’ changes times their logarithms', () => {
    // Half of the traffic moves from the upper half to the lower: shares .15 and .05 where .1 was expected.
    const recent = Array.from({ length: 1_000 }, (_, at) =>
      at < 750 ? (at + 0.5) / 1_500 : 0.5 + (at - 749.5) / 500,
    );
    const expected = 5 * (0.05 * Math.log(1.5) + -0.05 * Math.log(0.5));
    expect(driftOf(quantiles, recent).psi).toBeCloseTo(expected, 1);
  });

  it('is finite when a bin is empty and when all values are equal', () => {
    const lump = Array.from({ length: 500 }, () => 0.7);
    expect(driftOf(quantiles, lump).level).toBe('alarm');
    expect(driftOf(lump, lump).level).toBe('stable');
    expect(
      driftOf(
        lump,
        sample(500, 1, (draw) => draw),
      ).level,
    ).toBe('alarm');
  });
});
