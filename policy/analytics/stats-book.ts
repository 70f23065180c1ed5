// The statistics of one shard. Pure: the object gives it rows and the time.
// Invariants: an id is counted once; a record belongs to the minute in which it arrives, so a closed minute never
// changes, and a clock that was set back adds to the open one; everything is bounded; a crash loses what came since the
// last flush, and what is told again after it is counted once.

import type { BreakerTurn, GenerationRecord, RefusalCount } from '../../protocol/generation-record.ts';
import { answerQuestion, isBrief } from './answer-question.ts';
import { ByteReader } from './byte-reader.ts';
import { briefKey, type CellKey } from './cell-key.ts';
import { RefusalCounts } from './refusal-counts.ts';
import { Rollup } from './rollup.ts';
import type { StatsCell, StatsQuestion } from './stats-question.ts';
import { decodeState, encodeState } from './stats-state.ts';
import type { Lane, StatsStore, StoredRollup } from './stats-store.ts';
import {
  DAY_MS,
  floorTo,
  HOUR_MS,
  keptFrom,
  LENGTH_MS,
  type Level,
  levelFor,
  spansOf,
  type StepMarks,
} from './step-levels.ts';
import { type ListedRecord, StreamRing, type StreamsPage, type StreamsQuestion } from './stream-ring.ts';
import { hash53 } from './text-hash.ts';

/** Who sends a record again does so within seconds: this is as many as a busy shard gets in 25. */
const MAX_IDS = 5_000;

const MAX_TURNS = 500;

/** Totals are by tier, model and provider: the series of a scrape. */
const MAX_TOTALS = 200;

/** What a client reports may overtake the record of its answer, but not by more than this. */
const MAX_EARLY = 1_000;
const EARLY_MS = 60_000;

/** Closed minutes that could not be written yet; beyond it the open one takes everything. */
const MAX_PENDING = 30;

/** What is known of a generation only after its record. */
export type Amendment = { readonly renderLagMs: number };

type Minute = { readonly startMs: number; readonly rollup: Rollup };

export class StatsBook {
  readonly #store: StatsStore;
  readonly #ids: Set<number>;
  readonly #ring: StreamRing;
  readonly #totals = new Rollup(MAX_TOTALS);
  readonly #refusals = new RefusalCounts();
  readonly #turns: BreakerTurn[];
  readonly #early = new Map<string, Amendment & { readonly atMs: number }>();
  #open: Minute;
  #pending: Minute[] = [];
  #rolled: StepMarks['rolled'];
  #durableTotals: Uint8Array<ArrayBuffer>;
  #isChanged = false;
  #isBusy = false;

  constructor(store: StatsStore) {
    this.#store = store;
    const state = decodeState(store.state());
    this.#ids = new Set(state?.ids);
    this.#ring = new StreamRing(state?.ring ?? new ByteReader(new Uint8Array()));
    this.#open = { startMs: state?.head.openMs ?? 0, rollup: new Rollup() };
    this.#rolled = state?.head.rolled ?? [0, 0, 0];
    this.#turns = [...(state?.head.turns ?? [])];
    if (state !== null) {
      this.#open.rollup.read(state.open);
      this.#totals.read(state.totals);
      for (const refusal of state.head.refusals) this.#refusals.add(refusal);
    }
    this.#durableTotals = this.#totals.encode();
  }

  add(record: GenerationRecord, nowMs: number): 'added' | 'known' {
    const hash = hash53(record.id);
    if (this.#ids.has(hash)) return 'known';
    this.#ids.add(hash);
    for (const oldest of this.#ids) {
      if (this.#ids.size <= MAX_IDS) break;
      this.#ids.delete(oldest);
    }
    const renderLagMs = this.#early.get(record.id)?.renderLagMs ?? record.renderLagMs;
    this.#early.delete(record.id);
    this.#turnMinute(nowMs);
    this.#ring.add({ ...record, renderLagMs });
    for (const cell of this.#cellsOf(record)) cell.add({ ...record, renderLagMs });
    this.#isChanged = true;
    this.#isBusy = true;
    return 'added';
  }

  /** Once for each id; `waiting`: its record is not there yet. */
  amend(id: string, { renderLagMs }: Amendment, nowMs: number): 'taken' | 'known' | 'waiting' {
    const record = this.#ring.find(id);
    if (record === null) return this.#ids.has(hash53(id)) ? 'known' : this.#wait(id, { renderLagMs }, nowMs);
    if (record.renderLagMs !== null) return 'known';
    this.#turnMinute(nowMs);
    this.#ring.replace({ ...record, renderLagMs });
    for (const cell of this.#cellsOf(record)) cell.histogram('render_lag_ms').add(renderLagMs);
    this.#isChanged = true;
    return 'taken';
  }

  /** A client came back for what it had missed of an answer that was over. False: it is not one of the newest. */
  resumed(id: string, nowMs: number): boolean {
    const record = this.#ring.find(id);
    if (record === null) return false;
    this.#turnMinute(nowMs);
    this.#ring.replace({ ...record, reconnects: record.reconnects + 1 });
    for (const { sums } of this.#cellsOf(record)) {
      sums.reconnects++;
      if (record.reconnects === 0) sums.reconnected++;
    }
    this.#isChanged = true;
    return true;
  }

  refused(counts: readonly RefusalCount[]): void {
    for (const count of counts) this.#refusals.add(count);
    this.#isChanged ||= counts.length > 0;
  }

  turned(turns: readonly BreakerTurn[]): void {
    this.#turns.push(...turns);
    this.#turns.splice(0, this.#turns.length - MAX_TURNS);
    this.#isChanged ||= turns.length > 0;
  }

  /** Writes one row for the state, and one for each minute that closed since. Throws when the disk does; nothing is lost. */
  flush(nowMs: number): void {
    this.#putMinutes(nowMs);
    if (this.#isChanged) this.#putState();
  }

  answer(question: StatsQuestion, nowMs: number): StatsCell[] {
    const { fromMs, stepMs } = question;
    const rounded = { ...question, fromMs: floorTo(fromMs, stepMs ?? LENGTH_MS[0]) };
    return answerQuestion(rounded, this.#rollups(rounded, this.#marks(nowMs)));
  }

  /**
   * Makes hours of minutes and days of hours, as far as they are over, and deletes what is too old. Repeating it changes
   * nothing; a late call makes up for those that did not come.
   * @returns milliseconds until it should be called again; null when there is nothing left to roll or delete
   */
  roll(nowMs: number): number | null {
    this.#putMinutes(nowMs);
    const isBusy = this.#isBusy;
    this.#rolled = [0, this.#rollUp(1, this.#rolled[1]), this.#rollUp(2, this.#rolled[2])];
    this.#putState();
    const marks = this.#marks(nowMs);
    for (const lane of [0, 1, 2, 3, 4] as const) {
      this.#store.deleteRollups(lane, keptFrom(levelOf(lane), marks));
    }
    this.#isBusy = false;
    if (isBusy) return HOUR_MS;
    return this.#store.isEmpty ? null : DAY_MS;
  }

  streams(question: StreamsQuestion): StreamsPage {
    return this.#ring.page(question);
  }

  find(id: string): ListedRecord | null {
    return this.#ring.find(id);
  }

  refusals(): readonly RefusalCount[] {
    return this.#refusals.list();
  }

  turns(): readonly BreakerTurn[] {
    return this.#turns;
  }

  /**
   * Everything that was ever counted, by tier, model and provider, as of the last flush: a counter that was shown once
   * must not be less after a crash. An encoded `Rollup`.
   */
  durableTotals(): Uint8Array<ArrayBuffer> {
    return this.#durableTotals;
  }

  get isChanged(): boolean {
    return this.#isChanged;
  }

  #cellsOf(key: CellKey): readonly ReturnType<Rollup['cellOf']>[] {
    const { tenant, tier, model, provider, chunking } = key;
    const own = { tenant, tier, model, provider, chunking };
    return [this.#open.rollup.cellOf(own), this.#totals.cellOf(briefKey(own))];
  }

  #wait(id: string, amendment: Amendment, nowMs: number): 'known' | 'waiting' {
    for (const [other, { atMs }] of this.#early) {
      if (this.#early.size < MAX_EARLY && Math.abs(nowMs - atMs) <= EARLY_MS) break;
      this.#early.delete(other);
    }
    if (this.#early.has(id)) return 'known';
    this.#early.set(id, { ...amendment, atMs: nowMs });
    return 'waiting';
  }

  /** The latest time there was: it never goes back. */
  #marks(nowMs: number): StepMarks {
    return { nowMs: Math.max(nowMs, this.#open.startMs), rolled: this.#rolled };
  }

  #turnMinute(nowMs: number): void {
    const startMs = floorTo(nowMs, LENGTH_MS[0]);
    if (startMs <= this.#open.startMs || this.#pending.length >= MAX_PENDING) return;
    if (this.#open.rollup.size > 0) {
      this.#pending.push(this.#open);
      this.#isChanged = true;
    }
    this.#open = { startMs, rollup: new Rollup() };
  }

  #putMinutes(nowMs: number): void {
    this.#turnMinute(nowMs);
    for (let oldest = this.#pending[0]; oldest !== undefined; oldest = this.#pending[0]) {
      this.#store.putRollup(0, oldest.startMs, oldest.rollup.encode());
      this.#pending.shift();
    }
  }

  #putState(): void {
    const totals = this.#totals.encode();
    const { startMs: openMs, rollup } = this.#open;
    const head = { openMs, rolled: this.#rolled, refusals: this.#refusals.list(), turns: this.#turns };
    const state = { head, ids: this.#ids, open: rollup.encode(), totals };
    this.#store.putState(encodeState(state, this.#ring));
    this.#durableTotals = totals;
    this.#isChanged = false;
  }

  *#rollups(question: StatsQuestion, marks: StepMarks): Generator<StoredRollup> {
    const { fromMs, toMs, stepMs } = question;
    const unwritten = [...this.#pending, this.#open];
    // A row of a minute that is not written was written in vain before a crash.
    const writtenMs = unwritten[0]?.startMs ?? 0;
    for (const span of spansOf({ level: levelFor(stepMs), fromMs, toMs }, marks)) {
      const lane = isBrief(question) ? briefLane(span.level) : span.level;
      const endMs = lane === 0 ? Math.min(span.toMs, writtenMs) : span.toMs;
      yield* this.#store.rollups(lane, span.fromMs, endMs);
      if (lane !== 0) continue;
      for (const { startMs, rollup } of unwritten) {
        if (startMs >= span.fromMs && startMs < span.toMs) yield { startMs, cells: rollup.encode() };
      }
    }
  }

  /** Until when everything is in rows of this level. */
  #rollUp(level: 1 | 2, fromMs: number): number {
    const lengthMs = LENGTH_MS[level];
    const endMs = Math.max(fromMs, floorTo(this.#open.startMs, lengthMs));
    let step: Minute = { startMs: -1, rollup: new Rollup() };
    for (const { startMs, cells } of this.#store.rollups(level === 1 ? 0 : 1, fromMs, endMs)) {
      const stepMs = floorTo(startMs, lengthMs);
      if (step.startMs !== stepMs) {
        this.#putStep(level, step);
        step = { startMs: stepMs, rollup: new Rollup() };
      }
      step.rollup.read(cells);
    }
    this.#putStep(level, step);
    return endMs;
  }

  #putStep(level: 1 | 2, { startMs, rollup }: Minute): void {
    if (rollup.size === 0) return;
    const brief = new Rollup();
    for (const { key, cell } of rollup.entries()) brief.cellOf(briefKey(key)).merge(cell);
    this.#store.putRollup(briefLane(level), startMs, brief.encode());
    this.#store.putRollup(level, startMs, rollup.encode());
  }
}

function briefLane(level: Level): Lane {
  return level === 0 ? 0 : level === 1 ? 3 : 4;
}

function levelOf(lane: Lane): Level {
  return lane === 4 ? 2 : lane === 3 ? 1 : lane;
}
