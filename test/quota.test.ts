// The promise: a tenant never runs more generations than its limit, can always run exactly that many, and a retry
// finds its original but never a failed one.

import { describe, expect, it } from 'vitest';
import { addressGroup } from '../policy/address-group.ts';
import type { LeaseBook } from '../policy/lease-book.ts';
import { JOIN_WINDOW_MS, LEASE_TTL_MS, type LeaseEnd } from '../protocol/admission.ts';
import { leaseRequest, MemoryLeaseStore, openBooks } from './support/lease-requests.ts';

const COMPLETED = { end: 'completed', usedTokens: null, usedUsd: null } as const;

function open(store = new MemoryLeaseStore(), nowMs = 0): LeaseBook {
  return openBooks(store, nowMs).leases;
}

describe('concurrent streams', () => {
  const limits = { concurrentStreams: 3 };

  it('exactly the limit is granted, with the headroom counted down, and the next one is refused', () => {
    const book = open();
    const outcomes = ['a', 'b', 'c', 'd'].map((id) => book.admit(leaseRequest(id, { limits }), 0));
    expect(outcomes).toEqual([
      { type: 'granted', headroom: 2 },
      { type: 'granted', headroom: 1 },
      { type: 'granted', headroom: 0 },
      { type: 'refused', refusal: { reason: 'too_many_streams', limit: 3, retryAfterMs: 1_000 } },
    ]);
  });

  it('a released lease is free at once, and releasing it again frees nothing more', () => {
    const book = open();
    for (const id of ['a', 'b', 'c']) book.admit(leaseRequest(id, { limits }), 0);
    book.release('a', COMPLETED, 1);
    book.release('a', COMPLETED, 1);
    const types = ['d', 'e'].map((id) => book.admit(leaseRequest(id, { limits }), 1).type);
    expect(types).toEqual(['granted', 'refused']);
  });

  it('asking twice for the same stream takes one lease and charges one request', () => {
    const book = open();
    const once = { concurrentStreams: 1, streamsPerAddress: 1, requestsPerMinute: 1 };
    const request = leaseRequest('a', { limits: once, address: '1.1.1.1', idempotencyKey: 'op' });
    const outcomes = [book.admit(request, 0), book.admit(request, 1)];
    expect(outcomes).toEqual([
      { type: 'granted', headroom: 0 },
      { type: 'granted', headroom: 0 },
    ]);
  });

  it('an unrenewed lease is held up to its expiry and not beyond; a renewed one lives on', () => {
    const book = open();
    const one = { concurrentStreams: 1 };
    book.admit(leaseRequest('a', { limits: one }), 0);
    book.renew(['a'], 30_000);
    const early = book.admit(leaseRequest('b', { limits: one }), 30_000 + LEASE_TTL_MS - 1).type;
    const late = book.admit(leaseRequest('b', { limits: one }), 30_000 + LEASE_TTL_MS).type;
    expect([early, late]).toEqual(['refused', 'granted']);
  });

  it('a lease that expired cannot be renewed into a place that is taken', () => {
    const book = open();
    const one = { concurrentStreams: 1 };
    book.admit(leaseRequest('a', { limits: one }), 0);
    book.admit(leaseRequest('b', { limits: one }), LEASE_TTL_MS);
    book.renew(['a'], LEASE_TTL_MS);
    book.release('a', COMPLETED, LEASE_TTL_MS);
    expect(book.admit(leaseRequest('c', { limits: one }), LEASE_TTL_MS).type).toBe('refused');
  });
});

describe('streams from one address', () => {
  const limits = { streamsPerAddress: 2 };

  it('the third stream of an address is refused while another address goes on', () => {
    const book = open();
    const from = ['1.1.1.1', '1.1.1.1', '1.1.1.1', '2.2.2.2', null, null, null];
    const types = from.map(
      (address, index) => book.admit(leaseRequest(`s${index}`, { address, limits }), 0).type,
    );
    expect(types).toEqual(['granted', 'granted', 'refused', 'granted', 'granted', 'granted', 'granted']);
  });

  it('an IPv6 customer does not get a quota for each of his addresses', () => {
    const book = open();
    const from = ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2', '2001:DB8::1:0:0:0:3', '2001:db8:0:2::1'];
    const types = from.map(
      (address, index) => book.admit(leaseRequest(`s${index}`, { address, limits }), 0).type,
    );
    expect(types).toEqual(['granted', 'granted', 'refused', 'granted']);
  });

  it.each([
    ['2001:0db8:0000:0001::7', '2001:db8:0:1::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::', 'fe80:0:0:0::/64'],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.1'],
    ['10.0.0.1', '10.0.0.1'],
    ['1:2:3:4:5:6:7:8:9::', '1:2:3:4:5:6:7:8:9::'],
    ['', ''],
  ])('the address %s counts as %s', (address, group) => {
    expect(addressGroup(address)).toBe(group);
  });
});

describe('requests and tokens a minute', () => {
  it('each key has its own minute, and retry-after is the time of one refill', () => {
    const book = open();
    const limits = { requestsPerMinute: 2 };
    const outcomes = [
      book.admit(leaseRequest('a', { limits }), 0),
      book.admit(leaseRequest('b', { limits }), 0),
      book.admit(leaseRequest('c', { limits }), 0),
      book.admit(leaseRequest('d', { limits, keyId: 'key-2' }), 0),
      book.admit(leaseRequest('e', { limits }), 30_000),
    ];
    expect(outcomes).toEqual([
      { type: 'granted', headroom: 1 },
      { type: 'granted', headroom: 0 },
      { type: 'refused', refusal: { reason: 'too_many_requests', limit: 2, retryAfterMs: 30_000 } },
      { type: 'granted', headroom: 1 },
      { type: 'granted', headroom: 0 },
    ]);
  });

  it.each<[string, LeaseEnd, number | null, boolean]>([
    ['tokens reserved and not used come back', 'completed', 10, true],
    ['an unknown use counts as the whole reservation', 'completed', null, false],
    ['a generation that was refused used nothing', 'refused', null, true],
    ['using more than reserved is a debt', 'completed', 200, false],
  ])('%s', (_name, end, usedTokens, isFree) => {
    const book = open();
    const limits = { tokensPerMinute: 100 };
    book.admit(leaseRequest('a', { limits, estimatedTokens: 60 }), 0);
    expect(book.admit(leaseRequest('b', { limits, estimatedTokens: 60 }), 0).type).toBe('refused');
    book.release('a', { end, usedTokens, usedUsd: null }, 0);
    expect(book.admit(leaseRequest('b', { limits, estimatedTokens: 60 }), 0).type).toBe(
      isFree ? 'granted' : 'refused',
    );
  });

  it('a request refused for its tokens does not use up a request', () => {
    const book = open();
    const limits = { requestsPerMinute: 2, tokensPerMinute: 100 };
    const types = [60, 60, 60, 40].map(
      (estimatedTokens, index) => book.admit(leaseRequest(`s${index}`, { limits, estimatedTokens }), 0).type,
    );
    expect(types).toEqual(['granted', 'refused', 'refused', 'granted']);
  });
});

describe('retries', () => {
  const original = leaseRequest('a', { bodyHash: 'h' });
  const retry = leaseRequest('b', { bodyHash: 'h', isRetry: true });
  const attached = { type: 'attached', streamId: 'a' };

  it('a retry joins the generation that runs, even when the quota is full', () => {
    const book = open();
    const limits = { concurrentStreams: 1 };
    book.admit({ ...original, limits: { ...original.limits, ...limits } }, 0);
    expect(book.admit({ ...retry, limits: { ...retry.limits, ...limits } }, 5)).toEqual(attached);
  });

  it('the same body without a retry mark is a new question', () => {
    const book = open();
    book.admit(original, 0);
    expect(book.admit({ ...retry, isRetry: false }, 5).type).toBe('granted');
  });

  it('another key’s retry of the same body is a new question', () => {
    const book = open();
    book.admit(original, 0);
    expect(book.admit({ ...retry, keyId: 'key-2' }, 5).type).toBe('granted');
  });

  it('a completed generation is joined within the window and not after it', () => {
    const book = open();
    book.admit(original, 0);
    book.release('a', COMPLETED, 1_000);
    expect(book.admit(retry, 1_000 + JOIN_WINDOW_MS - 1)).toEqual(attached);
    expect(book.admit(retry, 1_000 + JOIN_WINDOW_MS).type).toBe('granted');
  });

  it.each<LeaseEnd>(['failed', 'stopped', 'refused'])('a %s generation is never joined', (end) => {
    const book = open();
    book.admit({ ...original, idempotencyKey: 'op' }, 0);
    book.release('a', { end, usedTokens: 0, usedUsd: null }, 1);
    expect(book.admit({ ...retry, idempotencyKey: null }, 2).type).toBe('granted');
    expect(book.admit({ ...retry, streamId: 'c', idempotencyKey: 'op' }, 2).type).toBe('granted');
  });

  it('the end of an older generation does not hide the newer one from its retry', () => {
    const book = open();
    book.admit(original, 0);
    book.admit({ ...retry, isRetry: false }, 1);
    book.release('a', { end: 'failed', usedTokens: 0, usedUsd: null }, 2);
    expect(book.admit({ ...retry, streamId: 'c' }, 3)).toEqual({ type: 'attached', streamId: 'b' });
  });

  it('an Idempotency-Key joins without a retry mark, and with another body it is refused', () => {
    const book = open();
    book.admit({ ...original, idempotencyKey: 'op' }, 0);
    const same = book.admit({ ...original, streamId: 'b', idempotencyKey: 'op' }, 1);
    const other = book.admit(leaseRequest('c', { idempotencyKey: 'op' }), 1);
    expect([same, other]).toEqual([
      attached,
      { type: 'refused', refusal: { reason: 'idempotency_mismatch' } },
    ]);
  });

  it('a new Idempotency-Key is a new operation, whatever the body', () => {
    const book = open();
    book.admit({ ...original, idempotencyKey: 'op' }, 0);
    expect(book.admit({ ...retry, idempotencyKey: 'op-2' }, 1).type).toBe('granted');
  });

  it('a generation whose lease expired is not joined', () => {
    const book = open();
    book.admit(original, 0);
    expect(book.admit(retry, LEASE_TTL_MS).type).toBe('granted');
  });
});

describe('a restarted object', () => {
  it('knows its leases, gives each one full life, and finds them for retries', () => {
    const store = new MemoryLeaseStore();
    const limits = { concurrentStreams: 2, streamsPerAddress: 1 };
    const before = open(store);
    before.admit(leaseRequest('a', { limits, address: '1.1.1.1', idempotencyKey: 'op', bodyHash: 'h' }), 0);
    const after = open(store, 80_000);
    expect([
      after.admit(leaseRequest('b', { limits, address: '1.1.1.1' }), 80_000).type,
      after.admit(leaseRequest('c', { limits, bodyHash: 'h', idempotencyKey: 'op' }), 80_000),
      after.admit(leaseRequest('d', { limits }), 80_000),
      after.admit(leaseRequest('e', { limits }), 80_000 + LEASE_TTL_MS - 1).type,
      after.admit(leaseRequest('e', { limits }), 80_000 + LEASE_TTL_MS).type,
    ]).toEqual([
      'refused',
      { type: 'attached', streamId: 'a' },
      { type: 'granted', headroom: 0 },
      'refused',
      'granted',
    ]);
  });

  it('does not give a key its minute anew', () => {
    const store = new MemoryLeaseStore();
    const limits = { tokensPerMinute: 100, requestsPerMinute: 100 };
    const before = open(store);
    before.admit(leaseRequest('a', { limits, estimatedTokens: 90 }), 0);
    before.release('a', { end: 'failed', usedTokens: 80, usedUsd: null }, 0);
    const after = open(store, 6_000);
    expect(after.admit(leaseRequest('b', { limits, estimatedTokens: 31 }), 6_000).type).toBe('refused');
    expect(after.admit(leaseRequest('b', { limits, estimatedTokens: 30 }), 6_000).type).toBe('granted');
  });

  it('charges what a lease from before the restart used beyond its reservation', () => {
    const store = new MemoryLeaseStore();
    const limits = { tokensPerMinute: 100 };
    open(store).admit(leaseRequest('a', { limits, estimatedTokens: 10 }), 0);
    const after = open(store, 0);
    after.release('a', { end: 'completed', usedTokens: 70, usedUsd: null }, 0);
    expect(after.admit(leaseRequest('b', { limits, estimatedTokens: 31 }), 0).type).toBe('refused');
  });
});

describe('what is written and kept', () => {
  it('a stream costs two rows, and their number is that of the busiest two minutes', () => {
    const store = new MemoryLeaseStore();
    const book = open(store);
    for (let index = 0; index < 500; index += 1) {
      const nowMs = index * 10_000;
      book.admit(leaseRequest(`s${index}`, { address: '1.1.1.1' }), nowMs);
      book.renew([`s${index}`], nowMs + 1);
      book.release(`s${index}`, COMPLETED, nowMs + 1_000);
    }
    expect([store.writes, store.rows.size]).toEqual([1_000, 13]);
  });

  it('a stream that is admitted again after its end takes no second row', () => {
    const store = new MemoryLeaseStore();
    const book = open(store);
    for (let index = 0; index < 50; index += 1) {
      book.admit(leaseRequest('a'), index * 1_000);
      book.release('a', { end: 'failed', usedTokens: 0, usedUsd: null }, index * 1_000 + 1);
    }
    expect(store.rows.size).toBe(1);
  });

  it('the address of an ended stream is not kept', () => {
    const store = new MemoryLeaseStore();
    const book = open(store);
    book.admit(leaseRequest('a', { address: '1.1.1.1' }), 0);
    expect([...store.rows.values()].map((row) => row.address)).toEqual(['1.1.1.1']);
    book.release('a', COMPLETED, 1);
    expect([...store.rows.values()].map((row) => row.address)).toEqual([null]);
  });

  it('ended leases are forgotten oldest first once there are very many', () => {
    const book = open();
    for (let index = 0; index < 4_200; index += 1) {
      book.admit(leaseRequest(`s${index}`), 0);
      book.release(`s${index}`, COMPLETED, 0);
    }
    book.sweep(0);
    const retryOf = (index: number) =>
      book.admit({ ...leaseRequest(`s${index}`), streamId: `r${index}`, isRetry: true }, 0).type;
    expect([retryOf(0), retryOf(4_199)]).toEqual(['granted', 'attached']);
  });

  it('after everything ended and no retry can come, nothing is left to sweep', () => {
    const book = open();
    book.admit(leaseRequest('a'), 0);
    const seen = [book.isEmpty];
    book.release('a', COMPLETED, 10);
    book.sweep(10 + JOIN_WINDOW_MS - 1);
    seen.push(book.isEmpty);
    book.sweep(10 + JOIN_WINDOW_MS);
    expect([...seen, book.isEmpty]).toEqual([false, false, true]);
  });
});
