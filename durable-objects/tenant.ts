// One object per tenant: grants, renews and frees its leases and keeps its account. A thin shell that gives its books
// a clock, rows and a sweep; every decision is the books'. Invariant: an answer leaves only after its row is durable (the
// platform holds it back), so a restarted object knows every lease it ever granted. It never calls anybody.

import { DurableObject } from 'cloudflare:workers';
import { LeaseBook } from '../policy/lease-book.ts';
import { BudgetBook, type Account } from '../policy/money/budget-book.ts';
import type { AdmissionOutcome, LeaseEnd } from '../protocol/admission.ts';
import { JOIN_WINDOW_MS } from '../protocol/admission.ts';
import type { LeaseRequest } from '../protocol/plan.ts';
import { TenantBudgetTable } from './tenant-budget-table.ts';
import { TenantLeaseTable } from './tenant-lease-table.ts';

/**
 * Expired leases already stop counting at the next admission, so the sweep only tidies up. Two windows: most streams
 * have ended and left the retry window by then, and one alarm per stream or burst is enough.
 */
const SWEEP_MS = 2 * JOIN_WINDOW_MS;

export class Tenant extends DurableObject {
  readonly #table = new TenantLeaseTable(this.ctx.storage.sql);
  #books: { readonly leases: LeaseBook; readonly budget: BudgetBook } | null = null;
  #isSweepPending = false;

  async admit(request: LeaseRequest): Promise<AdmissionOutcome> {
    const outcome = this.#open().leases.admit(request, Date.now());
    if (outcome.type === 'granted') await this.#scheduleSweep();
    return outcome;
  }

  async renew(streamIds: readonly string[]): Promise<void> {
    this.#open().leases.renew(streamIds, Date.now());
  }

  /**
   * @param usedTokens - input and output by the upstream's count; null when unknown
   * @param usedUsd - what every call of the generation cost; null when unknown
   */
  async release(
    streamId: string,
    end: LeaseEnd,
    usedTokens: number | null,
    usedUsd: number | null,
  ): Promise<void> {
    this.#open().leases.release(streamId, { end, usedTokens, usedUsd }, Date.now());
  }

  async occupancy(): Promise<{ readonly activeStreams: number }> {
    return { activeStreams: this.#open().leases.running(Date.now()) };
  }

  async account(): Promise<Account> {
    const { leases, budget } = this.#open();
    leases.sweep(Date.now());
    return budget.account(Date.now());
  }

  override async alarm(): Promise<void> {
    const { leases } = this.#open();
    leases.sweep(Date.now());
    this.#isSweepPending = false;
    if (leases.isEmpty) this.#table.clear();
    else await this.#scheduleSweep();
  }

  /** Opened at the first call, not in the constructor: an object that is only woken reads nothing. */
  #open(): { readonly leases: LeaseBook; readonly budget: BudgetBook } {
    if (this.#books !== null) return this.#books;
    const budget = new BudgetBook(new TenantBudgetTable(this.ctx.storage.sql));
    this.#books = { leases: new LeaseBook(this.#table, budget, Date.now()), budget };
    return this.#books;
  }

  /** Setting an alarm writes a row, so it is set only when none is pending. */
  async #scheduleSweep(): Promise<void> {
    if (this.#isSweepPending) return;
    this.#isSweepPending = true;
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + SWEEP_MS);
  }
}
