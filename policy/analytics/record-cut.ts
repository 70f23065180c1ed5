// The record of a generation that a restart has cut: of what it was, its log tells; of how it went, nothing is known. Its
// cost is estimated from what was shown.

import { isContent, type RouteEvent, type StreamEvent } from '../../protocol/events.ts';
import type { GenerationRecord } from '../../protocol/generation-record.ts';
import type { AnalyticsPlan, Plan, TokenPrice } from '../../protocol/plan.ts';
import { producedUnits } from '../../protocol/produced-units.ts';
import { estimatedUsage, NO_USAGE } from '../../protocol/usage.ts';
import { usageCostUsd } from '../usage-cost.ts';
import { AnswerStatistics } from './answer-statistics.ts';
import { MAX_SIGNALS, reasonLabel, signalLabels } from './labels.ts';

/** What stays with a log for its record, should nobody be left to make it. */
export type KeptForRecord = AnalyticsPlan &
  Pick<GenerationRecord, 'provider' | 'chunking'> & {
    readonly price: TokenPrice | null;
    readonly inputTokens: number;
    /** What was planned, for a log that a crash took before its first event was on disk. */
    readonly planned: PlannedRoute;
  };

type PlannedRoute = Pick<RouteEvent, 'tier' | 'model' | 'stage' | 'reasons' | 'signals' | 'probability'>;

export type CutGeneration = {
  readonly kept: KeptForRecord;
  readonly streamId: string;
  readonly tenant: string;
  readonly createdMs: number;
  readonly endedMs: number;
  readonly events: readonly StreamEvent[];
};

const UNKNOWN_PHASES = { workerMs: null, admitMs: null, detourMs: null, modelMs: null, holdMs: null };

export function recordCut(cut: CutGeneration): GenerationRecord {
  const { kept, events, createdMs, endedMs } = cut;
  const told = events.find((event) => event.type === 'route');
  const route = told ?? { ...kept.planned, answer_check: null };
  // Before the first word it is not known whether anybody was called.
  const usage = events.some(isContent) ? estimatedUsage(kept.inputTokens, producedUnits(events)) : NO_USAGE;
  const statistics = new AnswerStatistics();
  statistics.countEarlier(events, createdMs);
  const costUsd = usageCostUsd(usage, kept.price ?? undefined);
  return {
    id: cut.streamId,
    tenant: cut.tenant,
    startedMs: createdMs,
    endedMs,
    ...routeFacts(route, events),
    provider: kept.provider,
    chunking: kept.chunking,
    outcome: 'failed',
    failure: 'interrupted',
    isCached: false,
    isHedged: statistics.isHedged,
    failovers: statistics.failovers,
    continuations: statistics.continuations,
    ttftMs: null,
    overheadMs: null,
    totalMs: Math.max(0, endedMs - createdMs),
    phases: UNKNOWN_PHASES,
    gaps: null,
    tokensPerSecond: null,
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    cachedTokens: 0,
    costUsd,
    hiddenUsd: 0,
    allCloudUsd: route.tier === 'cloud' ? costUsd : usageCostUsd(usage, kept.cloudPrice),
    reconnects: 0,
    followers: 0,
    renderLagMs: null,
  };
}

/** @param provider - of the model that was planned */
export function keptForRecord(plan: Plan, chunking: KeptForRecord['chunking']): KeptForRecord | null {
  const { analytics, prices, decision, target, inputTokens } = plan;
  if (analytics === null) return null;
  const price = prices[decision.model] ?? null;
  const { tier, model, stage, probability } = decision;
  const reasons = decision.reasons.slice(0, 1);
  const planned = {
    tier,
    model,
    stage,
    reasons,
    signals: decision.signals.slice(0, MAX_SIGNALS),
    probability,
  };
  return { ...analytics, provider: target.provider, chunking, price, inputTokens, planned };
}

function routeFacts(
  route: PlannedRoute & Pick<RouteEvent, 'answer_check'>,
  events: readonly StreamEvent[],
): Pick<
  GenerationRecord,
  'tier' | 'model' | 'stage' | 'reason' | 'signals' | 'probability' | 'check' | 'isEscalated'
> {
  const { tier, model } = events.findLast((event) => event.type === 'route_changed') ?? route;
  const verdict = route.answer_check?.verdict ?? null;
  const check = verdict === null ? null : verdict === 'good' ? 'good' : 'bad';
  return {
    tier,
    model,
    stage: route.stage,
    reason: reasonLabel(route.reasons),
    signals: signalLabels(route.signals),
    probability: route.probability,
    check,
    isEscalated: check === 'bad' && route.tier === 'cloud',
  };
}
