// What the dashboard draws, before it is drawn: lines out of answers, scales, sentences and breaker intervals.

import { describe, expect, it } from 'vitest';
import { breakerHistories } from '../dashboard/charts/breaker-intervals.ts';
import { describeChart } from '../dashboard/charts/describe-chart.ts';
import { groupLines, metricValues, percentileValues } from '../dashboard/charts/read-series.ts';
import { axisTop, roundUp, shareOf } from '../dashboard/charts/scale.ts';
import type { StreamRow, Timeseries, Turn } from '../dashboard/state/analytics-answers.ts';
import { pauseMs } from '../dashboard/state/live-feed.ts';
import { mergeStreams } from '../dashboard/state/merge-streams.ts';
import { inventStream, seeded } from './support/invented-streams.ts';

function answerOf(groups: readonly string[]): Timeseries {
  return {
    from: '',
    to: '',
    step_s: 60,
    group_by: 'model',
    times: [0, 60],
    series: groups.map((group, at) => ({
      group,
      requests: [at, null],
      ttft_ms: { p50: [100 + at, null], p95: [200 + at, null] },
    })),
  };
}

describe('the lines of a chart', () => {
  it('are p50 and p95 of each group, the busiest first', () => {
    const { lines, leftOut, percentiles } = groupLines(answerOf(['quiet', 'busy']), 'ttft_ms');
    expect(lines.map(({ label, style }) => `${label} ${style}`)).toEqual([
      'busy p50 line',
      'busy p95 dashed',
      'quiet p50 line',
      'quiet p95 dashed',
    ]);
    expect({ leftOut, percentiles }).toEqual({ leftOut: 0, percentiles: ['p50', 'p95'] });
  });

  it('are p95 alone of the eight busiest when there are many groups', () => {
    const names = Array.from({ length: 10 }, (_, at) => `model-${at}`);
    const { lines, leftOut } = groupLines(answerOf(names), 'ttft_ms');
    expect(lines.map(({ label }) => label)).toEqual(
      names
        .toReversed()
        .slice(0, 8)
        .map((name) => `${name} p95`),
    );
    expect(leftOut).toBe(2);
    expect(new Set(lines.map(({ colour }) => colour)).size).toBe(8);
  });

  it('have no values, not zeros, where the answer has none', () => {
    const answer = answerOf(['one']);
    expect(metricValues(answer, answer.series[0], 'cost_usd')).toEqual([null, null]);
    expect(metricValues(answer, undefined, 'requests')).toEqual([null, null]);
    expect(percentileValues(answer, answer.series[0], { metric: 'ttft_ms', percentile: 'p99' })).toEqual([
      null,
      null,
    ]);
  });
});

describe('a chart in words', () => {
  it('says the latest, least, middle and greatest value of each line', () => {
    const line = {
      label: 'Edge p50',
      values: [300, null, 100, 200],
      colour: '--edge',
      style: 'line',
    } as const;
    expect(describeChart('TTFT', [line], 'ms')).toBe(
      'TTFT. Edge p50: now 200 ms, lowest 100 ms, median 200 ms, highest 300 ms.',
    );
  });

  it('says when there is nothing', () => {
    const line = { label: 'Edge', values: [null], colour: '--edge', style: 'line' } as const;
    expect(describeChart('TTFT', [line], 'ms')).toBe('TTFT. Edge: no values.');
    expect(describeChart('TTFT', [], 'ms')).toBe('TTFT. Nothing to show yet.');
  });
});

describe('a scale', () => {
  it('keeps shares between nothing and all', () => {
    expect([shareOf(5, 10), shareOf(20, 10), shareOf(-1, 10), shareOf(1, 0)]).toEqual([0.5, 1, 0, 0]);
  });

  it('ends at a round number that is not below the greatest value', () => {
    expect([0, 0.3, 1, 1.2, 23, 260, 1_310].map(roundUp)).toEqual([1, 0.5, 1, 2, 25, 500, 2_000]);
  });

  it('shows a target that is near, and does not press the lines to the floor for one that is far', () => {
    expect(axisTop(400, 1_000)).toBeCloseTo(1_080);
    expect(axisTop(100, 1_000)).toBeCloseTo(108);
    expect(axisTop(null, 1_000)).toBeCloseTo(1_080);
    expect(axisTop(null, null)).toBe(1);
  });
});

describe('the history of a breaker', () => {
  const at = (seconds: number): string => new Date(seconds * 1_000).toISOString();
  const turn = (seconds: number, from: Turn['from'], to: Turn['to']): Turn => ({
    at: at(seconds),
    upstream: 'openai/gpt',
    from,
    to,
    cause: to === 'open' ? 'upstream_timeout' : null,
  });

  it('fills the range without gaps, beginning with what it was before the first turn', () => {
    const turns = [
      turn(30, 'half_open', 'closed'),
      turn(20, 'open', 'half_open'),
      turn(10, 'closed', 'open'),
    ];
    expect(breakerHistories(turns, { fromMs: 0, toMs: 40_000 })).toEqual([
      {
        upstream: 'openai/gpt',
        intervals: [
          { state: 'closed', fromMs: 0, toMs: 10_000, cause: null },
          { state: 'open', fromMs: 10_000, toMs: 20_000, cause: 'upstream_timeout' },
          { state: 'half_open', fromMs: 20_000, toMs: 30_000, cause: null },
          { state: 'closed', fromMs: 30_000, toMs: 40_000, cause: null },
        ],
      },
    ]);
  });

  it('keeps the order of turns in the same millisecond', () => {
    const turns = [turn(10, 'half_open', 'open'), turn(10, 'closed', 'half_open')];
    const [history] = breakerHistories(turns, { fromMs: 0, toMs: 20_000 });
    expect(history?.intervals.map(({ state }) => state)).toEqual(['closed', 'open']);
  });
});

describe('the live feed', () => {
  it('comes back with growing pauses, at most half a minute and a quarter more', () => {
    expect([1, 2, 3, 4, 5, 6, 20].map((attempt) => pauseMs(attempt, 0.5))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ]);
    expect([pauseMs(20, 0), pauseMs(20, 1)]).toEqual([22_500, 37_500]);
  });

  it('lists a stream once, the newest telling of it first, and no more than the statistics keep', () => {
    const random = seeded(1);
    const known = Array.from({ length: 1_000 }, (_, second) => inventStream(random, second * 1_000));
    const [first] = known;
    if (first === undefined) throw new Error('there are streams');
    const again: StreamRow = { ...first, reconnects: 7 };
    const merged = mergeStreams([inventStream(random, 0), again], known);
    expect(merged).toHaveLength(1_000);
    expect(merged.filter(({ id }) => id === first.id)).toEqual([again]);
  });
});
