// A second call beside a late one, over real HTTP: an upstream whose first token comes fast or, for two calls in a
// hundred, fifty times later. What the hedges save is a ratio within one run; what they cost is counted at the upstream.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { quantileMs } from './support/first-tokens.ts';
import { startHedging, type Hedging } from './support/hedging.ts';

/** Long beside what a busy machine adds to each. */
const SPEEDS = { fastMs: 80, slowMs: 4000, slowShare: 0.02, seed: 4 };

const REQUESTS = 400;
const MAX_EXTRA = 0.06 * REQUESTS;
const ASKING = { requests: REQUESTS, atOnce: 6 };

const RUN_MS = 120_000;

let hedging: Hedging;

beforeAll(async () => {
  hedging = await startHedging(SPEEDS);
});

afterAll(() => hedging.dispose());

it(
  'makes the p99 of the first token five times shorter, for at most six calls more in a hundred',
  async () => {
    const without = await hedging.run(false, ASKING);
    const withHedges = await hedging.run(true, ASKING);
    const extra = withHedges.calls - REQUESTS;
    expect(without).toMatchObject({ calls: REQUESTS, cut: 0 });
    expect([...without.answers, ...withHedges.answers].filter(({ text }) => text !== 'a word')).toEqual([]);
    expect(extra).toBeLessThanOrEqual(MAX_EXTRA);
    const [plainMs, hedgedMs] = [quantileMs(without.answers, 0.99), quantileMs(withHedges.answers, 0.99)];
    expect(plainMs / hedgedMs).toBeGreaterThanOrEqual(5);

    // Whoever lost was closed, and is in the bill of the answer that it was asked for; a few lost so early that
    // their request never arrived.
    const billed = withHedges.answers.filter(({ usageTotal }) => usageTotal !== null);
    expect(withHedges.cut).toBeGreaterThan(0);
    expect(billed.length).toBeGreaterThanOrEqual(extra);
    expect(billed.length).toBeLessThanOrEqual(MAX_EXTRA);
    expect(billed.filter(({ usage, usageTotal }) => (usageTotal ?? 0) <= usage)).toEqual([]);
  },
  RUN_MS,
);
