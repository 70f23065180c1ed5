// The plan of simulated traffic: the same for the same seed, and with the rate, the mix and the latencies it says.

import { describe, expect, it } from 'vitest';
import { seededRandom } from '../classifier/train/seeded-random.ts';
import { arrivalTimes, CYCLE_MS } from '../scripts/simulate/arrivals.ts';
import { drawLogNormal } from '../scripts/simulate/draws.ts';
import { planTraffic, type PlannedRequest, type TrafficOptions } from '../scripts/simulate/plan-traffic.ts';
import { PROMPT_KINDS } from '../scripts/simulate/prompts.ts';
import { quantileOf } from '../scripts/simulate/tally.ts';
import { thumbsOf } from '../scripts/simulate/thumbs.ts';
import { OUTAGE_SLOT_MS, outageAt } from '../scripts/simulate/upstream-weather.ts';

const OPTIONS: TrafficOptions = { seed: 1, rate: 8, conversations: 40 };
const MANY = 20_000;

function planned(count: number, options: Partial<TrafficOptions> = {}): readonly PlannedRequest[] {
  return planTraffic({ ...OPTIONS, ...options })
    .take(count)
    .toArray();
}

const many = planned(MANY);

function shareOf(isMeant: (request: PlannedRequest) => boolean): number {
  return many.filter(isMeant).length / MANY;
}

describe('arrivals', () => {
  it.each([2, 8, 40])('come at %i a second on average over whole cycles', (rate) => {
    const cycles = 8;
    const times = untilMs(rate, cycles * CYCLE_MS);
    const expected = (rate * cycles * CYCLE_MS) / 1000;
    expect(Math.abs(times.length / expected - 1)).toBeLessThan(0.05);
  });

  it('ascend, breathe and burst', () => {
    const times = untilMs(20, CYCLE_MS);
    expect(times.every((atMs, index) => atMs >= (times[index - 1] ?? 0))).toBe(true);
    const perTwoSeconds = countsOf(times, 2_000);
    const first = countsOf(times, CYCLE_MS / 2);
    expect(Math.max(...perTwoSeconds)).toBeGreaterThan(80); // 2.5 times the average, not its noise
    expect((first[0] ?? 0) / (first[1] ?? 1)).toBeGreaterThan(1.3);
  });
});

describe('the plan', () => {
  it('is the same for a seed and another for another', () => {
    expect(planned(300)).toEqual(planned(300));
    expect(planned(300, { seed: 2 })).not.toEqual(planned(300));
  });

  it('has each kind of prompt in its share, which add up to all', () => {
    expect(PROMPT_KINDS.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    const opening = many.filter(({ turn, isRepeated }) => turn === 0 && !isRepeated);
    for (const { name, share } of PROMPT_KINDS) {
      const found = opening.filter(({ kind }) => kind.name === name).length / opening.length;
      expect(Math.abs(found - share), name).toBeLessThan(0.015);
    }
  });

  it('leaves no blank of a sentence unfilled', () => {
    expect(many.filter(({ text }) => /[{}]|undefined/.test(text))).toEqual([]);
  });

  it('mixes models, deliveries, readers and repetitions', () => {
    const shares = {
      auto: shareOf(({ model }) => model === 'auto'),
      whole: shareOf(({ delivery }) => delivery === 'whole'),
      direct: shareOf(({ delivery }) => delivery === 'direct'),
      resumes: shareOf(({ behaviour }) => behaviour.type === 'resumes'),
      leaves: shareOf(({ behaviour }) => behaviour.type === 'leaves'),
      repeated: shareOf(({ isRepeated }) => isRepeated),
      followUps: shareOf(({ turn }) => turn > 0),
    };
    const expected = {
      auto: 0.89,
      whole: 0.08,
      direct: 0.03,
      resumes: 0.036,
      leaves: 0.04,
      repeated: 0.05,
      followUps: 0.3,
    };
    for (const [name, share] of Object.entries(shares))
      expect(Math.abs(share - Reflect.get(expected, name)), `${name} ${share}`).toBeLessThan(0.01);
  });

  it('lets readers do only what their delivery allows', () => {
    const withoutIds = many.filter(({ delivery }) => delivery === 'whole' || delivery === 'direct');
    expect(withoutIds.every(({ behaviour }) => behaviour.type === 'reads')).toBe(true);
  });

  it('goes on with a conversation turn by turn', () => {
    const turns = new Map<number, number>();
    for (const { conversation, turn } of many) {
      expect(turn).toBe((turns.get(conversation) ?? -1) + 1);
      turns.set(conversation, turn);
    }
  });

  it('repeats a repeated request to the letter', () => {
    const repeated = many.filter(({ isRepeated }) => isRepeated);
    const sent = new Set(repeated.map(({ text, directions }) => `${text} ${directions}`));
    expect(sent.size).toBe(new Set(repeated.map(({ text }) => text)).size);
    expect(sent.size).toBeLessThan(repeated.length / 100);
  });
});

describe('latencies', () => {
  it('have the median and the spread of their distribution', () => {
    const random = seededRandom(7);
    const draws = Array.from({ length: MANY }, () => drawLogNormal(600, 0.5, random)).sort((a, b) => a - b);
    expect(Math.abs((quantileOf(draws, 0.5) ?? 0) / 600 - 1)).toBeLessThan(0.03);
    expect(Math.abs((quantileOf(draws, 0.95) ?? 0) / (600 * Math.exp(0.5 * 1.645)) - 1)).toBeLessThan(0.03);
  });

  it('are longer in the cloud, with a slow tail in both tiers', () => {
    const edge = firstTokens('edge');
    const cloud = firstTokens('cloud');
    expect(Math.abs((quantileOf(edge, 0.5) ?? 0) - 150)).toBeLessThan(8);
    expect(Math.abs((quantileOf(cloud, 0.5) ?? 0) - 620)).toBeLessThan(30);
    // Without the tail the 99.5th percentile would be at 3.2 medians.
    expect(quantileOf(edge, 0.995) ?? 0).toBeGreaterThan(4.5 * 150);
  });
});

describe('outages', () => {
  it('strike each tier in turn, every few minutes, for less than a tenth of the time', () => {
    const seconds = Array.from({ length: (2 * OUTAGE_SLOT_MS) / 1000 }, (_, second) =>
      outageAt(second * 1000),
    );
    const edge = seconds.filter((fail) => fail === 'fail=500:edge').length;
    const cloud = seconds.filter((fail) => fail === 'fail=503:cloud').length;
    expect({ edge, cloud }).toEqual({ edge: 12, cloud: 6 });
    expect((edge + cloud) / seconds.length).toBeLessThan(0.1);
  });

  it('strike every request of their time that may differ from others', () => {
    const struck = many.filter(({ atMs, isRepeated }) => outageAt(atMs) !== null && !isRepeated);
    expect(struck.length).toBeGreaterThan(100);
    expect(struck.every(({ atMs, directions }) => directions.endsWith(outageAt(atMs) ?? '-'))).toBe(true);
  });
});

describe('thumbs', () => {
  it('are up less often the harder the question is, and least at the edge', () => {
    const up = (tier: 'edge' | 'cloud', difficulty: string): number => {
      const said = many
        .filter(({ kind }) => kind.difficulty === difficulty)
        .map((request) => thumbsOf(request, tier))
        .filter((thumbs) => thumbs !== null);
      return said.filter((thumbs) => thumbs === 'up').length / said.length;
    };
    expect([up('edge', 'hard'), up('edge', 'middle'), up('edge', 'easy')]).toEqual([
      expect.closeTo(0.42, 1),
      expect.closeTo(0.74, 1),
      expect.closeTo(0.93, 1),
    ]);
    expect(up('cloud', 'hard')).toBeGreaterThan(up('edge', 'hard') + 0.3);
    expect(shareOf((request) => thumbsOf(request, 'edge') !== null)).toBeCloseTo(0.12, 1);
  });
});

function untilMs(rate: number, endMs: number): readonly number[] {
  const times: number[] = [];
  for (const atMs of arrivalTimes(rate, seededRandom(3))) {
    if (atMs >= endMs) return times;
    times.push(atMs);
  }
  return times;
}

function countsOf(times: readonly number[], widthMs: number): readonly number[] {
  const counts: number[] = [];
  for (const atMs of times) {
    const slot = Math.floor(atMs / widthMs);
    counts[slot] = (counts[slot] ?? 0) + 1;
  }
  return counts.map((count) => count ?? 0);
}

/** Ascending. */
function firstTokens(scope: string): readonly number[] {
  const pattern = new RegExp(`first_token_ms=(\\d+):${scope}(?:,|$)`);
  return many
    .filter(({ isRepeated }) => !isRepeated)
    .map(({ directions }) => Number(pattern.exec(directions)?.[1]))
    .sort((left, right) => left - right);
}
