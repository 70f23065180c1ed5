// How the calls of the last minute to one upstream went, counted by the second.
// Invariant: it holds sums only, so the counts of several isolates add up, in any order, to what one isolate would
// have seen. It never holds more than a minute, wherever the clock jumps.

/** How calls ended. `slow`: answered, but far later than this upstream usually does. */
export type CallCounts = { readonly calls: number; readonly failures: number; readonly slow: number };

/** `second`: since 1970. */
export type CallRow = CallCounts & { readonly second: number };

const SECOND_MS = 1_000;

/** With less traffic than a few calls a minute there is no evidence to act on. */
const KEPT_SECONDS = 60;
const RARE_KEPT_SECONDS = 900;

/** What counts as now when calls are frequent. */
const RECENT_SECONDS = 10;

/** Below this many recent calls a share of them means little. */
const MIN_RECENT = 10;

/**
 * The newest calls that must all have failed. At frequent calls five, or an upstream that fails one call in five would
 * be shut out every few minutes; at rare ones three, or its readers would meet the failure five times.
 */
const MIN_STREAK = 5;
const MIN_RARE_STREAK = 3;

const NONE: CallCounts = { calls: 0, failures: 0, slow: 0 };

export class CallWindow {
  readonly #seconds = new Map<number, CallCounts>();

  count(counts: CallCounts, nowMs: number): void {
    this.add([{ second: secondOf(nowMs), ...counts }], nowMs);
  }

  add(rows: readonly CallRow[], nowMs: number): void {
    for (const row of rows) {
      this.#seconds.set(row.second, sum([this.#seconds.get(row.second) ?? NONE, row]));
    }
    const second = secondOf(nowMs);
    // No rule looks further back than the newest MIN_RECENT calls.
    const kept = this.#keptSeconds(nowMs);
    for (const known of this.#seconds.keys()) {
      if (Math.abs(second - known) >= kept) this.#seconds.delete(known);
    }
  }

  rows(): readonly CallRow[] {
    return [...this.#seconds].map(([second, counts]) => ({ second, ...counts }));
  }

  /** Forgets what it gives. */
  takeRows(): readonly CallRow[] {
    const rows = this.rows();
    this.#seconds.clear();
    return rows;
  }

  recent(nowMs: number): CallCounts {
    return sum(this.#newest(secondOf(nowMs) - RECENT_SECONDS));
  }

  /**
   * The newest calls are bad without exception, or at least half of many recent ones after `sinceMs`. The first rule
   * sees a storm within two seconds, before it has outnumbered the good calls; the second sees the rest.
   */
  isTroubled(isBad: 'failing' | 'slow', sinceMs: number, nowMs: number): boolean {
    const bad = ({ failures, slow }: CallCounts): number =>
      isBad === 'failing' ? failures : failures + slow;
    const second = secondOf(nowMs);
    const recent = sum(this.#newest(Math.max(secondOf(sinceMs), second - RECENT_SECONDS)));
    const isBusy = recent.calls >= MIN_RECENT;
    if (isBusy && bad(recent) * 2 >= recent.calls) return true;
    let streak = 0;
    for (const counts of this.#newest(second - RARE_KEPT_SECONDS)) {
      if (bad(counts) < counts.calls) return false;
      streak += counts.calls;
      if (streak >= (isBusy ? MIN_STREAK : MIN_RARE_STREAK)) return true;
    }
    return false;
  }

  #keptSeconds(nowMs: number): number {
    if (this.recent(nowMs).calls >= MIN_RECENT) return RECENT_SECONDS;
    const lastMinute = sum(this.#newest(secondOf(nowMs) - KEPT_SECONDS));
    return lastMinute.calls < MIN_RARE_STREAK ? RARE_KEPT_SECONDS : KEPT_SECONDS;
  }

  /** Newest first, only what is later than the second `after`. */
  #newest(after: number): readonly CallCounts[] {
    return [...this.#seconds]
      .filter(([second]) => second > after)
      .toSorted(([left], [right]) => right - left)
      .map(([, counts]) => counts);
  }
}

function secondOf(ms: number): number {
  return Math.floor(ms / SECOND_MS);
}

function sum(all: readonly CallCounts[]): CallCounts {
  return all.reduce(
    (total, { calls, failures, slow }) => ({
      calls: total.calls + calls,
      failures: total.failures + failures,
      slow: total.slow + slow,
    }),
    NONE,
  );
}
