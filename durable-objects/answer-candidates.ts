// The models of a plan as candidates for its answer, in the order in which they are asked.

import type { AnswerCheckPlan } from '../protocol/answer-check.ts';
import type { Candidate, Plan } from '../protocol/plan.ts';

export function plannedCandidate(plan: Plan): Candidate {
  const { decision, target, canPrefill, leavesOut, request } = plan;
  const { tier, model } = decision;
  return { tier, model, target, canPrefill, leavesOut, maxOutputTokens: request.maxOutputTokens };
}

/** Every model that may answer this request, the given one first. */
export function candidatesFrom(plan: Plan, model: string): readonly Candidate[] {
  const escalation = plan.answerCheck === null ? [] : escalationCandidates(plan.answerCheck);
  const all = [plannedCandidate(plan), ...escalation, ...plan.failover.fallbacks];
  const ordered = [...all.filter((candidate) => candidate.model === model), ...all];
  return [...new Map(ordered.map((candidate) => [candidate.model, candidate])).values()];
}

export function escalationCandidates({ escalation }: AnswerCheckPlan): readonly Candidate[] {
  const { decision, target, maxOutputTokens, canPrefill, leavesOut, fallbacks } = escalation;
  const { tier, model } = decision;
  return [{ tier, model, target, maxOutputTokens, canPrefill, leavesOut }, ...fallbacks];
}
