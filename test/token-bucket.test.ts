// The promise: over any long time nobody gets more than the rate, and retry-after is neither a lie nor too long.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBucket } from '../policy/token-bucket.ts';

const PER_MINUTE = 60;

function full(): TokenBucket {
  return new TokenBucket({ level: PER_MINUTE, atMs: 0 });
}

describe('a token bucket', () => {
  it('a full bucket gives exactly its size at once, then asks to wait for one refill', () => {
    const bucket = full();
    let taken = 0;
    while (bucket.waitMs(1, PER_MINUTE, 0) === 0 && taken < 1_000) {
      bucket.take(1, PER_MINUTE, 0);
      taken += 1;
    }
    expect([
      taken,
      bucket.waitMs(1, PER_MINUTE, 0),
      bucket.waitMs(1, PER_MINUTE, 999),
      bucket.waitMs(1, PER_MINUTE, 1_000),
    ]).toEqual([60, 1_000, 1, 0]);
  });

  it('an amount larger than the bucket is let through when it is full, and paid back afterwards', () => {
    const bucket = full();
    expect(bucket.waitMs(90, PER_MINUTE, 0)).toBe(0);
    bucket.take(90, PER_MINUTE, 0);
    expect(bucket.waitMs(1, PER_MINUTE, 0)).toBe(31_000);
  });

  it('what was reserved and not used comes back, but never beyond the size', () => {
    const bucket = full();
    bucket.take(60, PER_MINUTE, 0);
    bucket.take(-50, PER_MINUTE, 0);
    bucket.take(-50, PER_MINUTE, 0);
    expect(bucket.timesLeft(1, PER_MINUTE, 0)).toBe(60);
  });

  it('a clock that jumps back refills nothing', () => {
    const bucket = new TokenBucket({ level: 0, atMs: 10_000 });
    expect(bucket.timesLeft(1, PER_MINUTE, 0)).toBe(0);
    expect(bucket.timesLeft(1, PER_MINUTE, 11_000)).toBe(1);
  });

  it('a lowered limit cuts what was saved up', () => {
    expect(full().timesLeft(1, 10, 0)).toBe(10);
  });

  it('whatever is asked and whenever: the rate holds, and waiting as told is enough', () => {
    const attempts = fc.array(
      fc.record({ amount: fc.integer({ min: 1, max: 60 }), pauseMs: fc.integer({ min: 0, max: 5_000 }) }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(attempts, fc.integer({ min: 60, max: 100_000 }), (list, perMinute) => {
        const bucket = new TokenBucket({ level: perMinute, atMs: 0 });
        let nowMs = 0;
        let taken = 0;
        for (const { amount, pauseMs } of list) {
          nowMs += pauseMs;
          const waitMs = bucket.waitMs(amount, perMinute, nowMs);
          if (waitMs > 0) expect(bucket.waitMs(amount, perMinute, nowMs + waitMs - 1)).toBeGreaterThan(0);
          nowMs += waitMs;
          expect(bucket.waitMs(amount, perMinute, nowMs)).toBe(0);
          bucket.take(amount, perMinute, nowMs);
          taken += amount;
          expect(taken).toBeLessThanOrEqual(perMinute + (perMinute * nowMs) / 60_000 + 0.001);
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});
