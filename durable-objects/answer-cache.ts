// One object per tenant: keeps the tenant's finished answers and gives them back. A thin shell that gives a table its
// rows, clock and timer. Which answers are kept and who may ask is decided by its callers; it calls nobody.

import { DurableObject } from 'cloudflare:workers';
import type { CacheBounds } from '../protocol/cached-answer.ts';
import { AnswerCacheTable } from './answer-cache-table.ts';

/** What expires within a minute is deleted together: an answer is not found after its time anyway. */
const SWEEP_MS = 60_000;

export class AnswerCache extends DurableObject {
  readonly #table = new AnswerCacheTable(this.ctx.storage.sql);
  #isWatched = false;

  /** The answer as it was kept, not parsed: it only passes through. */
  async find(key: string): Promise<string | null> {
    return this.#table.find(key, Date.now());
  }

  async keep(key: string, body: string, { ttlMs, maxEntries }: CacheBounds): Promise<void> {
    this.#table.put(key, body, { nowMs: Date.now(), ttlMs, maxEntries });
    await this.#watch();
  }

  /** Forgets every answer. */
  async empty(): Promise<void> {
    this.#table.clear();
  }

  override async alarm(): Promise<void> {
    this.#isWatched = false;
    this.#table.deleteExpired(Date.now());
    await this.#watch();
  }

  /** Setting an alarm writes a row, so it is set only when none is pending. */
  async #watch(): Promise<void> {
    if (this.#isWatched) return;
    const nextMs = this.#table.nextExpiryMs();
    if (nextMs === null) return;
    this.#isWatched = true;
    if ((await this.ctx.storage.getAlarm()) === null)
      await this.ctx.storage.setAlarm(Math.max(nextMs, Date.now() + SWEEP_MS));
  }
}
