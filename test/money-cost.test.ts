// The promise: what a generation is said to cost is what its provider charges by the configured prices, and what is
// reserved for it is never less.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetOf } from '../policy/money/budget-of.ts';
import { reservedUsd } from '../policy/money/reserved-usd.ts';
import { costOf, usageCostUsd } from '../policy/usage-cost.ts';
import { configOf } from './support/route-question.ts';

const PRICE = { inputUsdPerMtok: 2, outputUsdPerMtok: 10 };
const CACHING = { ...PRICE, cachedInputUsdPerMtok: 0.5 };

function usage(input: number, output: number, cached = 0) {
  return { input_tokens: input, output_tokens: output, cached_tokens: cached };
}

describe('the cost of a call', () => {
  it.each([
    ['input and output have their own prices', usage(1_000_000, 100_000), PRICE, 3],
    ['cached input has its price', usage(1_000_000, 0, 400_000), CACHING, 1.4],
    [
      'cached input costs as much as other input where it has no price',
      usage(1_000_000, 0, 400_000),
      PRICE,
      2,
    ],
    [
      'a count of cached tokens beyond the input makes nothing cheaper than cached',
      usage(10, 0, 50),
      CACHING,
      5e-6,
    ],
    ['a model without a price costs nothing in statistics', usage(10, 10), undefined, 0],
  ])('%s', (_, tokens, price, usd) => {
    expect(usageCostUsd(tokens, price)).toBeCloseTo(usd, 12);
  });

  it('is summed over all calls of a generation, and unknown as soon as one price is', () => {
    const calls = [
      { model: 'a', usage: usage(1_000_000, 0) },
      { model: 'b', usage: usage(0, 1_000_000) },
    ];
    const free = { inputUsdPerMtok: 0, outputUsdPerMtok: 0 };
    expect([costOf(calls, { a: PRICE, b: PRICE }), costOf(calls, { a: PRICE, b: free })]).toEqual([12, 2]);
    expect([costOf(calls, { a: PRICE }), costOf([], {})]).toEqual([null, 0]);
  });

  it('is never more than what was reserved for the same tokens, whatever comes from the cache', () => {
    const amount = fc.nat(1_000_000);
    const price = fc.record(
      { inputUsdPerMtok: fc.nat(100), outputUsdPerMtok: fc.nat(100), cachedInputUsdPerMtok: fc.nat(100) },
      { requiredKeys: ['inputUsdPerMtok', 'outputUsdPerMtok'] },
    );
    const call = fc.record({
      price,
      inputTokens: amount,
      maxOutputTokens: amount,
      cached: amount,
      output: amount,
    });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 4 }), (calls) => {
        const usedUsd = calls.reduce((sum, { price: paid, inputTokens, maxOutputTokens, cached, output }) => {
          return sum + usageCostUsd(usage(inputTokens, Math.min(output, maxOutputTokens), cached), paid);
        }, 0);
        expect(usedUsd).toBeLessThanOrEqual(reservedUsd(calls) * (1 + Number.EPSILON * 8));
      }),
    );
  });
});

describe('the budget of a tenant', () => {
  const key_sha256 = ['0'.repeat(64)];
  const config = configOf({
    limits: { budget: { usd_per_day: 5, over: 'edge' } },
    tenants: [
      { id: 'as-all', key_sha256 },
      { id: 'own', key_sha256: ['1'.repeat(64)], limits: { budget: { usd_per_month: 9 } } },
      { id: 'free', key_sha256: ['2'.repeat(64)], limits: { budget: null } },
    ],
  });
  const of = (id: string | null, isLocal = false) =>
    budgetOf({ config, tenant: config.tenants.find((tenant) => tenant.id === id) ?? null }, isLocal);

  it('is its own as a whole, else that of every tenant, and local mode has none by default', () => {
    const general = { usdPerDay: 5, usdPerMonth: null, over: 'edge' };
    expect([of('as-all'), of(null), of('own'), of('free'), of(null, true)]).toEqual([
      general,
      general,
      { usdPerDay: null, usdPerMonth: 9, over: 'refuse' },
      null,
      null,
    ]);
  });
});
