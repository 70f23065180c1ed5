// One shard of the statistics in the SQLite of its Stats object: its state, and a row for each closed minute, hour and
// day. Clustered keys and no index: every change is one row written. Tables are made with the first write.

import { MINUTE_MS } from '../policy/analytics/step-levels.ts';
import type { Lane, StatsStore, StoredRollup } from '../policy/analytics/stats-store.ts';

type SqlValue = number | string | ArrayBuffer;

type Binding = number | Uint8Array;

/** What is needed of the object's `SqlStorage`; told in our own words so that Node's SQLite can stand in for it. */
export type StatsSql = {
  exec<Found extends Record<string, SqlValue>>(
    query: string,
    ...bindings: readonly Binding[]
  ): { toArray(): Found[] };
};

const CREATE = [
  'CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY, body BLOB NOT NULL)',
  'CREATE TABLE IF NOT EXISTS rollups (key INTEGER PRIMARY KEY, cells BLOB NOT NULL)',
];

/** The one row of `state`. */
const STATE_ID = 1;

/** Keys are lane, then minute since 1970: rows of a lane lie together, in their order. */
const LANE_KEYS = 2 ** 40;

/** Each has a few hundred kilobytes at most. */
const ROWS_AT_ONCE = 32;

export class StatsTable implements StatsStore {
  readonly #sql: StatsSql;
  #exists: boolean | null = null;

  constructor(sql: StatsSql) {
    this.#sql = sql;
  }

  state(): Uint8Array | null {
    const [row] = this.#read<{ body: ArrayBuffer }>('SELECT body FROM state WHERE id = ?', STATE_ID);
    return row === undefined ? null : new Uint8Array(row.body);
  }

  putState(state: Uint8Array<ArrayBuffer>): void {
    this.#write('INSERT OR REPLACE INTO state VALUES (?, ?)', STATE_ID, state);
  }

  putRollup(lane: Lane, startMs: number, cells: Uint8Array<ArrayBuffer>): void {
    this.#write('INSERT OR REPLACE INTO rollups VALUES (?, ?)', keyOf(lane, startMs), cells);
  }

  *rollups(lane: Lane, fromMs: number, toMs: number): Generator<StoredRollup> {
    const query = `SELECT key, cells FROM rollups WHERE key >= ? AND key < ? ORDER BY key LIMIT ${ROWS_AT_ONCE}`;
    const endKey = keyOf(lane, toMs);
    for (let from: number | null = keyOf(lane, fromMs); from !== null;) {
      const rows: { key: number; cells: ArrayBuffer }[] = this.#read(query, from, endKey);
      from = null;
      for (const { key, cells } of rows) {
        yield { startMs: (key % LANE_KEYS) * MINUTE_MS, cells: new Uint8Array(cells) };
        if (rows.length === ROWS_AT_ONCE) from = key + 1;
      }
    }
  }

  deleteRollups(lane: Lane, beforeMs: number): void {
    this.#read('DELETE FROM rollups WHERE key >= ? AND key < ?', keyOf(lane, 0), keyOf(lane, beforeMs));
  }

  get isEmpty(): boolean {
    return this.#read('SELECT key FROM rollups LIMIT 1').length === 0;
  }

  #read<Found extends Record<string, SqlValue>>(query: string, ...bindings: readonly Binding[]): Found[] {
    this.#exists ??=
      this.#sql.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'rollups'").toArray()
        .length > 0;
    return this.#exists ? this.#sql.exec<Found>(query, ...bindings).toArray() : [];
  }

  #write(query: string, ...bindings: readonly Binding[]): void {
    if (this.#exists !== true) for (const create of CREATE) this.#sql.exec(create);
    this.#exists = true;
    this.#sql.exec(query, ...bindings);
  }
}

/** A time before 1970, such as the start of "everything", is the lane's first key. */
function keyOf(lane: Lane, ms: number): number {
  return lane * LANE_KEYS + Math.min(LANE_KEYS - 1, Math.max(0, Math.ceil(ms / MINUTE_MS)));
}
