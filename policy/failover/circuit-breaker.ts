// The circuit breaker of one upstream, as a value: closed (calls go), open (none until a cool-down is over), half open
// (one probe is out). Legal transitions: closed → open → half_open → closed | open; a probe that is never heard of is
// replaced by another, and an opening for slowness may become one for failures. When to open is decided elsewhere.

export type BreakerState = 'closed' | 'open' | 'half_open';

/** Why it opened. A `slow` upstream still answers, so it is called when there is no other. */
export type BreakerCause = 'failing' | 'slow';

export type Breaker = {
  readonly state: BreakerState;
  readonly cause: BreakerCause;
  /** When it came into this state. Of two views of one breaker the later one holds. */
  readonly sinceMs: number;
  /** Open: when a probe may leave. Half open: when the probe is given up. */
  readonly untilMs: number;
  /** Openings without a minute of health between them. */
  readonly openings: number;
};

/** `probe`: only this one call, to see whether the upstream is back. `slow`: when there is no other. */
export type Verdict = 'yes' | 'probe' | 'slow' | 'no';

/** Most faults of a provider's single server are over after a second; a fault of its own takes minutes. */
const COOL_DOWN_MS = 1_000;
const MAX_COOL_DOWN_MS = 15_000;

/** An upstream may ask for more than that, but one that says "tomorrow" is asked again all the same. */
const MAX_ASKED_MS = 60_000;

/** Longer than nearly every first token, shorter than a reader's patience with an upstream that may be back. */
const PROBE_MS = 10_000;

/** Healthy for this long, an upstream begins again with the shortest cool-down. */
const TRUSTED_AFTER_MS = 60_000;

/** Clocks of isolates differ by milliseconds; a transition further in the future says that a clock was set back. */
const CLOCK_SKEW_MS = 5_000;

export const CLOSED: Breaker = { state: 'closed', cause: 'failing', sinceMs: 0, untilMs: 0, openings: 0 };

export function verdictOf(breaker: Breaker, nowMs: number): Verdict {
  if (breaker.state === 'closed') return 'yes';
  if (waitMs(breaker, nowMs) === 0) return 'probe';
  return breaker.cause === 'slow' ? 'slow' : 'no';
}

/** Until a probe may leave; 0 when one may, or when the breaker is closed. */
export function waitMs({ state, sinceMs, untilMs }: Breaker, nowMs: number): number {
  if (state === 'closed' || nowMs < sinceMs - CLOCK_SKEW_MS) return 0;
  return Math.max(0, untilMs - nowMs);
}

/** Full jitter would often be no cool-down at all: half of it is certain. `retryAfterMs`: the upstream's own word. */
export function opened(
  breaker: Breaker,
  { cause, retryAfterMs, random }: { cause: BreakerCause; retryAfterMs: number | null; random: number },
  nowMs: number,
): Breaker {
  const openings = openingsOf(breaker, nowMs);
  const coolDownMs = Math.min(MAX_COOL_DOWN_MS, COOL_DOWN_MS * 2 ** (openings - 1)) * (0.5 + random / 2);
  const untilMs = nowMs + Math.max(coolDownMs, Math.min(retryAfterMs ?? 0, MAX_ASKED_MS));
  return { state: 'open', cause, sinceMs: after(breaker, nowMs), untilMs, openings };
}

export function probing(breaker: Breaker, nowMs: number, patienceMs = PROBE_MS): Breaker {
  return { ...breaker, state: 'half_open', sinceMs: after(breaker, nowMs), untilMs: nowMs + patienceMs };
}

export function closed(breaker: Breaker, nowMs: number): Breaker {
  return { ...breaker, state: 'closed', sinceMs: after(breaker, nowMs), untilMs: 0 };
}

function openingsOf({ state, sinceMs, openings }: Breaker, nowMs: number): number {
  if (state === 'open') return openings;
  return state === 'closed' && nowMs - sinceMs > TRUSTED_AFTER_MS ? 1 : Math.min(openings + 1, 10);
}

/** Strictly later than the state before, or a view that came round in the same millisecond could not be told apart. */
function after({ sinceMs }: Breaker, nowMs: number): number {
  if (nowMs < sinceMs - CLOCK_SKEW_MS) return nowMs; // the clock was set back: the state of before is of no day any more
  return Math.max(nowMs, sinceMs + 1);
}
