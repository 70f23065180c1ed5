// The states of each upstream's circuit breaker over a range, out of its turns.

import type { BreakerState, Turn } from '../state/analytics-answers.ts';

export type BreakerInterval = {
  readonly state: BreakerState;
  readonly fromMs: number;
  readonly toMs: number;
  /** What led to this state, if the turn is in the range. */
  readonly cause: string | null;
};

export type BreakerHistory = { readonly upstream: string; readonly intervals: readonly BreakerInterval[] };

type Bounds = { readonly fromMs: number; readonly toMs: number };

/** One history for each upstream that turned, by name. They fill the range without gaps. */
export function breakerHistories(turns: readonly Turn[], bounds: Bounds): readonly BreakerHistory[] {
  const byUpstream = Map.groupBy(turns, (turn) => turn.upstream);
  return [...byUpstream]
    .map(([upstream, own]) => ({ upstream, intervals: intervalsOf(own, bounds) }))
    .toSorted((left, right) => left.upstream.localeCompare(right.upstream));
}

function intervalsOf(turns: readonly Turn[], { fromMs, toMs }: Bounds): readonly BreakerInterval[] {
  // Newest first, and two turns of one millisecond must keep their order.
  const ordered = turns.toReversed().toSorted((left, right) => left.at.localeCompare(right.at));
  const first = ordered[0];
  if (first === undefined) return [];
  const starts = [
    { state: first.from, startMs: fromMs, cause: null },
    ...ordered.map((turn) => ({ state: turn.to, startMs: Date.parse(turn.at), cause: turn.cause })),
  ];
  return starts.flatMap(({ state, startMs, cause }, at) => {
    const start = Math.max(fromMs, startMs);
    const end = Math.min(toMs, starts[at + 1]?.startMs ?? toMs);
    return end > start ? [{ state, fromMs: start, toMs: end, cause }] : [];
  });
}
