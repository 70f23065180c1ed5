// The port between a replay log and its disk: one store per generation, rows keyed by the first
// sequence number they hold. Synchronous like Durable Object SQLite; only `sync` waits for the disk.

/** `body` is opaque to the store; `page.ts` and `columns.ts` write and read it. */
export type StoredPage = { readonly firstSeq: number; readonly body: string };

export interface LogStore {
  readHeader(): string | null;
  /** `expiresAtMs` (Unix) is null while the generation runs; stores index it for recovery and retention. */
  writeHeader(body: string, expiresAtMs: number | null): void;
  /** Writes or overwrites the page that starts at `firstSeq`: one row. */
  writePage(page: StoredPage): void;
  /** The page with the largest `firstSeq` ≤ `seq`; null when there is none. */
  pageAt(seq: number): StoredPage | null;
  lastPage(): StoredPage | null;
  /** Deletes every page and writes these instead; call inside `transaction`. */
  replacePages(pages: readonly StoredPage[]): void;
  /** All or nothing, also in a crash. One row is atomic by itself, and saying so spares the cost of a transaction. */
  transaction(change: () => void, size?: { readonly isOneRow: boolean }): void;
  /** Resolves when everything written so far survives a crash. */
  sync(): Promise<void>;
}
