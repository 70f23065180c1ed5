// The lease table in the Tenant's SQLite: one integer-keyed row per slot, so every write is one row written.
// The table is created with the first lease, never by a read. It decides nothing; lease-book.ts does.

import type { LeaseState, LeaseStore, StoredLease } from '../policy/lease-store.ts';
import type { BucketLevel } from '../policy/token-bucket.ts';

type SqlValue = string | number | null;

/** What is needed of the object's `SqlStorage`; told in our own words so that Node's SQLite can stand in for it. */
export type LeaseSql = {
  exec<Found extends Record<string, SqlValue>>(
    query: string,
    ...bindings: readonly SqlValue[]
  ): { toArray(): Found[] };
};

type Row = {
  readonly slot: number;
  readonly state: string;
  readonly stream_id: string;
  readonly key_id: string;
  readonly address: string | null;
  readonly body_hash: string;
  readonly idempotency_key: string | null;
  readonly reserved_tokens: number;
  readonly tokens_per_minute: number | null;
  readonly since_ms: number;
  readonly requests_level: number | null;
  readonly requests_at_ms: number | null;
  readonly tokens_level: number | null;
  readonly tokens_at_ms: number | null;
  readonly reserved_nano_usd: number | null;
};

const CREATE = `CREATE TABLE IF NOT EXISTS leases (
  slot INTEGER PRIMARY KEY, state TEXT NOT NULL, stream_id TEXT NOT NULL, key_id TEXT NOT NULL, address TEXT,
  body_hash TEXT NOT NULL, idempotency_key TEXT, reserved_tokens REAL NOT NULL, tokens_per_minute REAL,
  since_ms REAL NOT NULL, requests_level REAL, requests_at_ms REAL, tokens_level REAL, tokens_at_ms REAL,
  reserved_nano_usd REAL)`;

/** Objects from before budgets have a table without it. */
const ADD_MONEY = 'ALTER TABLE leases ADD COLUMN reserved_nano_usd REAL';

const PUT = 'INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';

export class TenantLeaseTable implements LeaseStore {
  readonly #sql: LeaseSql;
  #exists = false;

  constructor(sql: LeaseSql) {
    this.#sql = sql;
  }

  load(): readonly StoredLease[] {
    const [table] = this.#sql
      .exec<{ sql: string }>("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'leases'")
      .toArray();
    this.#exists = table !== undefined;
    if (table === undefined) return [];
    if (!table.sql.includes('reserved_nano_usd')) this.#sql.exec(ADD_MONEY);
    return this.#sql.exec<Row>('SELECT * FROM leases').toArray().map(decode);
  }

  put(lease: StoredLease): void {
    if (!this.#exists) this.#sql.exec(CREATE);
    this.#exists = true;
    const { requests, tokens } = lease;
    this.#sql.exec(
      PUT,
      lease.slot,
      lease.state,
      lease.streamId,
      lease.keyId,
      lease.address,
      lease.bodyHash,
      lease.idempotencyKey,
      lease.reservedTokens,
      lease.tokensPerMinute,
      lease.sinceMs,
      requests?.level ?? null,
      requests?.atMs ?? null,
      tokens?.level ?? null,
      tokens?.atMs ?? null,
      lease.reservedNanoUsd,
    );
  }

  clear(): void {
    if (this.#exists) this.#sql.exec('DELETE FROM leases');
  }
}

function decode(row: Row): StoredLease {
  return {
    slot: row.slot,
    state: stateOf(row.state),
    streamId: row.stream_id,
    keyId: row.key_id,
    address: row.address,
    bodyHash: row.body_hash,
    idempotencyKey: row.idempotency_key,
    reservedTokens: row.reserved_tokens,
    tokensPerMinute: row.tokens_per_minute,
    reservedNanoUsd: row.reserved_nano_usd,
    sinceMs: row.since_ms,
    requests: levelOf(row.requests_level, row.requests_at_ms),
    tokens: levelOf(row.tokens_level, row.tokens_at_ms),
  };
}

function stateOf(text: string): LeaseState {
  if (text === 'running' || text === 'completed' || text === 'ended') return text;
  throw new Error(`the lease table holds an unknown state: ${text}`);
}

function levelOf(level: number | null, atMs: number | null): BucketLevel | null {
  return level === null || atMs === null ? null : { level, atMs };
}
