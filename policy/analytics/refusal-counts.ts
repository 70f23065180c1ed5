// How often each tenant was refused and why, since the shard exists. Bounded: who is beyond it counts as `other`.

import type { RefusalCount } from '../../protocol/generation-record.ts';

const MAX_TENANTS = 100;
/** Reasons are a closed set of this program; a newer one may tell of new ones. */
const MAX_REASONS = 32;

const OTHER = 'other';

export class RefusalCounts {
  readonly #tenants = new Map<string, Map<string, number>>();

  add({ tenant, reason, count }: RefusalCount): void {
    const isKnown = this.#tenants.has(tenant) || this.#tenants.size < MAX_TENANTS;
    const name = isKnown ? tenant : OTHER;
    const reasons = this.#tenants.get(name) ?? new Map<string, number>();
    const kept = reasons.has(reason) || reasons.size < MAX_REASONS ? reason : OTHER;
    this.#tenants.set(name, reasons.set(kept, (reasons.get(kept) ?? 0) + count));
  }

  list(): readonly RefusalCount[] {
    return [...this.#tenants].flatMap(([tenant, reasons]) =>
      [...reasons].map(([reason, count]) => ({ tenant, reason, count })),
    );
  }
}
