// What a generation decided and what became of it, as its record. No text goes in: numbers, names and hashes only.

import type { AnswerAccount } from '../protocol/answer-account.ts';
import type { Routed } from '../protocol/answer-check.ts';
import type { TerminalEvent } from '../protocol/events.ts';
import type { Plan } from '../protocol/plan.ts';
import type { RouteOutcome, RouteRecord } from '../protocol/route-record.ts';
import type { ObservedAnswer } from './analytics/record-generation.ts';
import { usageCostUsd } from './usage-cost.ts';

export type EndedGeneration = {
  /** Null when it ended before a draft was judged. */
  readonly routed: Routed | null;
  /** Null for one that left no log: a direct answer whose client went away. */
  readonly terminal: TerminalEvent | null;
  readonly account: AnswerAccount;
  readonly endedMs: number;
  readonly observed: ObservedAnswer;
};

export function recordRoute(plan: Plan, ended: EndedGeneration): RouteRecord {
  const { decision, evidence } = plan;
  return {
    id: plan.streamId,
    atMs: plan.createdMs,
    policyVersion: decision.policyVersion,
    stage: decision.stage,
    chosen: decision.tier,
    propensity: decision.propensity,
    rawProbability: evidence.rawProbability,
    probability: decision.probability,
    threshold: decision.threshold,
    signals: decision.signals,
    features: evidence.features,
    arms: decision.arms,
    edgeModel: evidence.edgeModel,
    outcome: outcomeOf(plan, ended),
  };
}

function outcomeOf(plan: Plan, { routed, terminal, account, endedMs }: EndedGeneration): RouteOutcome {
  const shown = routed?.decision ?? plan.decision;
  const check = routed?.check ?? null;
  return {
    shown: shown.tier,
    end: endOf(terminal),
    check:
      check === null
        ? null
        : { fault: check.verdict.type === 'bad' ? check.verdict.fault : null, heldMs: check.heldMs },
    firstTokenMs: terminal?.type === 'done' ? terminal.timing.first_token_ms : null,
    totalMs: endedMs - plan.createdMs,
    costUsd: account.calls.reduce((sum, call) => sum + usageCostUsd(call.usage, plan.prices[call.model]), 0),
  };
}

function endOf(terminal: TerminalEvent | null): RouteOutcome['end'] {
  if (terminal === null) return 'stopped';
  if (terminal.type === 'error') return 'failed';
  return terminal.finish_reason === 'stopped' ? 'stopped' : 'completed';
}
