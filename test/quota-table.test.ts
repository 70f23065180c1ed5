// The promise: the quota survives a restart through real SQL, at one written row a change.

import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { expect, it } from 'vitest';
import { TenantBudgetTable } from '../durable-objects/tenant-budget-table.ts';
import { TenantLeaseTable, type LeaseSql } from '../durable-objects/tenant-lease-table.ts';
import { LeaseBook } from '../policy/lease-book.ts';
import { BudgetBook } from '../policy/money/budget-book.ts';
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

/** The books of an object that starts on this database. */
function open(database: DatabaseSync, nowMs: number): { leases: LeaseBook; budget: BudgetBook } {
  const budget = new BudgetBook(new TenantBudgetTable(sqlOf(database)));
  return { leases: new LeaseBook(new TenantLeaseTable(sqlOf(database)), budget, nowMs), budget };
}

const LIMITS = {
  concurrentStreams: 2,
  requestsPerMinute: 10,
  tokensPerMinute: 1_000,
  streamsPerAddress: null,
};

it('a restarted object reads back every lease, its address, its keys and its levels', () => {
  const database = new DatabaseSync(':memory:');
  const book = open(database, 0).leases;
  book.admit(leaseRequest('a', { limits: LIMITS, address: '1.1.1.1', idempotencyKey: 'op' }), 0);
  book.admit(leaseRequest('b', { limits: { ...LIMITS, tokensPerMinute: null } }), 5);
  book.release('a', { end: 'completed', usedTokens: 40, usedUsd: null }, 7);
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
  const after = open(database, 10).leases;
  expect(after.admit(leaseRequest('c', { limits: LIMITS }), 10)).toEqual({ type: 'granted', headroom: 0 });
});

it('reading creates no table, and clearing one that was never made is no error', () => {
  const database = new DatabaseSync(':memory:');
  const table = new TenantLeaseTable(sqlOf(database));
  expect(table.load()).toEqual([]);
  table.clear();
  expect(new TenantBudgetTable(sqlOf(database)).loadSpending()).toBeNull();
  expect(database.prepare('SELECT count(*) AS tables FROM sqlite_master').get()).toEqual({ tables: 0 });
});

const MONEY = { estimatedUsd: 0.25, budget: { usdPerDay: 1, usdPerMonth: null, over: 'refuse' } } as const;

it('a restarted object knows what was spent and what its running generations may still cost', () => {
  const database = new DatabaseSync(':memory:');
  const { leases } = open(database, 0);
  for (const id of ['a', 'b', 'c']) leases.admit(leaseRequest(id, { money: MONEY }), 0);
  leases.release('a', { end: 'completed', usedTokens: 1, usedUsd: 0.125 }, 7);
  expect(open(database, 10).budget.account(10)).toMatchObject({
    reservedUsd: 0.5,
    day: { spentUsd: 0.125 },
    month: { spentUsd: 0.125 },
  });
});

it('the spending outlives the sweep of the leases', () => {
  const database = new DatabaseSync(':memory:');
  const { leases } = open(database, 0);
  leases.admit(leaseRequest('a', { money: MONEY }), 0);
  leases.release('a', { end: 'completed', usedTokens: 1, usedUsd: 0.125 }, 7);
  const table = new TenantLeaseTable(sqlOf(database));
  table.load();
  table.clear();
  expect(table.load()).toEqual([]);
  expect(open(database, 10).budget.account(10)).toMatchObject({ reservedUsd: 0, day: { spentUsd: 0.125 } });
});

it('a table from before budgets is taken over, its leases without a reservation', () => {
  const database = new DatabaseSync(':memory:');
  open(database, 0).leases.admit(leaseRequest('a', { limits: LIMITS }), 0);
  database.exec('ALTER TABLE leases DROP COLUMN reserved_nano_usd');
  const { leases, budget } = open(database, 1);
  leases.admit(leaseRequest('b', { limits: LIMITS, money: MONEY }), 1);
  expect(leases.admit(leaseRequest('c', { limits: LIMITS }), 1).type).toBe('refused');
  expect([budget.account(1).reservedUsd, open(database, 2).budget.account(2).reservedUsd]).toEqual([
    0.25, 0.25,
  ]);
});
