// The Worker's memory of where conversations were routed last, so that they stay where their cache is and an agent's
// loop is not torn apart. Without it routes are found out again from the history (route/replayed-tier.ts), so a
// forgotten or wrong entry costs at most a switch of tier, never an answer.
// Invariant: at most MAX_ENTRIES, the least recently used go first. Keys are opaque hashes; no text is held.

import type { RememberedRoute } from './route/route-question.ts';

/** A busy isolate serves fewer conversations at once; at some 200 bytes each this is 2 MB. */
const MAX_ENTRIES = 10_000;

/** No provider keeps a cache this long, and a person who comes back the next day starts anew. */
const MAX_AGE_MS = 24 * 60 * 60 * 1000;

export class RouteMemory {
  readonly #routes = new Map<string, RememberedRoute>();

  /** The newest route that is remembered under one of the keys; null when none is. */
  recall(keys: readonly string[], nowMs: number): RememberedRoute | null {
    let newest: RememberedRoute | null = null;
    for (const key of keys) {
      const route = this.#touch(key, nowMs);
      if (route !== null && (newest === null || route.atMs > newest.atMs)) newest = route;
    }
    return newest;
  }

  remember(keys: readonly string[], route: RememberedRoute): void {
    for (const key of keys) {
      this.#routes.delete(key);
      this.#routes.set(key, route);
    }
    while (this.#routes.size > MAX_ENTRIES) {
      const oldest = this.#routes.keys().next();
      if (oldest.done === true) return;
      this.#routes.delete(oldest.value);
    }
  }

  #touch(key: string, nowMs: number): RememberedRoute | null {
    const route = this.#routes.get(key);
    if (route === undefined) return null;
    // Deleted and set again, so that the map's order is by use and its first key is the least recently used.
    this.#routes.delete(key);
    if (nowMs - route.atMs > MAX_AGE_MS) return null;
    this.#routes.set(key, route);
    return route;
  }
}
