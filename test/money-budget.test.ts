// The promise: a tenant's budget is reserved before a call and corrected after it, for each UTC day and month, and what
// is not known counts as spent.

import { describe, expect, it } from 'vitest';
import { periodAt, periodEndMs } from '../policy/money/period.ts';
import { LEASE_TTL_MS, type AdmissionOutcome, type LeaseEnd } from '../protocol/admission.ts';
import { toHttpError } from '../protocol/errors.ts';
import type { Budget } from '../protocol/plan.ts';
import { leaseRequest, MemoryLeaseStore, openBooks } from './support/lease-requests.ts';

const NOON = Date.UTC(2026, 0, 30, 12);
const MIDNIGHT = Date.UTC(2026, 0, 31);
const FEBRUARY = Date.UTC(2026, 1, 1);
const HOUR_MS = 3_600_000;
const TEN_A_DAY: Budget = { usdPerDay: 10, usdPerMonth: null, over: 'refuse' };

class Bookkeeper {
  readonly store = new MemoryLeaseStore();
  books = openBooks(this.store, NOON);
  #asked = 0;

  /** Asks for a lease that may cost so much; the streams are called s1, s2 and so on. */
  ask(estimatedUsd: number, budget: Budget = TEN_A_DAY, nowMs = NOON): AdmissionOutcome {
    this.#asked += 1;
    return this.books.leases.admit(
      leaseRequest(`s${this.#asked}`, { money: { estimatedUsd, budget } }),
      nowMs,
    );
  }

  end(streamId: string, usedUsd: number | null, nowMs = NOON, end: LeaseEnd = 'completed'): void {
    this.books.leases.release(streamId, { end, usedTokens: 0, usedUsd }, nowMs);
  }

  /** `[spent today, spent this month, reserved]` in US dollars. */
  account(nowMs = NOON): readonly number[] {
    this.books.leases.sweep(nowMs);
    const { day, month, reservedUsd } = this.books.budget.account(nowMs);
    return [day.spentUsd, month.spentUsd, reservedUsd];
  }
}

describe('a budget', () => {
  it('for five calls lets exactly five of fifty start, although 0.1 + 0.2 is not 0.3', () => {
    const keeper = new Bookkeeper();
    const budget: Budget = { usdPerDay: 0.5, usdPerMonth: null, over: 'refuse' };
    const types = Array.from({ length: 50 }, () => keeper.ask(0.1, budget).type);
    expect(types).toEqual([...Array<string>(5).fill('granted'), ...Array<string>(45).fill('refused')]);
  });

  it('lets through what costs nothing, also when more than all of it is spent', () => {
    const keeper = new Bookkeeper();
    keeper.ask(8);
    keeper.end('s1', 12);
    expect([keeper.ask(0).type, keeper.ask(0.01).type]).toEqual(['granted', 'refused']);
  });

  it('gives back what was reserved and not spent', () => {
    const keeper = new Bookkeeper();
    keeper.ask(8);
    const before = keeper.ask(3).type;
    keeper.end('s1', 6.5);
    expect([before, keeper.account(), keeper.ask(3.5).type]).toEqual(['refused', [6.5, 6.5, 0], 'granted']);
  });

  it.each<[string, LeaseEnd, number | null, number]>([
    ['an unknown cost counts as the whole reservation', 'failed', null, 8],
    ['a generation that was refused cost nothing', 'refused', null, 0],
    ['more than was reserved counts as it is', 'completed', 12, 12],
  ])('%s', (_, end, usedUsd, spentUsd) => {
    const keeper = new Bookkeeper();
    keeper.ask(8);
    keeper.end('s1', usedUsd, NOON, end);
    keeper.end('s1', usedUsd, NOON, end);
    expect(keeper.account()).toEqual([spentUsd, spentUsd, 0]);
  });

  it('counts the reservation of a generation that vanished as spent, once', () => {
    const keeper = new Bookkeeper();
    keeper.ask(8);
    const seen = [keeper.account(NOON + LEASE_TTL_MS - 1), keeper.account(NOON + LEASE_TTL_MS)];
    keeper.end('s1', 1, NOON + LEASE_TTL_MS);
    expect([...seen, keeper.account()]).toEqual([
      [0, 0, 8],
      [8, 8, 0],
      [8, 8, 0],
    ]);
  });

  it('is known to a restarted object: what was spent, and what still runs', () => {
    const keeper = new Bookkeeper();
    keeper.ask(4);
    keeper.ask(4);
    keeper.end('s1', 3);
    keeper.books = openBooks(keeper.store, NOON);
    expect([keeper.account(), keeper.ask(3.1).type, keeper.ask(3).type]).toEqual([
      [3, 3, 4],
      'refused',
      'granted',
    ]);
  });

  it('is not asked for a request that joins another, nor for one that its stream limit refuses', () => {
    const keeper = new Bookkeeper();
    keeper.ask(10);
    const money = { estimatedUsd: 10, budget: TEN_A_DAY };
    const { leases } = keeper.books;
    const joined = leases.admit(leaseRequest('r', { money, bodyHash: 'body of s1', isRetry: true }), NOON);
    const crowded = leases.admit(leaseRequest('c', { money, limits: { concurrentStreams: 1 } }), NOON);
    expect([joined.type, crowded.type === 'refused' && crowded.refusal.reason]).toEqual([
      'attached',
      'too_many_streams',
    ]);
  });

  it('that limits nothing counts all the same, and without one nothing is counted or written', () => {
    const keeper = new Bookkeeper();
    keeper.ask(8, { usdPerDay: null, usdPerMonth: null, over: 'edge' });
    keeper.end('s1', 2);
    const { writes } = keeper.store;
    keeper.books.leases.admit(leaseRequest('free'), NOON);
    keeper.end('free', 5);
    expect([keeper.account(), writes, keeper.store.writes]).toEqual([[2, 2, 0], 3, 5]);
  });
});

describe('a period', () => {
  it('ends at midnight UTC, and the month goes on', () => {
    const keeper = new Bookkeeper();
    const budget: Budget = { usdPerDay: 10, usdPerMonth: 15, over: 'refuse' };
    keeper.ask(10, budget);
    keeper.end('s1', 10);
    const late = keeper.ask(1, budget, MIDNIGHT - 1).type;
    const next = [keeper.ask(6, budget, MIDNIGHT).type, keeper.ask(5, budget, MIDNIGHT).type];
    keeper.end('s4', 5, MIDNIGHT);
    expect([late, next, keeper.account(MIDNIGHT)]).toEqual(['refused', ['refused', 'granted'], [5, 15, 0]]);
    expect([keeper.account(FEBRUARY), keeper.ask(10, budget, FEBRUARY).type]).toEqual([[0, 0, 0], 'granted']);
  });

  it('is charged for what ends in it, and held to its limit by what still runs from the one before', () => {
    const keeper = new Bookkeeper();
    keeper.ask(8, TEN_A_DAY, MIDNIGHT - 1);
    const early = keeper.ask(3, TEN_A_DAY, MIDNIGHT).type;
    keeper.end('s1', 7, MIDNIGHT);
    expect([early, keeper.account(MIDNIGHT)]).toEqual(['refused', [7, 7, 0]]);
  });

  it('is not opened again by a clock that jumps back', () => {
    const keeper = new Bookkeeper();
    keeper.ask(8, TEN_A_DAY, MIDNIGHT);
    keeper.end('s1', 8, MIDNIGHT);
    expect(keeper.ask(3, TEN_A_DAY, MIDNIGHT - 1).type).toBe('refused');
  });

  it('is that of the calendar, for every day of eight centuries', () => {
    for (let day = 0; day < 292_194; day += 1) {
      const ms = day * 86_400_000;
      const date = new Date(ms);
      const month = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
      if (periodAt('day', ms) !== day || periodAt('month', ms + 86_399_999) !== month)
        expect.fail(`day ${day}`);
      if (periodEndMs('month', month) !== Date.UTC(1970, month + 1)) expect.fail(`the month of day ${day}`);
    }
  });
});

describe('who asks for more than is left', () => {
  function refusedBy(budget: Budget, estimatedUsd: number): ReturnType<typeof toHttpError> {
    const keeper = new Bookkeeper();
    keeper.ask(6, budget, MIDNIGHT - HOUR_MS);
    const outcome = keeper.ask(estimatedUsd, budget, MIDNIGHT - HOUR_MS);
    if (outcome.type !== 'refused') throw new Error('it was not refused');
    return toHttpError(outcome.refusal);
  }

  it('is told what is left of which budget, until when, and what to do', () => {
    const { status, body, retryAfterMs } = refusedBy(TEN_A_DAY, 5);
    expect([status, retryAfterMs, body.error]).toEqual([
      402,
      null,
      {
        code: 'budget_spent',
        type: 'budget_error',
        param: null,
        message:
          'The request may cost 5 USD, and 4 of the 10 USD for this day are left. The next day begins at 00:00 UTC. Lower max_tokens, or have limits.budget raised.',
      },
    ]);
  });

  it.each<[string, Budget, number, number, number | null]>([
    ['waits until midnight', { usdPerDay: 10, usdPerMonth: null, over: 'wait' }, 5, 429, HOUR_MS],
    [
      'asks again after a day when it is the month',
      { usdPerDay: 10, usdPerMonth: 10, over: 'wait' },
      5,
      429,
      24 * HOUR_MS,
    ],
    [
      'does not wait for what no day has room for',
      { usdPerDay: 10, usdPerMonth: null, over: 'wait' },
      11,
      402,
      null,
    ],
    ['is refused for good', { usdPerDay: 10, usdPerMonth: null, over: 'refuse' }, 5, 402, null],
  ])('%s', (_, budget, estimatedUsd, status, retryAfterMs) => {
    expect(refusedBy(budget, estimatedUsd)).toMatchObject({ status, retryAfterMs });
  });
});
