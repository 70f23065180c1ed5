// The promise: the quota survives a restart through real SQL, at one written row a change.

import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { expect, it } from 'vitest';
import { TenantLeaseTable, type LeaseSql } from '../durable-objects/tenant-lease-table.ts';
import { LeaseBook } from '../policy/lease-book.ts';
import { leaseRequest } from './support/lease-requests.ts';

/** The part of the object's storage that the table uses, over Node's own SQLite. */
function sqlOf(database: DatabaseSync): LeaseSql {
  return {
    exec: <Found>(query: string, ...bindings: readonly SQLInputValue[]) => {
      const rows = database.prepare(query).all(...bindings);
      return { toArray: () => rows as Found[] }; // the caller names the columns it asked for
    },
  };
}

const LIMITS = {
  concurrentStreams: 2,
  requestsPerMinute: 10,
  tokensPerMinute: 1_000,
  streamsPerAddress: null,
};

it('a restarted object reads back every lease, its address, its keys and its levels', () => {
  const database = new DatabaseSync(':memory:');
  const before = new TenantLeaseTable(sqlOf(database));
  const book = new LeaseBook(before, 0);
  book.admit(leaseRequest('a', { limits: LIMITS, address: '1.1.1.1', idempotencyKey: 'op' }), 0);
  book.admit(leaseRequest('b', { limits: { ...LIMITS, tokensPerMinute: null } }), 5);
  book.release('a', { end: 'completed', usedTokens: 40 }, 7);
  const rows = new TenantLeaseTable(sqlOf(database)).load();
  expect(rows).toEqual([
    expect.objectContaining({
      slot: 0,
      state: 'completed',
      streamId: 'a',
      address: null,
      idempotencyKey: 'op',
      sinceMs: 7,
    }),
    expect.objectContaining({
      slot: 1,
      state: 'running',
      streamId: 'b',
      address: null,
      tokensPerMinute: null,
      sinceMs: 5,
    }),
  ]);
  expect(rows[0]?.tokens).toEqual({ level: expect.closeTo(960.1, 1), atMs: 7 });
  const after = new LeaseBook(new TenantLeaseTable(sqlOf(database)), 10);
  expect(after.admit(leaseRequest('c', { limits: LIMITS }), 10)).toEqual({ type: 'granted', headroom: 0 });
});

it('reading creates no table, and clearing one that was never made is no error', () => {
  const database = new DatabaseSync(':memory:');
  const table = new TenantLeaseTable(sqlOf(database));
  expect(table.load()).toEqual([]);
  table.clear();
  expect(database.prepare('SELECT count(*) AS tables FROM sqlite_master').get()).toEqual({ tables: 0 });
});
