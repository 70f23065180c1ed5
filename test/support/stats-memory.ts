// A store of statistics in memory: it counts rows written, and survives the books that write into it.

import type { Lane, StatsStore, StoredRollup } from '../../policy/analytics/stats-store.ts';

export class StatsMemory implements StatsStore {
  readonly #rollups = new Map<Lane, Map<number, Uint8Array>>();
  #state: Uint8Array | null = null;
  rowsWritten = 0;
  /** The next so many writes succeed, then the disk is full. */
  writesLeft = Infinity;

  state(): Uint8Array | null {
    return this.#state;
  }

  putState(state: Uint8Array): void {
    this.#written();
    this.#state = state;
  }

  putRollup(lane: Lane, startMs: number, cells: Uint8Array): void {
    this.#written();
    this.#lane(lane).set(startMs, cells);
  }

  rollups(lane: Lane, fromMs: number, toMs: number): readonly StoredRollup[] {
    return [...this.#lane(lane)]
      .filter(([startMs]) => startMs >= fromMs && startMs < toMs)
      .toSorted(([one], [two]) => one - two)
      .map(([startMs, cells]) => ({ startMs, cells }));
  }

  deleteRollups(lane: Lane, beforeMs: number): void {
    for (const startMs of this.#lane(lane).keys()) {
      if (startMs >= beforeMs) continue;
      this.rowsWritten++;
      this.#lane(lane).delete(startMs);
    }
  }

  get isEmpty(): boolean {
    return [...this.#rollups.values()].every((lane) => lane.size === 0);
  }

  /** Rows of each lane. */
  get sizes(): readonly number[] {
    return ([0, 1, 2, 3, 4] as const).map((lane) => this.#lane(lane).size);
  }

  #written(): void {
    if (this.writesLeft <= 0) throw new Error('disk full');
    this.writesLeft--;
    this.rowsWritten++;
  }

  #lane(lane: Lane): Map<number, Uint8Array> {
    const rows = this.#rollups.get(lane) ?? new Map<number, Uint8Array>();
    this.#rollups.set(lane, rows);
    return rows;
  }
}
