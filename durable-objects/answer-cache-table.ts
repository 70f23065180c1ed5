// A tenant's kept answers in the SQLite of its AnswerCache object: one row an answer, clustered by key, the body last,
// so that looking at ages never reads bodies. The table is made with the first answer, never by a read.
// Invariant: what has expired is never found, whether or not it was deleted yet.

type SqlValue = string | number | null;

/** What is needed of the object's `SqlStorage`; told in our own words so that Node's SQLite can stand in for it. */
export type CacheSql = {
  exec<Found extends Record<string, SqlValue>>(
    query: string,
    ...bindings: readonly SqlValue[]
  ): { toArray(): Found[] };
};

/** Use is noted to the minute: to write a row for each hit would cost more than the order is worth. */
const USE_GRAIN_MS = 60_000;

const CREATE = `CREATE TABLE IF NOT EXISTS answers (
  key TEXT PRIMARY KEY, used_ms REAL NOT NULL, expires_ms REAL NOT NULL, body TEXT NOT NULL) WITHOUT ROWID`;

/** Everything beyond the `?` answers that were used last. */
const EVICT = `DELETE FROM answers WHERE key IN (
  SELECT key FROM answers ORDER BY used_ms DESC, expires_ms DESC LIMIT -1 OFFSET ?)`;

export class AnswerCacheTable {
  readonly #sql: CacheSql;
  #exists: boolean | null = null;

  constructor(sql: CacheSql) {
    this.#sql = sql;
  }

  find(key: string, nowMs: number): string | null {
    const [row] = this.#read<{ used_ms: number; body: string }>(
      'SELECT used_ms, body FROM answers WHERE key = ? AND expires_ms > ?',
      key,
      nowMs,
    );
    if (row === undefined) return null;
    if (nowMs >= row.used_ms + USE_GRAIN_MS)
      this.#sql.exec('UPDATE answers SET used_ms = ? WHERE key = ?', nowMs, key);
    return row.body;
  }

  /** Replaces what was there; beyond `maxEntries` the answer that was not used for longest goes. */
  put(key: string, body: string, age: { nowMs: number; ttlMs: number; maxEntries: number }): void {
    const { nowMs, ttlMs, maxEntries } = age;
    if (!this.#has) this.#sql.exec(CREATE);
    this.#exists = true;
    this.#sql.exec('INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)', key, nowMs, nowMs + ttlMs, body);
    const [row] = this.#read<{ entries: number }>('SELECT COUNT(*) AS entries FROM answers');
    if ((row?.entries ?? 0) > maxEntries) this.#sql.exec(EVICT, maxEntries);
  }

  deleteExpired(nowMs: number): void {
    if (this.#has) this.#sql.exec('DELETE FROM answers WHERE expires_ms <= ?', nowMs);
  }

  /** When the next answer expires (Unix ms); null when none is left. */
  nextExpiryMs(): number | null {
    const [row] = this.#read<{ next: number | null }>('SELECT MIN(expires_ms) AS next FROM answers');
    return row?.next ?? null;
  }

  clear(): void {
    if (this.#has) this.#sql.exec('DELETE FROM answers');
  }

  #read<Found extends Record<string, SqlValue>>(query: string, ...bindings: readonly SqlValue[]): Found[] {
    return this.#has ? this.#sql.exec<Found>(query, ...bindings).toArray() : [];
  }

  get #has(): boolean {
    this.#exists ??=
      this.#sql.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'answers'").toArray()
        .length > 0;
    return this.#exists;
  }
}
