// The promise under every order of events: never more than N leases at once, N reachable, no join to a failed one.
// The model below knows only what a caller was told, not how the book works.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LEASE_TTL_MS, type LeaseEnd } from '../protocol/admission.ts';
import { leaseRequest, MemoryLeaseStore, openBooks } from './support/lease-requests.ts';

type Step =
  | {
      readonly type: 'admit';
      readonly body: number;
      readonly key: number | null;
      readonly isRetry: boolean;
      readonly address: number;
    }
  | { readonly type: 'renew' | 'release'; readonly pick: number; readonly end: LeaseEnd }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'restart' };

type Known = {
  expiresMs: number;
  readonly body: number;
  readonly address: number;
  end: LeaseEnd | 'expired' | null;
};

const end = fc.constantFrom<LeaseEnd>('completed', 'failed', 'stopped', 'refused');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('admit' as const),
      body: fc.nat(3),
      key: fc.option(fc.nat(2)),
      isRetry: fc.boolean(),
      address: fc.nat(2),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constantFrom('renew' as const, 'release' as const),
      pick: fc.nat(40),
      end,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('wait' as const),
      ms: fc.oneof(fc.nat(2_000), fc.nat(2 * LEASE_TTL_MS)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('restart' as const) }) },
);

/** Plays the steps and checks every answer against what callers know; then fills the quota to its brim. */
function play(steps: readonly Step[], limit: number, perAddress: number): void {
  const store = new MemoryLeaseStore();
  const known = new Map<string, Known>();
  let book = openBooks(store, 0).leases;
  let nowMs = 0;
  const limits = { concurrentStreams: limit, streamsPerAddress: perAddress };
  const held = () => [...known.values()].filter((lease) => lease.end === null && lease.expiresMs > nowMs);
  /** Any admission or renewal ends what has expired by then; until one comes, a restart gives it a new life. */
  const expire = () => {
    for (const lease of known.values())
      if (lease.end === null && lease.expiresMs <= nowMs) lease.end = 'expired';
  };

  const admit = (streamId: string, asked: Extract<Step, { type: 'admit' }>) => {
    const from = { body: asked.body, address: asked.address };
    const before = {
      all: held().length,
      near: held().filter((lease) => lease.address === asked.address).length,
    };
    const outcome = book.admit(
      leaseRequest(streamId, {
        bodyHash: `body ${asked.body}`,
        idempotencyKey: asked.key === null ? null : `operation ${asked.key}`,
        isRetry: asked.isRetry,
        address: `10.0.0.${asked.address}`,
        limits,
      }),
      nowMs,
    );
    const hasRoom = before.all < limit && before.near < perAddress;
    if (outcome.type === 'granted') {
      expect(hasRoom).toBe(true);
      expect(outcome.headroom).toBe(Math.min(limit - before.all, perAddress - before.near) - 1);
      known.set(streamId, { ...from, expiresMs: nowMs + LEASE_TTL_MS, end: null });
    } else if (outcome.type === 'attached') {
      const original = known.get(outcome.streamId);
      expect(original?.body).toBe(asked.body);
      expect([null, 'completed']).toContain(original?.end);
      expect(asked.isRetry || asked.key !== null).toBe(true);
    } else if (outcome.refusal.reason !== 'idempotency_mismatch') {
      expect(hasRoom).toBe(false);
    }
    return outcome;
  };

  steps.forEach((next, index) => {
    if (next.type === 'wait') nowMs += next.ms;
    if (next.type === 'admit' || next.type === 'renew') expire();
    const streamId = `s${'pick' in next ? next.pick : index}`;
    const lease = known.get(streamId);
    if (next.type === 'admit') admit(streamId, next);
    if (next.type === 'renew') {
      book.renew([streamId], nowMs);
      if (lease?.end === null) lease.expiresMs = nowMs + LEASE_TTL_MS;
    }
    if (next.type === 'release') {
      book.release(streamId, { end: next.end, usedTokens: 1, usedUsd: null }, nowMs);
      if (lease?.end === null) lease.end = next.end;
    }
    if (next.type === 'restart') {
      book = openBooks(store, nowMs).leases;
      for (const each of known.values()) if (each.end === null) each.expiresMs = nowMs + LEASE_TTL_MS;
    }
  });

  expire();
  for (let extra = held().length; extra < limit; extra += 1) {
    // A client each, so that only the number of streams can refuse.
    const outcome = admit(`extra${extra}`, {
      type: 'admit',
      body: 100 + extra,
      key: null,
      isRetry: false,
      address: 100 + extra,
    });
    expect(outcome.type).toBe('granted');
  }
  const beyond = admit('beyond', { type: 'admit', body: 99, key: null, isRetry: false, address: 99 });
  expect(beyond).toMatchObject({ type: 'refused', refusal: { reason: 'too_many_streams' } });
}

it('whatever happens in whatever order, the quota is exact and joins are sound', () => {
  const schedule = fc.tuple(
    fc.array(step, { maxLength: 120 }),
    fc.integer({ min: 1, max: 8 }),
    fc.integer({ min: 1, max: 5 }),
  );
  fc.assert(
    fc.property(schedule, ([steps, limit, perAddress]) => play(steps, limit, perAddress)),
    { numRuns: 3_000 },
  );
});
