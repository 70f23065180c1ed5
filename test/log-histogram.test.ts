// The promise: quantiles of any distribution are told to within 2 %, and distributions add up exactly.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from '../policy/analytics/byte-reader.ts';
import { ByteWriter } from '../policy/analytics/byte-writer.ts';
import { LogHistogram } from '../policy/analytics/log-histogram.ts';
import { seededRandom } from '../classifier/train/seeded-random.ts';
import { logNormal } from './support/random-records.ts';

const QUANTILES = [0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 1];

function histogramOf(values: readonly number[]): LogHistogram {
  const histogram = new LogHistogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

function written(histogram: LogHistogram): Uint8Array {
  const writer = new ByteWriter();
  histogram.write(writer);
  return writer.bytes;
}

/** The largest relative error of the quantiles against the values themselves. */
function worstError(values: readonly number[]): number {
  const histogram = histogramOf(values);
  const sorted = [...values].sort((one, two) => one - two);
  const errors = QUANTILES.map((q) => {
    const truth = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] ?? NaN;
    return Math.abs((histogram.quantile(q) ?? NaN) - truth) / truth;
  });
  return Math.max(...errors);
}

describe('a quantile is within 2 % of the truth', () => {
  const random = seededRandom(7);
  const many = (draw: () => number): readonly number[] => Array.from({ length: 5_000 }, draw);
  const samples: Readonly<Record<string, readonly number[]>> = {
    'log-normal': many(() => 0.5 + logNormal(random, 800, 1.2)),
    uniform: many(() => 1 + random() * 9_999),
    constant: many(() => 1_234.5),
    bimodal: many(() => (random() < 0.5 ? 20 + random() : 60_000 + random() * 100)),
  };
  it.each(Object.entries(samples))('%s', (_name, values) => {
    expect(worstError(values)).toBeLessThan(0.02);
  });
});

describe('a histogram', () => {
  const values = fc.array(fc.double({ min: 0, max: 1e8, noNaN: true }), { maxLength: 60 });

  it('that is merged of two is that of all their values', () => {
    fc.assert(
      fc.property(values, values, (one, two) => {
        const merged = histogramOf(one);
        merged.merge(histogramOf(two));
        expect(written(merged)).toEqual(written(histogramOf([...one, ...two])));
      }),
    );
  });

  it('is read back as it was written, and adds to what is there', () => {
    fc.assert(
      fc.property(values, values, (one, two) => {
        const read = histogramOf(one);
        read.read(new ByteReader(written(histogramOf(two))));
        const all = histogramOf([...one, ...two]);
        expect([written(read), read.count, read.sum]).toEqual([written(all), all.count, all.sum]);
      }),
    );
  });

  it('tells nothing when it is empty, and zero of zeros', () => {
    const empty = new LogHistogram();
    expect([empty.quantile(0.5), empty.mean, empty.sum, empty.count]).toEqual([null, null, 0, 0]);
    expect([histogramOf([0, 0.4]).quantile(0.5), histogramOf([0]).mean]).toEqual([0, 0]);
  });

  it('ignores what is no duration, and bounds what is too long', () => {
    const histogram = histogramOf([NaN, -1, Infinity]);
    expect([histogram.count, histogram.sum]).toEqual([1, 86_400_000]);
  });

  it('counts what is at most a bound', () => {
    const histogram = histogramOf([0, 10, 100, 1_000]);
    expect([5, 50, 500, 5_000].map((bound) => histogram.countBelow(bound))).toEqual([1, 2, 3, 4]);
  });

  it('has the exact mean', () => {
    expect(histogramOf([1, 2, 4.5]).mean).toBe(2.5);
  });
});
