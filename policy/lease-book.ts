// The quota of one tenant: who holds a lease, what each key may still spend, and which stream a retry belongs to.
// Invariant: never more unexpired leases than the limit, whatever the order of grants, renewals, releases, expiries
// and restarts; a retry never joins a generation that failed, was stopped or was refused; every reservation of money
// is booked exactly once. Rows are written through a
// port, one at the grant and one at the end; renewals stay in memory, so after a restart every lease gets one full
// life from then. Decides only; the clock comes in as an argument.

import type { AdmissionOutcome, AdmissionRefusal, LeaseEnd } from '../protocol/admission.ts';
import { JOIN_WINDOW_MS, LEASE_TTL_MS } from '../protocol/admission.ts';
import type { LeaseRequest } from '../protocol/plan.ts';
import { addressGroup } from './address-group.ts';
import { JoinIndex, type Joinable } from './join-index.ts';
import { KeyBuckets } from './key-buckets.ts';
import type { BudgetBook } from './money/budget-book.ts';
import { toNanoUsd } from './money/usd.ts';
import type { LeaseState, LeaseStore, StoredLease } from './lease-store.ts';
import { SlotPool } from './slot-pool.ts';

type Lease = Joinable & {
  readonly slot: number;
  readonly address: string | null;
  readonly reservedTokens: number;
  readonly tokensPerMinute: number | null;
  readonly reservedNanoUsd: number | null;
  readonly expiresMs: number;
};
/** What became of a leased generation. `used…`: null when nobody knows; the reservation then counts as used. */
export type LeaseOutcome = {
  readonly end: LeaseEnd;
  readonly usedTokens: number | null;
  readonly usedUsd: number | null;
};

type Ended = Joinable & { readonly slot: number; readonly endedMs: number };

/** Streams end when they end; a second is the shortest wait that is not a busy loop. */
const STREAM_RETRY_MS = 1_000;

/** Ended leases kept for retries: two minutes at 30 streams a second. Beyond it the oldest are forgotten early. */
const MAX_ENDED = 4_096;

/** The configuration allows 100 keys for a tenant; rotated ones are forgotten once this many were seen. */
const MAX_KEYS = 200;

export class LeaseBook {
  readonly #store: LeaseStore;
  readonly #budget: BudgetBook;
  readonly #leases = new Map<string, Lease>();
  /** Oldest end first. */
  readonly #ended = new Map<string, Ended>();
  readonly #perAddress = new Map<string, number>();
  readonly #buckets = new Map<string, KeyBuckets>();
  readonly #joins = new JoinIndex();
  readonly #slots: SlotPool;
  /** No lease expires before this, so that most calls need not look. */
  #earliestExpiryMs = Infinity;

  /** Takes over what the store holds: running leases live LEASE_TTL_MS from now unless renewed. */
  constructor(store: LeaseStore, budget: BudgetBook, nowMs: number) {
    this.#store = store;
    this.#budget = budget;
    const rows = store.load().toSorted((left, right) => left.sinceMs - right.sinceMs);
    const remembered = rows.filter((row) => row.state === 'running' || row.sinceMs + JOIN_WINDOW_MS > nowMs);
    this.#slots = new SlotPool(new Set(remembered.map((row) => row.slot)));
    for (const row of remembered) this.#restore(row, nowMs);
  }

  /** True when nothing runs and no retry could find anything: there is nothing left to sweep. */
  get isEmpty(): boolean {
    return this.#leases.size === 0 && this.#ended.size === 0;
  }

  /** Generations that run now. */
  running(nowMs: number): number {
    this.sweep(nowMs);
    return this.#leases.size;
  }

  admit(request: LeaseRequest, nowMs: number): AdmissionOutcome {
    this.sweep(nowMs);
    // A caller that lost our answer asks again for the same stream; it holds its lease already.
    if (this.#leases.has(request.streamId))
      return { type: 'granted', headroom: this.#headroom(request, nowMs) };
    const join = this.#joins.find(request);
    if (join.type === 'join') return { type: 'attached', streamId: join.streamId };
    if (join.type === 'mismatch') return { type: 'refused', refusal: { reason: 'idempotency_mismatch' } };
    const refusal =
      this.#streamRefusal(request) ??
      this.#budgetRefusal(request, nowMs) ??
      this.#bucketsOf(request.keyId).charge(request, nowMs);
    if (refusal !== null) return { type: 'refused', refusal };
    this.#grant(request, nowMs);
    return { type: 'granted', headroom: this.#headroom(request, nowMs) };
  }

  /** Unknown ids are ignored: their leases expired, and somebody else may hold the place by now. */
  renew(streamIds: readonly string[], nowMs: number): void {
    this.sweep(nowMs);
    for (const streamId of streamIds) {
      const lease = this.#leases.get(streamId);
      if (lease !== undefined) this.#leases.set(streamId, { ...lease, expiresMs: nowMs + LEASE_TTL_MS });
    }
  }

  /** Frees the lease and reconciles its reservations; repeating it changes nothing. */
  release(streamId: string, { end, usedTokens, usedUsd }: LeaseOutcome, nowMs: number): void {
    const lease = this.#leases.get(streamId);
    if (lease === undefined) return;
    const used = usedTokens ?? (end === 'refused' ? 0 : lease.reservedTokens);
    this.#bucketsOf(lease.keyId).reconcile(lease.reservedTokens - used, lease.tokensPerMinute, nowMs);
    this.#settle(lease, usedUsd ?? (end === 'refused' ? 0 : null), nowMs);
    this.#end(lease, end === 'completed' ? 'completed' : 'ended', nowMs);
  }

  /** Ends what expired and forgets what no retry can reach any more. */
  sweep(nowMs: number): void {
    if (nowMs >= this.#earliestExpiryMs) this.#expire(nowMs);
    for (const ended of this.#ended.values()) {
      if (ended.endedMs + JOIN_WINDOW_MS > nowMs && this.#ended.size <= MAX_ENDED) break;
      this.#forget(ended);
    }
  }

  #streamRefusal({ limits, address }: LeaseRequest): AdmissionRefusal | null {
    const { concurrentStreams, streamsPerAddress } = limits;
    if (this.#leases.size >= concurrentStreams) {
      return { reason: 'too_many_streams', limit: concurrentStreams, retryAfterMs: STREAM_RETRY_MS };
    }
    if (streamsPerAddress !== null && this.#countOf(address) >= streamsPerAddress) {
      return {
        reason: 'too_many_streams_from_address',
        limit: streamsPerAddress,
        retryAfterMs: STREAM_RETRY_MS,
      };
    }
    return null;
  }

  #budgetRefusal({ money }: LeaseRequest, nowMs: number): AdmissionRefusal | null {
    return money === undefined ? null : this.#budget.refusal(money, nowMs);
  }

  #grant(request: LeaseRequest, nowMs: number): void {
    const { streamId, keyId, bodyHash, idempotencyKey, estimatedTokens, limits, money } = request;
    const earlier = this.#ended.get(streamId);
    if (earlier !== undefined) this.#forget(earlier);
    const lease: Lease = {
      streamId,
      keyId,
      bodyHash,
      idempotencyKey,
      slot: this.#slots.take(),
      address: request.address === null ? null : addressGroup(request.address),
      reservedTokens: estimatedTokens,
      tokensPerMinute: limits.tokensPerMinute,
      reservedNanoUsd: money === undefined ? null : toNanoUsd(money.estimatedUsd),
      expiresMs: nowMs + LEASE_TTL_MS,
    };
    this.#hold(lease);
    this.#write(lease, 'running', nowMs);
  }

  #hold(lease: Lease): void {
    this.#leases.set(lease.streamId, lease);
    this.#joins.add(lease);
    this.#budget.reserve(lease.reservedNanoUsd ?? 0);
    this.#earliestExpiryMs = Math.min(this.#earliestExpiryMs, lease.expiresMs);
    if (lease.address !== null) this.#perAddress.set(lease.address, this.#countInGroup(lease.address) + 1);
  }

  /** Before the lease's row ends: a reservation that is booked twice costs less than one that is forgotten. */
  #settle({ reservedNanoUsd }: Lease, usedUsd: number | null, nowMs: number): void {
    if (reservedNanoUsd === null) return;
    this.#budget.settle(reservedNanoUsd, usedUsd === null ? reservedNanoUsd : toNanoUsd(usedUsd), nowMs);
  }

  #end(lease: Lease, state: Exclude<LeaseState, 'running'>, nowMs: number): void {
    this.#leases.delete(lease.streamId);
    if (lease.address !== null) {
      const left = this.#countInGroup(lease.address) - 1;
      if (left > 0) this.#perAddress.set(lease.address, left);
      else this.#perAddress.delete(lease.address);
    }
    if (state === 'ended') this.#joins.remove(lease);
    this.#ended.set(lease.streamId, { ...lease, endedMs: nowMs });
    this.#write({ ...lease, address: null }, state, nowMs);
  }

  #expire(nowMs: number): void {
    this.#earliestExpiryMs = Infinity;
    for (const lease of this.#leases.values()) {
      if (lease.expiresMs <= nowMs) {
        this.#settle(lease, null, nowMs);
        this.#end(lease, 'ended', nowMs);
      } else this.#earliestExpiryMs = Math.min(this.#earliestExpiryMs, lease.expiresMs);
    }
  }

  #forget(ended: Ended): void {
    this.#ended.delete(ended.streamId);
    this.#joins.remove(ended);
    this.#slots.giveBack(ended.slot);
  }

  #write(lease: Lease, state: LeaseState, nowMs: number): void {
    this.#store.put({
      slot: lease.slot,
      streamId: lease.streamId,
      keyId: lease.keyId,
      address: lease.address,
      bodyHash: lease.bodyHash,
      idempotencyKey: lease.idempotencyKey,
      reservedTokens: lease.reservedTokens,
      tokensPerMinute: lease.tokensPerMinute,
      reservedNanoUsd: lease.reservedNanoUsd,
      ...this.#bucketsOf(lease.keyId).levels(),
      state,
      sinceMs: nowMs,
    });
  }

  #restore(row: StoredLease, nowMs: number): void {
    // Rows come oldest first, so the last one of a key leaves the levels that were written last.
    this.#buckets.set(row.keyId, new KeyBuckets(row));
    if (row.state === 'running') {
      this.#hold({ ...row, expiresMs: nowMs + LEASE_TTL_MS });
      return;
    }
    this.#ended.set(row.streamId, { ...row, endedMs: row.sinceMs });
    if (row.state === 'completed') this.#joins.add(row);
  }

  #headroom(request: LeaseRequest, nowMs: number): number {
    const { concurrentStreams, streamsPerAddress } = request.limits;
    const streams = concurrentStreams - this.#leases.size;
    const fromAddress =
      streamsPerAddress === null ? Infinity : streamsPerAddress - this.#countOf(request.address);
    const affordable = this.#bucketsOf(request.keyId).timesLeft(request, nowMs);
    return Math.max(0, Math.min(streams, fromAddress, affordable));
  }

  #countOf(address: string | null): number {
    return address === null ? 0 : this.#countInGroup(addressGroup(address));
  }

  #countInGroup(group: string): number {
    return this.#perAddress.get(group) ?? 0;
  }

  #bucketsOf(keyId: string): KeyBuckets {
    const known = this.#buckets.get(keyId);
    if (known !== undefined) return known;
    const oldest = this.#buckets.size >= MAX_KEYS ? this.#buckets.keys().next() : null;
    if (oldest !== null && oldest.done !== true) this.#buckets.delete(oldest.value);
    const buckets = new KeyBuckets({ requests: null, tokens: null });
    this.#buckets.set(keyId, buckets);
    return buckets;
  }
}
