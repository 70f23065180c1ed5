// The Worker's memory of how far each API key is from its quota. A key with ample headroom is admitted in parallel
// with the upstream call; for everyone else the answer is awaited first, so that no call is paid and then refused.
// Invariant: at most MAX_HINTS entries, none trusted longer than FRESH_MS. A wrong hint costs one aborted upstream
// call, never a granted lease: the Tenant object decides. Holds no request data.

import type { Refusal } from '../protocol/errors.ts';

/** Whose hint it is. Every limit has its own: the tenant's streams, the address's streams, the key's minute. */
export type Caller = { readonly tenant: string; readonly keyId: string; readonly address: string | null };

/** Streams that may be started by the last answer, less those started here since. */
type Hint = { left: number; readonly atMs: number };

/** An isolate rarely sees more keys in five seconds; at about 100 bytes each this is 1 MB. */
const MAX_HINTS = 10_000;

/** Long enough to cover a burst, short enough that other locations' streams are not missed for long. */
const FRESH_MS = 5_000;

/** Other isolates start streams of the same tenant unseen; a fifth of the default quota is left to them. */
const MARGIN = 4;

export class Headroom {
  readonly #hints = new Map<string, Hint>();

  /** @param left - `headroom` of a lease that was granted just now */
  granted(caller: Caller, left: number, nowMs: number): void {
    this.#note(keyName(caller), left, nowMs);
  }

  /**
   * A lease that was granted in parallel some time ago: others have started since, and a denial may have come in
   * between. So it can only lower the hint, and does not make it fresh.
   */
  grantedBefore(caller: Caller, left: number): void {
    const hint = this.#hints.get(keyName(caller));
    if (hint !== undefined) hint.left = Math.min(hint.left, left);
  }

  /** Makes the next requests that meet the same limit wait for their admission; other refusals tell nothing. */
  refused(caller: Caller, { reason }: Pick<Refusal, 'reason'>, nowMs: number): void {
    if (reason === 'too_many_streams') this.#note(tenantName(caller), 0, nowMs);
    if (reason === 'too_many_streams_from_address') this.#note(addressName(caller), 0, nowMs);
    if (reason === 'too_many_requests' || reason === 'too_many_tokens') this.#note(keyName(caller), 0, nowMs);
  }

  /** True when the key is known, the knowledge is fresh, more than the margin is left, and no limit was met lately. */
  isAmple(caller: Caller, nowMs: number): boolean {
    if (this.#isSpent(tenantName(caller), nowMs) || this.#isSpent(addressName(caller), nowMs)) return false;
    const hint = this.#freshHint(keyName(caller), nowMs);
    return hint !== null && hint.left > MARGIN;
  }

  /**
   * Counts a stream started on the strength of the hint. Without it a burst that arrives before the first answer
   * would all see the same headroom.
   */
  spend(caller: Caller): void {
    const hint = this.#hints.get(keyName(caller));
    if (hint !== undefined) hint.left -= 1;
  }

  #isSpent(name: string, nowMs: number): boolean {
    return this.#freshHint(name, nowMs)?.left === 0;
  }

  #freshHint(name: string, nowMs: number): Hint | null {
    const hint = this.#hints.get(name);
    return hint !== undefined && nowMs - hint.atMs < FRESH_MS ? hint : null;
  }

  #note(name: string, left: number, nowMs: number): void {
    // Deleted first so that the map's order is by age and its first key is the oldest.
    this.#hints.delete(name);
    this.#hints.set(name, { left, atMs: nowMs });
    if (this.#hints.size <= MAX_HINTS) return;
    const oldest = this.#hints.keys().next();
    if (oldest.done !== true) this.#hints.delete(oldest.value);
  }
}

function tenantName({ tenant }: Caller): string {
  return `tenant ${tenant}`;
}

function addressName({ tenant, address }: Caller): string {
  return `address ${tenant} ${address ?? ''}`;
}

function keyName({ keyId }: Caller): string {
  return `key ${keyId}`;
}
