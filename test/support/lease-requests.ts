// Builders and an in-memory store for the quota's tests. The store outlives its books, as SQLite outlives an object.

import { LeaseBook } from '../../policy/lease-book.ts';
import type { LeaseStore, StoredLease } from '../../policy/lease-store.ts';
import { BudgetBook, type BudgetStore, type Spending } from '../../policy/money/budget-book.ts';
import type { LeaseRequest, TenantLimits } from '../../protocol/plan.ts';

export const UNLIMITED: TenantLimits = {
  concurrentStreams: 1_000,
  streamsPerAddress: null,
  requestsPerMinute: null,
  tokensPerMinute: null,
};

type Wanted = Partial<Omit<LeaseRequest, 'limits'>> & { readonly limits?: Partial<TenantLimits> };

/** A request for a lease with a body of its own. */
export function leaseRequest(streamId: string, wanted: Wanted = {}): LeaseRequest {
  const { limits, ...rest } = wanted;
  return {
    streamId,
    keyId: 'key-1',
    address: null,
    estimatedTokens: 100,
    bodyHash: `body of ${streamId}`,
    idempotencyKey: null,
    isRetry: false,
    ...rest,
    limits: { ...UNLIMITED, ...limits },
  };
}

export class MemoryLeaseStore implements LeaseStore, BudgetStore {
  readonly rows = new Map<number, StoredLease>();
  spending: Spending | null = null;
  writes = 0;

  load(): readonly StoredLease[] {
    return [...this.rows.values()];
  }

  put(lease: StoredLease): void {
    this.rows.set(lease.slot, lease);
    this.writes += 1;
  }

  clear(): void {
    this.rows.clear();
  }

  loadSpending(): Spending | null {
    return this.spending;
  }

  putSpending(spending: Spending): void {
    this.spending = spending;
    this.writes += 1;
  }
}

/** The tenant's books as a restart at this time finds them. */
export function openBooks(store: MemoryLeaseStore, nowMs: number): { leases: LeaseBook; budget: BudgetBook } {
  const budget = new BudgetBook(store);
  return { leases: new LeaseBook(store, budget, nowMs), budget };
}
