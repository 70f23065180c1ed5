// A disk in memory that loses in a crash what a real one may lose. Each transaction makes a version; a crash
// goes back to one that is at least as new as the last completed `sync`, as an ordered write-ahead log does.
// `slow` false: every transaction is durable at once and `sync` returns at once, as on a developer's machine.

import type { LogStore, StoredPage } from '../../replay/log-store.ts';
import type { Random } from './replay-random.ts';

type Version = {
  readonly header: string | null;
  readonly expiresAtMs: number | null;
  /** Ordered by `firstSeq`. */
  readonly pages: readonly StoredPage[];
};

const EMPTY: Version = { header: null, expiresAtMs: null, pages: [] };

export class CrashingDisk {
  readonly #slow: boolean;
  #versions: Version[] = [EMPTY];
  #synced = 0;
  #life = 0;
  #syncs: { readonly version: number; readonly resolve: () => void }[] = [];
  /** The next transaction fails after its statements ran, as when the disk is full. */
  refuseNext = false;
  /** What storage is billed by. */
  rowsWritten = 0;

  constructor(slow: boolean) {
    this.#slow = slow;
  }

  /** Number of the newest version; 0 = nothing was ever written. */
  get version(): number {
    return this.#versions.length - 1;
  }

  /** Number of the newest version that survives any crash because a `sync` said so. */
  get synced(): number {
    return this.#synced;
  }

  get expiresAtMs(): number | null {
    return this.#newest().expiresAtMs;
  }

  /** Syncs that are still waiting for the disk. */
  get pendingSyncs(): number {
    return this.#syncs.length;
  }

  get largestRowBytes(): number {
    const { header, pages } = this.#newest();
    return Math.max(...[header ?? '', ...pages.map(({ body }) => body)].map((row) => Buffer.byteLength(row)));
  }

  /** Completes the oldest `count` syncs. */
  flush(count: number): void {
    for (const { version, resolve } of this.#syncs.splice(0, count)) {
      this.#synced = Math.max(this.#synced, version);
      resolve();
    }
  }

  /** Goes back to a version that may survive, and returns its number. Stores opened before are dead. */
  crash(random: Random): number {
    const survivor = this.#slow ? random.between(this.#synced, this.version) : this.version;
    this.#versions.length = survivor + 1;
    this.#synced = survivor;
    this.#syncs = [];
    this.#life++;
    return survivor;
  }

  /** A store for one life of the object. */
  open(): LogStore {
    const life = this.#life;
    let draft: Version | null = null;
    const now = (): Version => {
      if (life !== this.#life) throw new Error('a dead object touched the disk');
      return draft ?? this.#newest();
    };
    const change = (next: Version): void => {
      this.rowsWritten++;
      if (draft === null) this.#versions.push(next);
      else draft = next;
    };
    return {
      readHeader: () => now().header,
      writeHeader: (header, expiresAtMs) => change({ ...now(), header, expiresAtMs }),
      writePage: (page) => change({ ...now(), pages: withPage(now().pages, { ...page }) }), // a log may reuse its page
      replacePages: (pages) =>
        change({ ...now(), pages: [...pages].sort((a, b) => a.firstSeq - b.firstSeq) }),
      pageAt: (seq) => now().pages.findLast((page) => page.firstSeq <= seq) ?? null,
      lastPage: () => now().pages.at(-1) ?? null,
      transaction: (statements) => {
        draft = now();
        try {
          statements();
          if (this.refuseNext) throw new Error('disk full');
          this.#versions.push(draft);
        } finally {
          this.refuseNext = false;
          draft = null;
        }
      },
      sync: () => {
        if (life !== this.#life) return new Promise(() => {}); // nobody is left to learn of it
        if (!this.#slow) {
          this.#synced = this.version;
          return Promise.resolve();
        }
        return new Promise((resolve) => this.#syncs.push({ version: this.version, resolve }));
      },
    };
  }

  #newest(): Version {
    return this.#versions.at(-1) ?? EMPTY;
  }
}

function withPage(pages: readonly StoredPage[], page: StoredPage): StoredPage[] {
  const last = pages.at(-1);
  if (last === undefined || last.firstSeq < page.firstSeq) return [...pages, page];
  return [...pages.filter((other) => other.firstSeq !== page.firstSeq), page].sort(
    (a, b) => a.firstSeq - b.firstSeq,
  );
}
