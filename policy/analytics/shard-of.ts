// Which object counts a record. A tenant's records stay together, unless they are more than one object should take.

import { hash32 } from './text-hash.ts';

/** An object takes about 1,000 calls a second; several isolates may send it this many each. */
const HOT_RATE = 200;

const WINDOW_MS = 10_000;

/** Whose rate is forgotten starts again from nothing, and is not hot. */
const MAX_TENANTS = 1_000;

export type Sharding = { readonly shards: number; readonly ratePerSecond: number };

/**
 * From 0 until before `shards`. A record that is sent again must be given the same rate as the first time: only one
 * object can tell that it is known.
 */
export function shardOf(tenantObject: string, recordId: string, { shards, ratePerSecond }: Sharding): number {
  return hash32(ratePerSecond > HOT_RATE ? recordId : tenantObject) % shards;
}

type Rate = { perSecond: number; atMs: number };

/** How many records of each tenant an isolate sees in a second, as an average over the last ten. */
export class RateMeter {
  readonly #rates = new Map<string, Rate>();

  /** Counts one and gives the rate with it. */
  count(tenant: string, nowMs: number): number {
    const before = this.#rates.get(tenant) ?? { perSecond: 0, atMs: nowMs };
    const elapsedMs = Math.max(0, nowMs - before.atMs);
    const perSecond = before.perSecond * Math.exp(-elapsedMs / WINDOW_MS) + 1_000 / WINDOW_MS;
    // Deleted first, so that the map is ordered by use and its first is the one to forget.
    this.#rates.delete(tenant);
    this.#rates.set(tenant, { perSecond, atMs: nowMs });
    const oldest = this.#rates.keys().next();
    if (this.#rates.size > MAX_TENANTS && oldest.done !== true) this.#rates.delete(oldest.value);
    return perSecond;
  }
}
