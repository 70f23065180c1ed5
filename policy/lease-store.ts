// The port through which a LeaseBook outlives its object: rows in numbered slots. A lease takes a slot when it is
// granted and overwrites it when it ends, and a slot is used again when the ended lease is forgotten, so a stream
// costs two written rows and the table stays as small as the busiest two minutes.

import type { BucketLevel } from './token-bucket.ts';

/** `running` holds a lease; `completed` may be joined by a retry; `ended` only keeps the key's bucket levels. */
export type LeaseState = 'running' | 'completed' | 'ended';

export type StoredLease = {
  readonly slot: number;
  readonly state: LeaseState;
  readonly streamId: string;
  readonly keyId: string;
  /** Null once the lease ended: addresses are not kept longer than they are counted. */
  readonly address: string | null;
  readonly bodyHash: string;
  readonly idempotencyKey: string | null;
  readonly reservedTokens: number;
  /** The key's limit when it was granted, by which the reservation is reconciled; null = unlimited. */
  readonly tokensPerMinute: number | null;
  /** Billionths of a dollar; null when no budget applied. */
  readonly reservedNanoUsd: number | null;
  /** When it was granted or, once it ended, when it ended. */
  readonly sinceMs: number;
  /** The key's buckets as this write left them; null when the key has no such limit. */
  readonly requests: BucketLevel | null;
  readonly tokens: BucketLevel | null;
};

export interface LeaseStore {
  /** Everything stored, in any order. Called once, before anything else. */
  load(): readonly StoredLease[];
  /** Writes one row, replacing what its slot held. */
  put(lease: StoredLease): void;
  /** Forgets everything. */
  clear(): void;
}
