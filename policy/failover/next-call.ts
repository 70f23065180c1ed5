// The next upstream call of an answer that has shown nothing yet: which candidate, and after what wait, or none.
// Each candidate is asked in its order; when all were, those that may recover are asked once more while the head is
// held. Invariant: a call that is returned is already counted against the budget and the breaker: it must be made.

import type { FailureCode } from '../../protocol/events.ts';
import type { Candidate, FailoverPlan } from '../../protocol/plan.ts';
import { backoffMs } from './backoff.ts';
import type { Verdict } from './circuit-breaker.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { UpstreamHealth } from './upstream-health.ts';

export type FailedCall = {
  readonly candidate: Candidate;
  readonly code: FailureCode;
  readonly retryAfterMs: number | null;
};

export type NextCallQuestion = {
  /** The planned one, then the fallbacks. */
  readonly candidates: readonly Candidate[];
  readonly failed: readonly FailedCall[];
  /** Made so far, hedges counted. */
  readonly calls: number;
  readonly plan: Pick<FailoverPlan, 'maxCalls' | 'retryRatio'>;
  /** How long the response head may still be held; nobody waits for a retry beyond it. */
  readonly holdLeftMs: number;
  readonly nowMs: number;
  /** Uniform in 0..1. */
  readonly random: number;
};

export type CallPorts = {
  readonly health: Pick<UpstreamHealth, 'verdict' | 'mayCall' | 'waitMs' | 'lastFailure'>;
  readonly budget: Pick<RetryBudget, 'request' | 'has' | 'take' | 'takeHedge'>;
};

export type NextCall =
  | {
      readonly type: 'call';
      readonly candidate: Candidate;
      readonly waitMs: number;
      readonly isProbe: boolean;
    }
  | { readonly type: 'give_up'; readonly code: FailureCode; readonly retryAfterMs: number | null };

/** What a client is told when several calls failed: first what may pass by itself, last what an operator must mend. */
const TELLING: readonly FailureCode[] = [
  'upstream_rate_limited',
  'upstream_timeout',
  'upstream_failed',
  'upstream_unreachable',
  'upstream_empty',
  'upstream_malformed',
  'upstream_denied',
];

/** An upstream's name in health and budget. */
export function upstreamKey({ model, target }: Pick<Candidate, 'model' | 'target'>): string {
  return `${target.endpoint}/${model}`;
}

export function nextCall(question: NextCallQuestion, { health, budget }: CallPorts): NextCall {
  const { candidates, failed, calls, plan, nowMs } = question;
  // The request's own fault, or ours: it would be met again everywhere.
  const final = failed.find(({ code }) => !TELLING.includes(code));
  if (final !== undefined) return { type: 'give_up', code: final.code, retryAfterMs: null };
  const isExtra = calls > 0;
  if (calls >= plan.maxCalls || (isExtra && !budget.has(1))) return giveUp(question, health);
  const chosen = freshCandidate(question, { health, budget }) ?? retriedCandidate(question, health);
  if (chosen === null) return giveUp(question, health);
  if (isExtra) budget.take();
  else budget.request(plan.retryRatio, candidates.length);
  const verdict = health.mayCall(upstreamKey(chosen.candidate), nowMs);
  return { type: 'call', ...chosen, isProbe: verdict === 'probe' };
}

type Choice = { readonly candidate: Candidate; readonly waitMs: number };

function freshCandidate(question: NextCallQuestion, { health, budget }: CallPorts): Choice | null {
  const { candidates, failed, calls, nowMs } = question;
  const fresh = candidates.filter((candidate) => callsOf(candidate, failed) === 0);
  const asking = (verdict: Verdict): Candidate | undefined =>
    fresh.find((candidate) => health.verdict(upstreamKey(candidate), nowMs) === verdict);
  // A probe is likely to fail: it goes first only where another call can make up for it.
  // Where no other call ever can, somebody has to find out that the model is back.
  const { maxCalls, retryRatio } = question.plan;
  const isNeverAided = maxCalls === 1 || retryRatio === 0;
  const mayProbe = isNeverAided || (calls + 1 < maxCalls && budget.has(calls > 0 ? 2 : 1));
  const [yes, probe] = [asking('yes'), asking('probe')];
  const isProbeFirst = mayProbe && probe !== undefined && isBefore(probe, yes, fresh);
  const candidate = (isProbeFirst ? probe : yes) ?? asking('slow') ?? probe;
  return candidate === undefined ? null : { candidate, waitMs: 0 };
}

function isBefore(one: Candidate, other: Candidate | undefined, all: readonly Candidate[]): boolean {
  return other === undefined || all.indexOf(one) < all.indexOf(other);
}

/** One that failed once and was not opened since; with a wait that ends while the head is still held. */
function retriedCandidate(question: NextCallQuestion, health: CallPorts['health']): Choice | null {
  const { failed, holdLeftMs, nowMs, random } = question;
  const retries = failed.length - new Set(failed.map(({ candidate }) => upstreamKey(candidate))).size;
  for (const { candidate, code, retryAfterMs } of failed) {
    const waitMs = backoffMs(retries, retryAfterMs, random);
    const isOnce = callsOf(candidate, failed) === 1 && code !== 'upstream_denied';
    const verdict = health.verdict(upstreamKey(candidate), nowMs);
    if (isOnce && (verdict === 'yes' || verdict === 'slow') && waitMs < holdLeftMs)
      return { candidate, waitMs };
  }
  return null;
}

function callsOf(candidate: Candidate, failed: readonly FailedCall[]): number {
  const key = upstreamKey(candidate);
  return failed.filter((call) => upstreamKey(call.candidate) === key).length;
}

function giveUp({ candidates, failed, nowMs }: NextCallQuestion, health: CallPorts['health']): NextCall {
  const [code] = TELLING.filter((telling) => failed.some((call) => call.code === telling));
  if (code !== undefined) {
    const asked = failed.flatMap(({ retryAfterMs }) => (retryAfterMs === null ? [] : [retryAfterMs]));
    return { type: 'give_up', code, retryAfterMs: asked.length === 0 ? null : Math.min(...asked) };
  }
  // Every breaker is open: told is why the first one is, and the earliest probe is the earliest answer.
  const keys = candidates.map(upstreamKey);
  const retryAfterMs = Math.ceil(Math.min(...keys.map((key) => health.waitMs(key, nowMs))));
  const why = health.lastFailure(keys[0] ?? '') ?? 'upstream_rate_limited';
  return { type: 'give_up', code: why, retryAfterMs };
}
