// Whether a call that is late gets a second one beside it, and when. The first token of either wins.
// Invariant: no hedge while a breaker that matters is not closed, nor beyond its share of the budget: hedging helps
// against a slow machine at a healthy provider, and hurts one that is overloaded.

import type { Candidate, FailoverPlan } from '../../protocol/plan.ts';
import { upstreamKey, type CallPorts, type FailedCall } from './next-call.ts';
import type { UpstreamHealth } from './upstream-health.ts';

/** Below it a second call would arrive after the first token of most calls it is meant to beat. */
const FLOOR_MS = 50;

/** Milliseconds after the start of a call at which to ask `hedgeCandidate`; null: never. */
export function hedgeDelayMs(
  plan: Pick<FailoverPlan, 'hedges'>,
  running: Candidate,
  health: Pick<UpstreamHealth, 'firstTokenP95Ms'>,
  nowMs: number,
): number | null {
  const usualMs = plan.hedges ? health.firstTokenP95Ms(upstreamKey(running), nowMs) : null;
  return usualMs === null ? null : Math.max(FLOOR_MS, usualMs);
}

export type HedgeQuestion = {
  /** The planned one, then the fallbacks. */
  readonly candidates: readonly Candidate[];
  readonly running: Candidate;
  readonly failed: readonly FailedCall[];
  /** Made so far, this one counted. */
  readonly calls: number;
  readonly plan: Pick<FailoverPlan, 'maxCalls'>;
  readonly nowMs: number;
};

/**
 * Whom to ask as well: the next candidate, or the running one again when there is no other; null: nobody. One that is
 * returned is already counted against the budget.
 */
export function hedgeCandidate(question: HedgeQuestion, { health, budget }: CallPorts): Candidate | null {
  const { candidates, running, failed, calls, plan, nowMs } = question;
  const isClosed = (candidate: Candidate): boolean => health.verdict(upstreamKey(candidate), nowMs) === 'yes';
  if (calls >= plan.maxCalls || !isClosed(running)) return null;
  const tried = new Set([running, ...failed.map(({ candidate }) => candidate)].map(upstreamKey));
  const other = candidates.find((candidate) => !tried.has(upstreamKey(candidate)) && isClosed(candidate));
  return budget.takeHedge() ? (other ?? running) : null;
}
