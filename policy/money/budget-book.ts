// What one tenant has spent in this day and this month, and what its running generations may still cost.
// Invariant: no reservation is made that could bring a period's spending over its limit, as long as nothing costs more
// than was reserved for it. Reservations live with the leases; only the spending is stored here, one row. A reservation
// counts in whatever period it is and is booked to the one in which its generation ends, so that each period holds
// its limit by itself. Amounts in billionths of a dollar. The clock comes in as an argument.

import type { AdmissionRefusal } from '../../protocol/admission.ts';
import type { Budget, LeaseMoney } from '../../protocol/plan.ts';
import { periodAt, periodEndMs, type Period } from './period.ts';
import { toNanoUsd, toUsd } from './usd.ts';

/** A period by its number, and what was spent in it. */
export type PeriodSpending = { readonly number: number; readonly nanoUsd: number };
export type Spending = Readonly<Record<Period, PeriodSpending>>;

export interface BudgetStore {
  /** Null when nothing was ever spent. */
  loadSpending(): Spending | null;
  putSpending(spending: Spending): void;
}

/** What is shown of a tenant's account. */
export type Account = {
  readonly reservedUsd: number;
  readonly day: { readonly spentUsd: number; readonly endsMs: number };
  readonly month: { readonly spentUsd: number; readonly endsMs: number };
};

/** The longer one first: who waits for a day only to meet the month has waited in vain. */
const PERIODS: readonly Period[] = ['month', 'day'];

/** `retry-after` at most: budgets are raised in mid-month, and a client that asks once a day costs nothing. */
const MAX_RETRY_MS = 86_400_000;

const NOTHING: Spending = { day: { number: 0, nanoUsd: 0 }, month: { number: 0, nanoUsd: 0 } };

export class BudgetBook {
  readonly #store: BudgetStore;
  #spending: Spending;
  #reservedNanoUsd = 0;

  constructor(store: BudgetStore) {
    this.#store = store;
    this.#spending = store.loadSpending() ?? NOTHING;
  }

  /** Null when the highest cost of the generation fits into what is left of both periods. */
  refusal({ budget, estimatedUsd }: LeaseMoney, nowMs: number): AdmissionRefusal | null {
    this.#turnOver(nowMs);
    for (const period of PERIODS) {
      const limitUsd = limitOf(budget, period);
      if (limitUsd === null) continue;
      const leftNanoUsd = toNanoUsd(limitUsd) - this.#spending[period].nanoUsd - this.#reservedNanoUsd;
      // What costs nothing fits, also where the edge has gone on beyond the limit.
      if (toNanoUsd(estimatedUsd) <= Math.max(0, leftNanoUsd)) continue;
      // A request that is more than the whole budget fits into no other period either.
      const waits = budget.over === 'wait' && estimatedUsd <= limitUsd;
      const endsInMs = periodEndMs(period, this.#spending[period].number) - nowMs;
      const retryAfterMs = waits ? Math.min(endsInMs, MAX_RETRY_MS) : null;
      const leftUsd = toUsd(Math.max(0, leftNanoUsd));
      return { reason: 'budget_spent', period, limitUsd, leftUsd, estimatedUsd, retryAfterMs };
    }
    return null;
  }

  reserve(nanoUsd: number): void {
    this.#reservedNanoUsd += nanoUsd;
  }

  /** Ends a reservation and books what was really spent, to the period that it is now. */
  settle(reservedNanoUsd: number, usedNanoUsd: number, nowMs: number): void {
    this.#reservedNanoUsd -= reservedNanoUsd;
    if (usedNanoUsd === 0) return;
    this.#turnOver(nowMs);
    const { day, month } = this.#spending;
    this.#spending = {
      day: { ...day, nanoUsd: day.nanoUsd + usedNanoUsd },
      month: { ...month, nanoUsd: month.nanoUsd + usedNanoUsd },
    };
    this.#store.putSpending(this.#spending);
  }

  account(nowMs: number): Account {
    this.#turnOver(nowMs);
    const shown = (period: Period): Account[Period] => {
      const { number, nanoUsd } = this.#spending[period];
      return { spentUsd: toUsd(nanoUsd), endsMs: periodEndMs(period, number) };
    };
    return { reservedUsd: toUsd(this.#reservedNanoUsd), day: shown('day'), month: shown('month') };
  }

  /** A clock that jumps back does not open a period again. */
  #turnOver(nowMs: number): void {
    const turned = (period: Period): PeriodSpending => {
      const number = periodAt(period, nowMs);
      const known = this.#spending[period];
      return number > known.number ? { number, nanoUsd: 0 } : known;
    };
    this.#spending = { day: turned('day'), month: turned('month') };
  }
}

function limitOf({ usdPerDay, usdPerMonth }: Budget, period: Period): number | null {
  return period === 'day' ? usdPerDay : usdPerMonth;
}
