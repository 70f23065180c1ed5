// The cells of one step of time. Invariant: it is bounded, and nothing that was added is lost: when it is full, new
// tenants, then also new models, are counted together as `other`.

import { ByteReader } from './byte-reader.ts';
import { Cell } from './cell.ts';
import { decodeNamed, encodeNamed, readCell, writeCell } from './cell-codec.ts';
import type { CellKey } from './cell-key.ts';
import { DIMENSIONS, type Dimension, type HistogramName } from './stats-question.ts';

/** Ten models, each with all its chunkings, for a dozen tenants. */
const MAX_CELLS = 512;

/** Two of them and the newest records go into one row, which the platform bounds at 2 MB. */
const MAX_BYTES = 384 * 1024;

const OTHER = 'other';

export class Rollup {
  readonly #cells = new Map<string, { readonly key: CellKey; readonly cell: Cell }>();
  #maxCells: number;

  constructor(maxCells = MAX_CELLS) {
    this.#maxCells = maxCells;
  }

  get size(): number {
    return this.#cells.size;
  }

  entries(): Iterable<{ readonly key: CellKey; readonly cell: Cell }> {
    return this.#cells.values();
  }

  /** The cell of this key, or of `other` when there are too many. */
  cellOf(key: CellKey): Cell {
    const folded = { ...key, tenant: OTHER };
    return (
      this.#find(key, this.#maxCells) ??
      this.#find(folded, this.#maxCells * 1.25) ??
      // As many as there are tiers and chunkings.
      this.#find({ ...folded, model: OTHER, provider: OTHER }, Infinity) ??
      new Cell()
    );
  }

  /** Adds what `encode` gave. */
  read(bytes: Uint8Array): this {
    readRollup(bytes, (key) => this.cellOf(key));
    return this;
  }

  /** Folds its smallest cells first when they are too many bytes. */
  encode(): Uint8Array<ArrayBuffer> {
    for (;;) {
      const bytes = this.#encoded();
      if (bytes.length <= MAX_BYTES || this.#maxCells < 2) return bytes;
      this.#fold();
    }
  }

  #find(key: CellKey, maxCells: number): Cell | undefined {
    const text = JSON.stringify(DIMENSIONS.map((name) => key[name]));
    const known = this.#cells.get(text);
    if (known !== undefined || this.#cells.size >= maxCells) return known?.cell;
    const cell = new Cell();
    this.#cells.set(text, { key, cell });
    return cell;
  }

  #fold(): void {
    const cells = [...this.#cells.values()].sort(
      (one, two) => two.cell.sums.requests - one.cell.sums.requests,
    );
    this.#cells.clear();
    this.#maxCells = Math.floor(Math.min(this.#maxCells, cells.length) / 2);
    for (const { key, cell } of cells) this.cellOf(key).merge(cell);
  }

  #encoded(): Uint8Array<ArrayBuffer> {
    return encodeNamed((cells, names) => {
      for (const { key, cell } of this.#cells.values()) {
        for (const name of DIMENSIONS) cells.varint(names.refOf(key[name]));
        cells.nest((body) => writeCell(body, cell, names));
      }
    });
  }
}

/**
 * Reads an encoded rollup cell by cell, without building it.
 * @param cellOf - what a cell is added to; null passes over it
 * @param only - histograms that are read; all without it
 */
export function readRollup(
  bytes: Uint8Array,
  cellOf: (key: CellKey) => Cell | null,
  only?: readonly HistogramName[],
): void {
  decodeNamed(bytes, (cells, names) => {
    while (!cells.isAtEnd) {
      const key: Partial<Record<Dimension, string>> = {};
      for (const name of DIMENSIONS) key[name] = names.nameOf(cells.varint());
      const cell = cellOf(key as CellKey); // every dimension is in it
      const body = cells.block();
      if (cell !== null) readCell(new ByteReader(body), cell, names, only);
    }
  });
}
