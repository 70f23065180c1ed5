// What became of a generation, as its record for operators. No text goes in: numbers, configured names and closed sets.

import { directId } from '../../protocol/direct-id.ts';
import type { FailureCode } from '../../protocol/events.ts';
import type {
  Chunking,
  GenerationOutcome,
  GenerationPhases,
  GenerationRecord,
} from '../../protocol/generation-record.ts';
import type { Plan } from '../../protocol/plan.ts';
import type { RouteDecision } from '../../protocol/route.ts';
import { NO_USAGE, type Usage } from '../../protocol/usage.ts';
import type { EndedGeneration } from '../record-route.ts';
import { usageCostUsd } from '../usage-cost.ts';
import type { AnswerStatistics } from './answer-statistics.ts';
import { reasonLabel, signalLabels } from './labels.ts';

/** When the calls behind an answer were made, in Unix ms; null where there was none. */
export type AnswerTimes = {
  readonly firstCallMs: number;
  /** Of the call that is shown. */
  readonly shownCallMs: number | null;
  readonly modelContentMs: number | null;
};

/** What was seen of an answer beside its end and its account. */
export type ObservedAnswer = {
  readonly statistics: AnswerStatistics;
  readonly times: AnswerTimes | null;
  /** Nobody read any more, and that ended it. */
  readonly isAbandoned: boolean;
  readonly isDirect: boolean;
  readonly reconnects: number;
  readonly followers: number;
};

const MS_PER_SECOND = 1_000;

/** An answer that came at once has no rate: its chunks waited somewhere together. */
const LEAST_RATE_MS = 50;

export function recordGeneration(plan: Plan, ended: EndedGeneration): GenerationRecord {
  const { observed, endedMs } = ended;
  const { statistics } = observed;
  const shown = ended.routed?.decision ?? plan.decision;
  const check = ended.routed?.check ?? null;
  const outcome = outcomeOf(ended);
  const { firstContentMs } = statistics;
  const phases = phasesOf(plan, ended);
  const usage = shownUsage(ended);
  return {
    id: observed.isDirect ? directId(plan) : plan.streamId,
    tenant: plan.tenant,
    startedMs: plan.createdMs,
    endedMs,
    tier: shown.tier,
    model: shown.model,
    provider: providerOf(plan, shown.model),
    chunking: chunkingOf(plan, observed),
    stage: shown.stage,
    reason: reasonLabel(shown.reasons),
    signals: signalLabels(shown.signals),
    probability: shown.probability,
    outcome,
    failure: outcome === 'failed' ? failureOf(ended) : null,
    isCached: plan.cached !== null,
    check: check === null ? null : check.verdict.type,
    isEscalated: check?.verdict.type === 'bad' && shown.tier === 'cloud',
    isHedged: statistics.isHedged,
    failovers: statistics.failovers,
    continuations: statistics.continuations,
    ttftMs: firstContentMs === null ? null : Math.max(0, firstContentMs - plan.createdMs),
    overheadMs: firstContentMs === null ? null : overheadOf(phases),
    totalMs: Math.max(0, endedMs - plan.createdMs),
    phases,
    gaps: statistics.gaps,
    tokensPerSecond: rateOf(usage.output_tokens, firstContentMs, endedMs),
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    cachedTokens: usage.cached_tokens,
    ...moneyOf(plan, ended, { decision: shown, usage }),
    reconnects: observed.reconnects,
    followers: observed.followers,
    renderLagMs: null,
  };
}

/** Somebody's wish is no failure, and an answer whose reader left before its first word has no terminal event. */
function outcomeOf({ terminal, observed }: EndedGeneration): GenerationOutcome {
  if (terminal?.type === 'error') return 'failed';
  if (terminal !== null && terminal.finish_reason !== 'stopped') return 'completed';
  return observed.isAbandoned ? 'client_gone' : 'stopped';
}

function failureOf({ terminal }: EndedGeneration): FailureCode {
  return terminal?.type === 'error' ? terminal.code : 'internal';
}

export function chunkingOf(
  { request, durability }: Pick<Plan, 'request' | 'durability'>,
  { isDirect }: Pick<ObservedAnswer, 'isDirect'>,
): Chunking {
  if (!request.stream) return 'whole';
  return isDirect ? 'direct' : durability;
}

/** Whose words it was asked in. A model that is configured for several is asked in those of the plan. */
function providerOf({ target, decision, failover, answerCheck }: Plan, model: string): string {
  const escalation = answerCheck?.escalation ?? null;
  if (model === decision.model) return target.provider;
  if (model === escalation?.decision.model) return escalation.target.provider;
  const standIns = [...failover.fallbacks, ...(escalation?.fallbacks ?? [])];
  return standIns.find((candidate) => candidate.model === model)?.target.provider ?? target.provider;
}

/** The clocks of two machines may differ by some milliseconds: no phase is negative. */
function phasesOf({ analytics, createdMs }: Plan, { observed }: EndedGeneration): GenerationPhases {
  const { times, statistics } = observed;
  const { firstContentMs } = statistics;
  const between = (fromMs: number | null | undefined, toMs: number | null | undefined): number | null =>
    typeof fromMs === 'number' && typeof toMs === 'number' ? Math.max(0, toMs - fromMs) : null;
  return {
    workerMs: between(analytics?.receivedMs, createdMs),
    // Nobody is called for an answer that is repeated: all of it is ours.
    admitMs: between(createdMs, times === null ? firstContentMs : times.firstCallMs),
    detourMs: between(times?.firstCallMs, times?.shownCallMs),
    modelMs: between(times?.shownCallMs, times?.modelContentMs),
    holdMs: between(times?.modelContentMs, firstContentMs),
  };
}

function overheadOf({ workerMs, admitMs, holdMs }: GenerationPhases): number {
  return (workerMs ?? 0) + (admitMs ?? 0) + (holdMs ?? 0);
}

function rateOf(tokens: number, firstContentMs: number | null, endedMs: number): number | null {
  if (firstContentMs === null || tokens === 0) return null;
  const ms = endedMs - firstContentMs;
  return ms < LEAST_RATE_MS ? null : (tokens * MS_PER_SECOND) / ms;
}

/** Of an answer that failed before its first word nobody saw anything: what it cost is hidden, and the cloud saves nothing. */
function shownUsage({ terminal, account }: EndedGeneration): Usage {
  return terminal?.type === 'error' && !terminal.partial ? NO_USAGE : account.usage;
}

function moneyOf(
  { prices, analytics }: Plan,
  { account: { calls } }: EndedGeneration,
  { decision: { tier, model }, usage }: { readonly decision: RouteDecision; readonly usage: Usage },
): Pick<GenerationRecord, 'costUsd' | 'hiddenUsd' | 'allCloudUsd'> {
  const costUsd = calls.reduce((sum, call) => sum + usageCostUsd(call.usage, prices[call.model]), 0);
  const shownUsd = calls.length === 0 ? 0 : usageCostUsd(usage, prices[model]);
  const cloud = tier === 'cloud' ? prices[model] : analytics?.cloudPrice;
  return {
    costUsd,
    hiddenUsd: Math.max(0, costUsd - shownUsd),
    // Without a price of a cloud model nothing can be said to be saved.
    allCloudUsd: cloud === undefined ? costUsd : usageCostUsd(usage, cloud),
  };
}
