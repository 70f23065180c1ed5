// The Worker's memory of how far each tenant is from its quota. A tenant with ample headroom is admitted in parallel
// with the upstream call; for everyone else the answer is awaited first, so that no call is paid and then refused.
// Invariant: at most MAX_TENANTS entries, none trusted longer than FRESH_MS. A wrong hint costs one aborted upstream
// call, never a granted lease: the Tenant object decides. Holds no request data.

/** Streams the tenant may start by its last answer, less those started here since. */
type Hint = { left: number; readonly atMs: number };

/** An isolate rarely sees more tenants in five seconds; at about 100 bytes each this is 1 MB. */
const MAX_TENANTS = 10_000;

/** Long enough to cover a burst, short enough that other locations' streams are not missed for long. */
const FRESH_MS = 5_000;

/** Other isolates start streams of the same tenant unseen; a fifth of the default quota is left to them. */
const MARGIN = 4;

export class Headroom {
  readonly #hints = new Map<string, Hint>();

  /** @param left - `headroom` of a granted lease; 0 after a denial, which makes the tenant's next requests wait */
  note(tenant: string, left: number, nowMs: number): void {
    // Deleted first so that the map's order is by age and its first key is the oldest.
    this.#hints.delete(tenant);
    this.#hints.set(tenant, { left, atMs: nowMs });
    if (this.#hints.size <= MAX_TENANTS) return;
    const oldest = this.#hints.keys().next();
    if (oldest.done !== true) this.#hints.delete(oldest.value);
  }

  /** True when the tenant is known, the knowledge is fresh, and more than the margin is left. */
  isAmple(tenant: string, nowMs: number): boolean {
    const hint = this.#hints.get(tenant);
    return hint !== undefined && nowMs - hint.atMs < FRESH_MS && hint.left > MARGIN;
  }

  /**
   * Counts a stream started on the strength of the hint. Without it a burst that arrives before the first answer
   * would all see the same headroom.
   */
  spend(tenant: string): void {
    const hint = this.#hints.get(tenant);
    if (hint !== undefined) hint.left -= 1;
  }
}
