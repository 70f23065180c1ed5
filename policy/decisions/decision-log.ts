// The decisions of one tenant: the newest in memory, all others in batches of one row each.
// Invariants: a decision is in it at most once, however often it is told; nothing in it is larger than MAX_LINE_UNITS;
// the tail in memory is bounded, and what a crash may lose is what came since the last flush. When to flush is for the
// object to say: it has the clock.

import type { RouteRecord } from '../../protocol/route-record.ts';
import type { DecisionBatch, DecisionStore } from './decision-store.ts';

/** A record has about 1,000 characters; names of models and signals are the configuration's and the classifier's. */
const MAX_LINE_UNITS = 8 * 1024;

/** As many as the contract of a record allows. */
const MAX_FEATURES = 16;
const MAX_SIGNALS = 8;
/** One for each tier, and room for what a tier may gain. */
const MAX_ARMS = 8;

/** A tail that is flushed before its time: 25 s at 20 decisions a second. */
const FULL_TAIL = 500;
/** A tail whose flushes fail: beyond it the oldest are given up. */
const MAX_TAIL = 2_000;

/** A batch takes more until it has so many; a quiet tenant's decisions come one by one, and must not be a row each. */
const MIN_ENTRIES = 50;
const MIN_BODY_UNITS = 64 * 1024;
/** The platform takes no row of more than 2 MB; a unit is three bytes at most. */
const MAX_ADDED_UNITS = 512 * 1024;
/** Batches are deleted whole, so none may span more than a day. */
const MAX_BATCH_SPAN_MS = 86_400_000;

/** Ids that a repeated call is told apart by; a caller that repeats does so at once. */
const MAX_IDS = 4_000;

/** From the request to its record's flush: a whole generation, the flush, and clocks that differ by a minute. */
const MAX_LAG_MS = 17 * 60_000;
const CLOCK_SKEW_MS = 60_000;

/** A row of SQLite is found by its key; this many rows are read through in a moment, and hold 200,000 decisions and more. */
const MAX_BATCHES = 4_000;

/** What is kept for calibration, evaluation and late feedback. */
export const KEEP_MS = 30 * 86_400_000;

type Entry = { readonly record: RouteRecord; readonly line: string };

export type AddedDecision = 'added' | 'known' | 'too_large';

export class DecisionLog {
  readonly #store: DecisionStore;
  #tail: Entry[] = [];
  /** Of the newest decisions, oldest first. */
  readonly #ids = new Set<string>();
  #newest: DecisionBatch | null;
  #dropped = 0;

  constructor(store: DecisionStore) {
    this.#store = store;
    this.#newest = store.newestBatch();
    for (const { id } of this.#newest === null ? [] : decisionsOf(this.#newest.body)) this.#ids.add(id);
  }

  add(record: RouteRecord): AddedDecision {
    if (this.#ids.has(record.id)) return 'known';
    const line = isBounded(record) ? lineOf(record) : '';
    if (line === '' || line.length > MAX_LINE_UNITS) {
      this.#dropped++;
      return 'too_large';
    }
    this.#tail.push({ record, line });
    if (this.#tail.length > MAX_TAIL) {
      this.#tail.shift();
      this.#dropped++;
    }
    this.#ids.add(record.id);
    if (this.#ids.size > MAX_IDS) forgetOldest(this.#ids);
    return 'added';
  }

  /** Decisions that were told and not kept, since the object started. */
  get dropped(): number {
    return this.#dropped;
  }

  get isEmpty(): boolean {
    return this.#tail.length === 0;
  }

  get isFull(): boolean {
    return this.#tail.length >= FULL_TAIL;
  }

  /** Writes the tail, as one row unless it is very large; what cannot be written stays in it. */
  flush(nowMs: number): void {
    while (!this.isEmpty) {
      const taken = this.#tail.slice(0, fitting(this.#tail));
      const batch = batchOf(taken, this.#begun(nowMs));
      this.#store.putBatch(batch);
      this.#newest = batch;
      this.#tail = this.#tail.slice(taken.length);
    }
  }

  /** The decision about a stream that was created then; null when it is not (or not yet, or no longer) here. */
  find(id: string, createdMs: number): RouteRecord | null {
    const inTail = this.#tail.find(({ record }) => record.id === id);
    if (inTail !== undefined) return inTail.record;
    const range = { fromMs: createdMs - CLOCK_SKEW_MS, toMs: createdMs + MAX_LAG_MS };
    const body = this.#store.bodyWith(`"id":${JSON.stringify(id)}`, createdMs, range);
    if (body === null) return null;
    for (const decision of decisionsOf(body)) if (decision.id === id) return decision;
    return null;
  }

  /** The newest decisions, oldest first. */
  newest(limit: number): readonly RouteRecord[] {
    const newest = this.#tail.map(({ record }) => record).reverse();
    for (const body of this.#store.bodiesBackwards()) {
      if (newest.length >= limit) break;
      newest.push(...[...decisionsOf(body)].reverse());
    }
    return newest.slice(0, limit).reverse();
  }

  /** Deletes what is older than KEEP_MS, and the oldest of what is too much. */
  prune(nowMs: number): void {
    this.#store.deleteBatches(nowMs - KEEP_MS - MAX_BATCH_SPAN_MS, MAX_BATCHES);
  }

  /** The batch that takes the tail: the newest while it is small and young, else a new one. */
  #begun(nowMs: number): DecisionBatch {
    const newest = this.#newest;
    if (newest !== null && isOpen(newest, nowMs)) return newest;
    // Keys rise also when the clock does not: exports go on by them.
    const key = Math.max(nowMs, (newest?.key ?? 0) + 1);
    return { key, entries: 0, firstMs: Infinity, lastMs: 0, endedMs: 0, body: '' };
  }
}

/** The decisions in a batch's body, in its order. */
export function* decisionsOf(body: string): Generator<RouteRecord> {
  for (const line of body.split('\n')) if (line !== '') yield decodeLine(line);
}

/** One line of the log, as an export shows it. */
function lineOf(record: RouteRecord): string {
  return `${JSON.stringify({ type: 'decision', ...record })}\n`;
}

function decodeLine(line: string): RouteRecord {
  const { type: _type, ...record } = JSON.parse(line) as RouteRecord & { readonly type: string }; // written by lineOf
  return record;
}

function isBounded({ features, signals, arms }: RouteRecord): boolean {
  return features.length <= MAX_FEATURES && signals.length <= MAX_SIGNALS && arms.length <= MAX_ARMS;
}

function isOpen({ entries, body, key }: DecisionBatch, nowMs: number): boolean {
  return entries < MIN_ENTRIES && body.length < MIN_BODY_UNITS && nowMs - key < MAX_BATCH_SPAN_MS;
}

/** How many of the entries go into one row; at least one does. */
function fitting(entries: readonly Entry[]): number {
  let units = 0;
  const over = entries.findIndex(({ line }) => (units += line.length) > MAX_ADDED_UNITS);
  return over < 0 ? entries.length : Math.max(1, over);
}

function batchOf(tail: readonly Entry[], begun: DecisionBatch): DecisionBatch {
  const times = tail.map(({ record }) => record.atMs);
  return {
    key: begun.key,
    entries: begun.entries + tail.length,
    firstMs: Math.min(begun.firstMs, ...times),
    lastMs: Math.max(begun.lastMs, ...times),
    endedMs: Math.max(begun.endedMs, ...tail.map(({ record }) => endedMsOf(record))),
    body: begun.body + tail.map(({ line }) => line).join(''),
  };
}

export function endedMsOf({ atMs, outcome }: RouteRecord): number {
  return atMs + outcome.totalMs;
}

function forgetOldest(ids: Set<string>): void {
  const oldest = ids.values().next();
  if (oldest.done !== true) ids.delete(oldest.value);
}
