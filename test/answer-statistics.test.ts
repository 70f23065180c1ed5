// The promise: the evenness of an answer is told as a direct computation over its batches would tell it, in bounded memory.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerStatistics } from '../policy/analytics/answer-statistics.ts';
import type { StatusEvent, StreamEvent } from '../protocol/events.ts';
import { aRouteEvent } from './support/a-route.ts';
import { quantileOf } from './support/known-truth.ts';

const START_MS = 1_790_000_000_000;

const text = (words = 'word '): StreamEvent => ({ type: 'text_delta', text: words });

const status = (phase: StatusEvent['phase']): StatusEvent => ({ type: 'status', phase, message: '' });

const ROUTE = aRouteEvent();

/** Batches of content with these gaps between them. */
function afterGaps(gaps: readonly number[], statistics = new AnswerStatistics()): AnswerStatistics {
  let nowMs = START_MS;
  statistics.take([text()], nowMs);
  for (const gap of gaps) statistics.take([text(), text()], (nowMs += gap));
  return statistics;
}

const gapLists = fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 2, maxLength: 200 });

describe('the gaps between batches', () => {
  it('have the mean and the spread of a direct computation, and a p95 within 2 %', () => {
    fc.assert(
      fc.property(gapLists, (gaps) => {
        const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
        const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
        const p95 = quantileOf(gaps, 0.95);
        const found = afterGaps(gaps).gaps;
        expect(found?.meanMs).toBeCloseTo(mean, 6);
        expect(found?.cv).toBeCloseTo(mean === 0 ? 0 : Math.sqrt(variance) / mean, 6);
        expect(Math.abs((found?.p95Ms ?? NaN) - p95)).toBeLessThanOrEqual(Math.max(0.5, 0.02 * p95));
      }),
    );
  });

  it('are none of an answer with fewer than three batches', () => {
    expect([afterGaps([]).gaps, afterGaps([20]).gaps, afterGaps([20, 20]).gaps]).toEqual([
      null,
      null,
      { meanMs: 20, p95Ms: expect.closeTo(20, 0), cv: 0 },
    ]);
  });

  it('are not made shorter by events without content', () => {
    const statistics = new AnswerStatistics();
    statistics.take([ROUTE], START_MS);
    statistics.take([text()], START_MS + 100);
    statistics.take([status('failover')], START_MS + 110);
    statistics.take([text()], START_MS + 200);
    statistics.take([text()], START_MS + 300);
    expect([statistics.gaps?.meanMs, statistics.firstContentMs]).toEqual([100, START_MS + 100]);
  });

  it('are never negative when the clock is set back', () => {
    const statistics = afterGaps([10, -5_000, 10]);
    expect(statistics.gaps?.meanMs).toBeCloseTo(20 / 3, 9);
  });
});

it('counts what kept the answer alive', () => {
  const statistics = new AnswerStatistics();
  const changed = { type: 'route_changed', tier: 'cloud', model: 'other', failure: null } as const;
  statistics.take([ROUTE, status('failover')], START_MS);
  statistics.take([status('failover'), { ...changed, reason: 'failover' }, text()], START_MS);
  const before = statistics.isHedged;
  statistics.take([status('continued'), { ...changed, reason: 'hedge' }], START_MS);
  const { failovers, continuations, isHedged } = statistics;
  expect([failovers, continuations, before, isHedged]).toEqual([2, 1, false, true]);
});

it('does not know after a restart when the answer began, but what had happened to it', () => {
  const statistics = new AnswerStatistics();
  statistics.countEarlier([ROUTE, status('failover'), text(), status('continued')], START_MS);
  statistics.take([text()], START_MS + 40);
  statistics.take([text()], START_MS + 80);
  const { failovers, continuations, firstContentMs, gaps } = statistics;
  expect([failovers, continuations, firstContentMs, gaps?.meanMs]).toEqual([1, 1, null, 40]);
});

it('begins after a restart as if nothing had come, when nothing had', () => {
  const statistics = new AnswerStatistics();
  statistics.countEarlier([ROUTE], START_MS);
  statistics.take([text()], START_MS + 40);
  expect(statistics.firstContentMs).toBe(START_MS + 40);
});
