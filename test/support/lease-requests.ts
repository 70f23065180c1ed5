// Builders and an in-memory store for the quota's tests. The store outlives its book, as SQLite outlives an object.

import type { LeaseStore, StoredLease } from '../../policy/lease-store.ts';
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

export class MemoryLeaseStore implements LeaseStore {
  readonly rows = new Map<number, StoredLease>();
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
}
