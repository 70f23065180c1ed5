// The Worker's memory of what tenants' traffic has taught. No request ever waits for it: what is known is used, and
// what is old is asked for again after the answer. Invariants: at most MAX_TENANTS entries, one question at a time for
// each, and an object that fails is asked ever more rarely. No request data; the clock comes in as an argument.

import type { RoutingSnapshot } from '../policy/routing-snapshot.ts';

type Known = {
  snapshot: RoutingSnapshot | null;
  /** When it was asked last, whatever came of it. */
  askedMs: number;
  isAsking: boolean;
  failures: number;
};

/** At about 2 KB each, 20 MB at the very most; an isolate sees far fewer. */
const MAX_TENANTS = 10_000;

const FRESH_MS = 60_000;
/** The first decisions and labels move a threshold most. */
const YOUNG_FRESH_MS = 20_000;
const YOUNG_DECISIONS = 200;

/** A question that is not answered by then is taken for a failure, and another may be asked. */
const PATIENCE_MS = 30_000;

/** Doubled with each failure up to the longest wait: 20 s, 40 s, … 10 min. */
const FIRST_BACKOFF_MS = 20_000;
const MAX_BACKOFF_MS = 600_000;

export class TenantRoutings {
  readonly #known = new Map<string, Known>();

  /**
   * What is known now; null = nothing yet. Asks in the background when that is too old.
   * @param ask - may reject, hang or throw
   */
  current(
    tenantObject: string,
    ask: () => Promise<RoutingSnapshot>,
    waitUntil: (promise: Promise<unknown>) => void,
    nowMs: number,
  ): RoutingSnapshot | null {
    const known = this.#touch(tenantObject);
    if (isDue(known, nowMs)) {
      if (known.isAsking) known.failures++; // the last question was never answered
      known.isAsking = true;
      known.askedMs = nowMs;
      waitUntil(refresh(known, ask, nowMs));
    }
    return known.snapshot;
  }

  /** The entry of a tenant, moved to the end: the first of the map is the one that was longest not asked for. */
  #touch(tenantObject: string): Known {
    const known = this.#known.get(tenantObject) ?? {
      snapshot: null,
      askedMs: -Infinity,
      isAsking: false,
      failures: 0,
    };
    this.#known.delete(tenantObject);
    this.#known.set(tenantObject, known);
    if (this.#known.size > MAX_TENANTS) this.#known.delete(this.#known.keys().next().value ?? '');
    return known;
  }
}

function isDue({ snapshot, askedMs, isAsking, failures }: Known, nowMs: number): boolean {
  const ageMs = nowMs - askedMs;
  if (isAsking) return ageMs >= Math.max(PATIENCE_MS, backoffMs(failures));
  if (failures > 0) return ageMs >= backoffMs(failures);
  const isYoung = snapshot === null || snapshot.decisions < YOUNG_DECISIONS;
  return ageMs >= (isYoung ? YOUNG_FRESH_MS : FRESH_MS);
}

function backoffMs(failures: number): number {
  return Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1));
}

async function refresh(known: Known, ask: () => Promise<RoutingSnapshot>, askedMs: number): Promise<void> {
  let snapshot: RoutingSnapshot | null = null;
  try {
    snapshot = await ask();
  } catch {
    // Routing goes on with what is known; the object's own log says what failed.
  }
  // An answer that comes after its question was given up is still an answer; a late failure says nothing new.
  const isLatest = known.askedMs === askedMs;
  if (snapshot !== null) Object.assign(known, { snapshot, failures: 0 });
  else if (isLatest) known.failures++;
  if (isLatest) known.isAsking = false;
}
