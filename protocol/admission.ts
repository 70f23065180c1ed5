// What the Tenant object answers, and the words in which it is asked.

import type { Refusal } from './errors.ts';

export type AdmissionRefusal = Extract<
  Refusal,
  {
    reason:
      | 'too_many_streams'
      | 'too_many_streams_from_address'
      | 'too_many_requests'
      | 'too_many_tokens'
      | 'budget_spent'
      | 'idempotency_mismatch'
      | 'overloaded';
  }
>;

/**
 * `granted`: a lease is held until release or expiry; `headroom` = how many more the tenant may start now.
 * `attached`: the request repeats one that runs or completed; follow that stream, no lease was taken.
 */
export type AdmissionOutcome =
  | { readonly type: 'granted'; readonly headroom: number }
  | { readonly type: 'attached'; readonly streamId: string }
  | { readonly type: 'refused'; readonly refusal: AdmissionRefusal };

/** How a leased generation ended: `failed`, `stopped` and `refused` ones are never joined by a retry. */
export type LeaseEnd = 'completed' | 'failed' | 'stopped' | 'refused';

/** The lease's life: unrenewed leases expire after this; the Conversation renews every 30 s. */
export const LEASE_TTL_MS = 90_000;

/** How long a repeated request finds the original (`resume.md`: retries of SDKs come within seconds). */
export const JOIN_WINDOW_MS = 120_000;
