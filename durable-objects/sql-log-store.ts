// Replay logs on Durable Object SQLite: one header row a generation, one row a page.
// The tables are made with the first write, never in a constructor: an object that only refuses costs no row.

import type { LogStore, StoredPage } from '../replay/log-store.ts';

export type LogStorage = Pick<DurableObjectStorage, 'sql' | 'transactionSync' | 'sync'>;

// Clustered keys (WITHOUT ROWID): a second index would double the rows written, which is what storage costs.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS generation (
    generation TEXT PRIMARY KEY, header TEXT NOT NULL, expires_ms INTEGER
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS page (
    generation TEXT NOT NULL, first_seq INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (generation, first_seq)
  ) WITHOUT ROWID;
`;

/** All logs of one object. */
export class SqlLogs {
  readonly #storage: LogStorage;
  #exists: boolean | null = null;

  constructor(storage: LogStorage) {
    this.#storage = storage;
  }

  storeFor(generation: string): LogStore {
    return new SqlLogStore(this, this.#storage, generation);
  }

  /** True when anything was ever written; false makes every read answer "nothing" without a table. */
  get exists(): boolean {
    this.#exists ??=
      this.#storage.sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'page'").toArray()
        .length > 0;
    return this.#exists;
  }

  ensure(): void {
    if (this.#exists === true) return;
    this.#storage.sql.exec(SCHEMA);
    this.#exists = true;
  }

  /** Generations whose terminal is not on disk. */
  running(): string[] {
    return this.#generations('SELECT generation FROM generation WHERE expires_ms IS NULL');
  }

  expired(nowMs: number): string[] {
    return this.#generations('SELECT generation FROM generation WHERE expires_ms <= ?', nowMs);
  }

  /** Unix ms at which the next log may be deleted; null when none waits for it. */
  nextExpiryMs(): number | null {
    if (!this.exists) return null;
    const row = this.#storage.sql.exec('SELECT MIN(expires_ms) AS next FROM generation').one();
    return typeof row['next'] === 'number' ? row['next'] : null;
  }

  delete(generation: string): void {
    this.#storage.transactionSync(() => {
      this.#storage.sql.exec('DELETE FROM page WHERE generation = ?', generation);
      this.#storage.sql.exec('DELETE FROM generation WHERE generation = ?', generation);
    });
  }

  #generations(query: string, ...bindings: number[]): string[] {
    if (!this.exists) return [];
    return this.#storage.sql
      .exec(query, ...bindings)
      .toArray()
      .map((row) => String(row['generation']));
  }
}

class SqlLogStore implements LogStore {
  readonly #logs: SqlLogs;
  readonly #storage: LogStorage;
  readonly #generation: string;

  constructor(logs: SqlLogs, storage: LogStorage, generation: string) {
    this.#logs = logs;
    this.#storage = storage;
    this.#generation = generation;
  }

  readHeader(): string | null {
    if (!this.#logs.exists) return null;
    const rows = this.#storage.sql.exec(
      'SELECT header FROM generation WHERE generation = ?',
      this.#generation,
    );
    const row = rows.toArray()[0];
    return row === undefined ? null : String(row['header']);
  }

  writeHeader(body: string, expiresAtMs: number | null): void {
    const query = 'INSERT OR REPLACE INTO generation (generation, header, expires_ms) VALUES (?, ?, ?)';
    this.#storage.sql.exec(query, this.#generation, body, expiresAtMs);
  }

  writePage(page: StoredPage): void {
    const query = 'INSERT OR REPLACE INTO page (generation, first_seq, body) VALUES (?, ?, ?)';
    this.#storage.sql.exec(query, this.#generation, page.firstSeq, page.body);
  }

  pageAt(seq: number): StoredPage | null {
    return this.#page('AND first_seq <= ? ORDER BY first_seq DESC LIMIT 1', seq);
  }

  lastPage(): StoredPage | null {
    return this.#page('ORDER BY first_seq DESC LIMIT 1');
  }

  replacePages(pages: readonly StoredPage[]): void {
    this.#storage.sql.exec('DELETE FROM page WHERE generation = ?', this.#generation);
    for (const page of pages) this.writePage(page);
  }

  transaction(change: () => void, size?: { readonly isOneRow: boolean }): void {
    this.#logs.ensure();
    if (size?.isOneRow === true) change();
    else this.#storage.transactionSync(change);
  }

  async sync(): Promise<void> {
    await this.#storage.sync();
  }

  #page(condition: string, ...bindings: number[]): StoredPage | null {
    if (!this.#logs.exists) return null;
    const query = `SELECT first_seq, body FROM page WHERE generation = ? ${condition}`;
    const row = this.#storage.sql.exec(query, this.#generation, ...bindings).toArray()[0];
    return row === undefined ? null : { firstSeq: Number(row['first_seq']), body: String(row['body']) };
  }
}
