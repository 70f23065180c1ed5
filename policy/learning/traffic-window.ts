// The latest decisions of one tenant about one edge model: what the knob takes its quantiles from and drift is seen in.
// Invariant: at most MAX_ENTRIES entries, oldest first, none older than MAX_AGE_MS once pruned; numbers only, no text.
// Only decisions in which the probability had a say are traffic: a gate, a rule or a locked conversation decides the
// same at every threshold, so counting it would make a share of cloud unreachable that the knob is asked for.

import type { RouteRecord } from '../../protocol/route-record.ts';
import type { DecisionStage, Tier } from '../../protocol/route.ts';

export type TrafficEntry = {
  readonly atMs: number;
  /** The classifier's own probability: a later calibration applies to old traffic too. */
  readonly rawProbability: number;
  /** What each tier would have cost, estimated when it was decided. */
  readonly edgeUsd: number;
  readonly cloudUsd: number;
  readonly shown: Tier;
};

/** A quantile of this many is sure to about one point. */
export const MAX_ENTRIES = 2_000;

const DAY_MS = 86_400_000;
/** Prompts of more than a month ago say little about today's. */
const MAX_AGE_MS = 30 * DAY_MS;

const TRAFFIC_STAGES: ReadonlySet<DecisionStage> = new Set(['classifier', 'exploration', 'answer_check']);

/** 'ETW1', little-endian. */
const LAYOUT = 0x31575445;
const HEADER_BYTES = 8;
const NUMBER_COLUMNS = 4;
const ENTRY_BYTES = NUMBER_COLUMNS * 4 + 1;

/** The entry of a decision; null when it is no traffic for the knob. */
export function trafficEntryOf(record: Omit<RouteRecord, 'features'>): TrafficEntry | null {
  const { rawProbability, arms, atMs, outcome } = record;
  const edge = arms.find(({ tier }) => tier === 'edge');
  const cloud = arms.find(({ tier }) => tier === 'cloud');
  if (!TRAFFIC_STAGES.has(record.stage) || rawProbability === null) return null;
  if (edge === undefined || cloud === undefined) return null;
  return { atMs, rawProbability, edgeUsd: edge.costUsd, cloudUsd: cloud.costUsd, shown: outcome.shown };
}

export class TrafficWindow {
  #entries: TrafficEntry[] = [];

  /** `bytes`: what `toBytes` gave. Bytes of another layout begin an empty window: statistics grow again, an object must start. */
  static from(bytes: Uint8Array): TrafficWindow {
    const window = new TrafficWindow();
    if (bytes.byteLength < HEADER_BYTES) return window;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const count = view.getUint32(4, true);
    const isKnown = view.getUint32(0, true) === LAYOUT && count <= MAX_ENTRIES;
    if (!isKnown || bytes.byteLength !== HEADER_BYTES + count * ENTRY_BYTES) return window;
    for (let index = 0; index < count; index += 1) window.#entries.push(readEntry(view, count, index));
    return window;
  }

  get entries(): readonly TrafficEntry[] {
    return this.#entries;
  }

  /** Answers end out of order, so an entry goes where its time says. */
  add(entry: TrafficEntry): void {
    let at = this.#entries.length;
    while (at > 0 && (this.#entries[at - 1]?.atMs ?? 0) > entry.atMs) at -= 1;
    this.#entries.splice(at, 0, entry);
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift();
  }

  prune(nowMs: number): void {
    const kept = this.#entries.findIndex(({ atMs }) => atMs >= nowMs - MAX_AGE_MS);
    this.#entries = kept < 0 ? [] : this.#entries.slice(kept);
  }

  /** Columns of 32-bit numbers, then one byte each for the tier; at most 34 KB. Times are kept to the second. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const count = this.#entries.length;
    const bytes = new Uint8Array(HEADER_BYTES + count * ENTRY_BYTES);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, LAYOUT, true);
    view.setUint32(4, count, true);
    this.#entries.forEach((entry, index) => writeEntry(view, count, index, entry));
    return bytes;
  }
}

function columnAt(column: number, count: number, index: number): number {
  return HEADER_BYTES + 4 * (column * count + index);
}

function tierAt(count: number, index: number): number {
  return HEADER_BYTES + 4 * NUMBER_COLUMNS * count + index;
}

function readEntry(view: DataView, count: number, index: number): TrafficEntry {
  return {
    atMs: view.getUint32(columnAt(0, count, index), true) * 1000,
    rawProbability: view.getFloat32(columnAt(1, count, index), true),
    edgeUsd: view.getFloat32(columnAt(2, count, index), true),
    cloudUsd: view.getFloat32(columnAt(3, count, index), true),
    shown: view.getUint8(tierAt(count, index)) === 1 ? 'cloud' : 'edge',
  };
}

function writeEntry(view: DataView, count: number, index: number, entry: TrafficEntry): void {
  view.setUint32(columnAt(0, count, index), Math.floor(entry.atMs / 1000), true);
  view.setFloat32(columnAt(1, count, index), entry.rawProbability, true);
  view.setFloat32(columnAt(2, count, index), entry.edgeUsd, true);
  view.setFloat32(columnAt(3, count, index), entry.cloudUsd, true);
  view.setUint8(tierAt(count, index), entry.shown === 'cloud' ? 1 : 0);
}
