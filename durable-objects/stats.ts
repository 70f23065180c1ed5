// One object per shard of the statistics. A thin shell that gives a plain class its rows, clock and timer. Nobody waits
// for it on the way to an answer, and it calls nobody.
// Invariant: what it lost in a crash is at most what it was told in the last FLUSH_MS.

import { DurableObject } from 'cloudflare:workers';
import { type Amendment, StatsBook } from '../policy/analytics/stats-book.ts';
import type { StatsCell, StatsQuestion } from '../policy/analytics/stats-question.ts';
import { HOUR_MS } from '../policy/analytics/step-levels.ts';
import type { ListedRecord, StreamsPage, StreamsQuestion } from '../policy/analytics/stream-ring.ts';
import type { BreakerTurn, GenerationRecord, RefusalCount } from '../protocol/generation-record.ts';
import { logFailure } from './log-failure.ts';
import { StatsTable } from './stats-table.ts';

/**
 * A timer and not an alarm, which would be a row each time. It fires: an object with a timer is not put to sleep, and
 * the shortest time after which an idle one is thrown away is over a minute.
 */
const FLUSH_MS = 8_000;

export class Stats extends DurableObject {
  #book: StatsBook | null = null;
  #flushTimer: ReturnType<typeof setTimeout> | null = null;
  #isWatched = false;

  /** Repeating it changes nothing. */
  async record(record: GenerationRecord): Promise<void> {
    this.#open().add(record, Date.now());
    await this.#changed();
  }

  /** Counted once for each id, now or when its record comes. */
  async amend(id: string, amendment: Amendment): Promise<'taken' | 'known' | 'waiting'> {
    const outcome = this.#open().amend(id, amendment, Date.now());
    await this.#changed();
    return outcome;
  }

  async resumed(id: string): Promise<boolean> {
    const isKnown = this.#open().resumed(id, Date.now());
    await this.#changed();
    return isKnown;
  }

  async refused(counts: readonly RefusalCount[]): Promise<void> {
    this.#open().refused(counts);
    await this.#changed();
  }

  async turned(turns: readonly BreakerTurn[]): Promise<void> {
    this.#open().turned(turns);
    await this.#changed();
  }

  async answer(question: StatsQuestion): Promise<StatsCell[]> {
    return this.#open().answer(question, Date.now());
  }

  async streams(question: StreamsQuestion): Promise<StreamsPage> {
    return this.#open().streams(question);
  }

  /** Null when it is not one of the newest. */
  async find(id: string): Promise<ListedRecord | null> {
    return this.#open().find(id);
  }

  async refusals(): Promise<readonly RefusalCount[]> {
    return this.#open().refusals();
  }

  async turns(): Promise<readonly BreakerTurn[]> {
    return this.#open().turns();
  }

  /** An encoded `Rollup` that never has less than it had. */
  async totals(): Promise<Uint8Array> {
    return this.#open().durableTotals();
  }

  /** While records come once an hour, then once a day until nothing is left. */
  override async alarm(): Promise<void> {
    this.#isWatched = false;
    const nowMs = Date.now();
    const waitMs = this.#open().roll(nowMs);
    if (waitMs !== null) await this.ctx.storage.setAlarm(nowMs + waitMs);
  }

  async #changed(): Promise<void> {
    if (!this.#open().isChanged) return;
    this.#flushTimer ??= setTimeout(() => this.#flush(), FLUSH_MS);
    if (this.#isWatched) return;
    // Setting an alarm writes a row, so it is set only when none is near.
    const alarmMs = await this.ctx.storage.getAlarm();
    const nextMs = Date.now() + HOUR_MS;
    if (alarmMs === null || alarmMs > nextMs) await this.ctx.storage.setAlarm(nextMs);
    this.#isWatched = true; // a disk that refused it is asked again with the next record
  }

  #flush(): void {
    this.#flushTimer = null;
    try {
      this.#open().flush(Date.now());
    } catch (error) {
      // What waits is bounded and stays; a disk that works again takes it.
      logFailure('statistics', error);
      this.#flushTimer = setTimeout(() => this.#flush(), FLUSH_MS);
    }
  }

  /** Opened at the first call and not in the constructor: there storage would delay every call. */
  #open(): StatsBook {
    this.#book ??= new StatsBook(new StatsTable(this.ctx.storage.sql));
    return this.#book;
  }
}
