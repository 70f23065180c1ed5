// The promise under every order of events: in no day and no month is more spent than its budget, as long as no call
// costs more than was reserved for it. The account below is kept by hand, from what was told to callers alone.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LEASE_TTL_MS } from '../protocol/admission.ts';
import type { Budget } from '../protocol/plan.ts';
import { leaseRequest, MemoryLeaseStore, openBooks } from './support/lease-requests.ts';

const DAY_MS = 86_400_000;

type Step =
  | { readonly type: 'ask'; readonly cents: number }
  | { readonly type: 'end' | 'renew'; readonly pick: number; readonly share: number | null }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'restart' };

const share = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('ask' as const),
      cents: fc.double({ min: 0, max: 300, noNaN: true }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constantFrom('end' as const, 'renew' as const),
      pick: fc.nat(40),
      share,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('wait' as const),
      ms: fc.oneof(fc.nat(10_000), fc.nat(2 * LEASE_TTL_MS), fc.nat(2 * DAY_MS)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('restart' as const) }) },
);

const limitUsd = fc.option(fc.integer({ min: 0, max: 5 }));
const budgets = fc.record({
  usdPerDay: limitUsd,
  usdPerMonth: limitUsd,
  over: fc.constant('refuse' as const),
});

class Ledger {
  readonly #budget: Budget;
  readonly #store = new MemoryLeaseStore();
  #nowMs = 27 * DAY_MS;
  #books = openBooks(this.#store, this.#nowMs);
  readonly #running = new Map<string, { readonly estimatedUsd: number; expiresMs: number }>();
  /** What was paid, by the day and the month in which it became known. */
  readonly #paid = new Map<string, number>();

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  play(next: Step, index: number): void {
    const { leases } = this.#books;
    switch (next.type) {
      case 'wait':
        this.#nowMs += next.ms;
        break;
      case 'restart':
        this.#books = openBooks(this.#store, this.#nowMs);
        for (const streamId of this.#running.keys()) this.#live(streamId);
        break;
      case 'ask': {
        const money = { estimatedUsd: next.cents / 100, budget: this.#budget };
        const outcome = leases.admit(leaseRequest(`s${index}`, { money }), this.#nowMs);
        if (outcome.type !== 'granted') break;
        this.#running.set(`s${index}`, { estimatedUsd: money.estimatedUsd, expiresMs: 0 });
        this.#live(`s${index}`);
        break;
      }
      case 'renew':
        leases.renew([`s${next.pick}`], this.#nowMs);
        this.#live(`s${next.pick}`);
        break;
      case 'end': {
        const usedUsd = this.#pay(`s${next.pick}`, next.share);
        leases.release(`s${next.pick}`, { end: 'completed', usedTokens: 0, usedUsd }, this.#nowMs);
        break;
      }
    }
    this.#check();
  }

  #live(streamId: string): void {
    const generation = this.#running.get(streamId);
    if (generation !== undefined) generation.expiresMs = this.#nowMs + LEASE_TTL_MS;
  }

  /** A share of the estimate; null = nobody knows, so it may have been all of it. */
  #pay(streamId: string, part: number | null): number | null {
    const generation = this.#running.get(streamId);
    if (generation === undefined) return null;
    this.#running.delete(streamId);
    const paidUsd = generation.estimatedUsd * (part ?? 1);
    const date = new Date(this.#nowMs).toISOString();
    for (const period of [date.slice(0, 7), date.slice(0, 10)])
      this.#paid.set(period, (this.#paid.get(period) ?? 0) + paidUsd);
    return part === null ? null : paidUsd;
  }

  #check(): void {
    const { leases, budget } = this.#books;
    leases.sweep(this.#nowMs);
    for (const [streamId, { expiresMs }] of this.#running)
      if (expiresMs <= this.#nowMs) this.#pay(streamId, null); // vanished, perhaps after its last token
    const { day, month, reservedUsd } = budget.account(this.#nowMs);
    const { usdPerDay, usdPerMonth } = this.#budget;
    const total = (spentUsd: number): number => Math.round((spentUsd + reservedUsd) * 1e9);
    expect(total(day.spentUsd)).toBeLessThanOrEqual((usdPerDay ?? Infinity) * 1e9);
    expect(total(month.spentUsd)).toBeLessThanOrEqual((usdPerMonth ?? Infinity) * 1e9);
    expect(reservedUsd).toBeGreaterThanOrEqual(0);
    for (const [period, paidUsd] of this.#paid) {
      const limit = period.length === 7 ? usdPerMonth : usdPerDay;
      // Dollars against billionths: each booking is rounded by at most half of one.
      expect(paidUsd).toBeLessThanOrEqual((limit ?? Infinity) + 100 * 0.5e-9);
    }
  }
}

it('no period is ever overspent, through crashes, restarts and the turns of days and months', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), budgets, (steps, budget) => {
      const ledger = new Ledger(budget);
      steps.forEach((next, index) => ledger.play(next, index));
    }),
    { numRuns: 2_000 },
  );
});
