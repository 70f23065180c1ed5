// The log as trials: what was known of a request, which action was taken with which chance, what it cost, and what was
// said of it. Only decisions in which the probability had a say are trials: another policy of this kind decides the rest
// alike, so it takes nothing from them.
// A checked draft is an action of its own: neither the edge's answer nor the cloud's was simply taken.

import type { FeedbackRecord, RouteRecord } from '../../protocol/route-record.ts';
import type { RouteSignal } from '../../protocol/route.ts';
import { clearestFeedback, reliabilityOf } from './labels.ts';
import { trafficEntryOf } from './traffic-window.ts';

export type Action = 'edge' | 'cloud' | 'check';

export const ACTIONS: readonly Action[] = ['edge', 'cloud', 'check'];

export type Trial = {
  readonly atMs: number;
  readonly rawProbability: number;
  /** As the policy in force saw it. */
  readonly probability: number;
  readonly threshold: number;
  readonly signals: readonly RouteSignal[];
  readonly edgeUsd: number;
  readonly cloudUsd: number;
  readonly action: Action;
  /** Chance of this action when it was taken. */
  readonly propensity: number;
  readonly costUsd: number;
  /** Of the shown answer; null = nobody said anything. */
  readonly reward: { readonly value: number; readonly weight: number } | null;
  /** What a judge said of the edge's answer though the cloud's was shown. A random sample, unlike what people say. */
  readonly judgedEdge: number | null;
};

/** In the order of time: neighbours in the result are neighbours in the traffic. */
export function trialsOf(
  records: readonly RouteRecord[],
  feedback: readonly FeedbackRecord[],
): readonly Trial[] {
  const said = clearestFeedback(feedback, () => true);
  const judged = clearestFeedback(feedback, ({ kind, edgeGood }) => kind === 'judge' && edgeGood !== null);
  return records
    .flatMap((record) => trialOf(record, said.get(record.id), judged.get(record.id)))
    .sort((left, right) => left.atMs - right.atMs);
}

function trialOf(
  record: RouteRecord,
  said: FeedbackRecord | undefined,
  judged: FeedbackRecord | undefined,
): readonly Trial[] {
  const entry = trafficEntryOf(record);
  if (entry === null || record.probability === null) return [];
  const { outcome, chosen } = record;
  const { atMs, rawProbability, edgeUsd, cloudUsd } = entry;
  const action = outcome.check === null ? chosen : 'check';
  return [
    {
      atMs,
      rawProbability,
      probability: record.probability,
      threshold: record.threshold,
      signals: record.signals,
      edgeUsd,
      cloudUsd,
      action,
      propensity: record.propensity,
      costUsd: outcome.costUsd,
      reward: said === undefined ? null : { value: said.reward, weight: reliabilityOf(said) },
      judgedEdge: action === 'cloud' ? (judged?.edgeGood ?? null) : null,
    },
  ];
}
