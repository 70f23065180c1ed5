// Where a conversation stood before its last turn, found out from its history alone: the last few turns are decided
// again in order, by the same rules as when they came. So the decision of a turn, or of the tenth step of an agent's
// loop in it, is the same whichever isolate it reaches, with nothing stored; a remembered route only makes it exact
// (it also knows of thresholds that have moved, escalated drafts and explicit wishes) and saves the work.
// Bounded: no more than LOOK_BACK turns are decided again.

import type { Tier } from '../../protocol/route.ts';
import type { ModelConfig } from '../config.ts';
import { leavingPays } from '../conversation/switch-cost.ts';
import type { RouteScope } from './route-scope.ts';
import type { Weigher } from './weigher.ts';

export type Course = {
  readonly scope: RouteScope;
  readonly weigher: Weigher;
  readonly edge: ModelConfig;
  readonly cloud: ModelConfig;
};

/** Older turns hardly ever decide; each costs a classification. */
const LOOK_BACK = 4;

/** The tier that turn `at` is answered by when the history is all that is known; null for −1, before the first turn. */
export function replayedTier(course: Course, at: number): Tier | null {
  let tier: Tier | null = null;
  for (let turn = Math.max(0, at - LOOK_BACK); turn <= at; turn += 1) tier = tierAfter(course, tier, turn);
  return tier;
}

function tierAfter(course: Course, before: Tier | null, at: number): Tier {
  if (asksAgain(course.scope, at) || !course.weigher.isEasy(at)) return 'cloud';
  return before === 'cloud' && staysInCloud(course, at) ? 'cloud' : 'edge';
}

/** Whether a turn that the edge could answer stays in the cloud, because the conversation is there. */
export function staysInCloud(course: Course, at: number): boolean {
  const { scope, weigher, edge, cloud } = course;
  const { config, inputTokens } = scope.question;
  if (!config.routing.conversation.sticky) return false;
  if (!weigher.isClearlyEasy(at)) return true;
  const historyTokens = inputTokens * (scope.conversation.turns[at]?.historyShare ?? 0);
  const easyTurnsBefore = easyRunBefore(course, at);
  return !leavingPays({ historyTokens, easyTurnsBefore, edge: edge.price, cloud: cloud.price });
}

/** Whether the person says the same again or complains, and the configuration lets that count. */
export function asksAgain({ question, conversation }: RouteScope, at: number): boolean {
  const turn = conversation.turns[at];
  if (turn === undefined || !question.config.routing.conversation.escalate_on_repeat) return false;
  return turn.isRepeat || turn.isComplaint;
}

function easyRunBefore({ scope, weigher }: Course, at: number): number {
  let run = 0;
  for (let turn = at - 1; turn >= 0 && run < LOOK_BACK; turn -= 1) {
    if (asksAgain(scope, turn) || !weigher.isClearlyEasy(turn)) break;
    run += 1;
  }
  return run;
}
