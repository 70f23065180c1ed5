// The port through which one shard of the statistics outlives its object. Every put is one row.

/** Cells of one step of time, as `Rollup` encodes them. */
export type StoredRollup = { readonly startMs: number; readonly cells: Uint8Array };

/**
 * 0: minutes, 1: hours, 2: days. 3 and 4: hours and days again with all tenants and chunkings in one: what most
 * questions need, and a fraction of the bytes.
 */
export type Lane = 0 | 1 | 2 | 3 | 4;

export interface StatsStore {
  /** Everything that is not a closed step; null when there is none yet. */
  state(): Uint8Array | null;
  putState(state: Uint8Array<ArrayBuffer>): void;
  putRollup(lane: Lane, startMs: number, cells: Uint8Array<ArrayBuffer>): void;
  /** From `fromMs` until before `toMs`, oldest first, few in memory at a time. */
  rollups(lane: Lane, fromMs: number, toMs: number): Iterable<StoredRollup>;
  deleteRollups(lane: Lane, beforeMs: number): void;
  /** Whether there is no rollup at all. */
  readonly isEmpty: boolean;
}
