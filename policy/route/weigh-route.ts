// Which of two tiers that both can answer does answer: the conversation's own course first (an agent's loop stays
// where it is, a person who asks again gets the cloud), then the classifier, then what leaving the cloud would cost.
// Going up is free at any time; going down has to pay. Nothing in the prompt's text can name a tier.

import type { Tier } from '../../protocol/route.ts';
import { turnHashOf } from '../conversation/turn-hash.ts';
import type { AskedAgain, Ground, Lock } from './ground.ts';
import { asksAgain, replayedTier, staysInCloud, type Course } from './replayed-tier.ts';
import type { RouteScope } from './route-scope.ts';

export type Chosen = { readonly tier: Tier; readonly ground: Ground };

export function weighRoute(course: Course): Chosen {
  const { scope, weigher } = course;
  const { routing } = scope.question.config;
  const at = lastTurnOf(scope);
  const lock = lockOf(scope);
  if (lock !== null) return locked(course, lock, at);
  const how = askedAgain(scope, at);
  if (how !== null) return { tier: 'cloud', ground: { type: 'asked_again', how } };
  // Without an opinion the tier that can answer everything is the honest default.
  if (!routing.stages.classifier) return { tier: 'cloud', ground: { type: 'classifier_off' } };
  const weighed = weigher.weigh(at);
  const ground: Ground = { type: 'classifier', weighed };
  if (!weigher.isEasy(at)) return { tier: 'cloud', ground };
  if (standingTier(course) === 'cloud' && staysInCloud(course, at)) {
    return { tier: 'cloud', ground: { type: 'sticky', weighed } };
  }
  return { tier: 'edge', ground };
}

/** The tier that the conversation is on; null when it is new, has been idle, or is not to be sticky. */
export function standingTier(course: Course): Tier | null {
  const { question } = course.scope;
  const { sticky, idle_seconds: idleSeconds } = question.config.routing.conversation;
  if (!sticky) return null;
  const { remembered, nowMs } = question;
  if (remembered === null) return replayedTier(course, lastTurnOf(course.scope) - 1);
  return nowMs - remembered.atMs > idleSeconds * 1000 ? null : remembered.tier;
}

function lastTurnOf({ conversation }: RouteScope): number {
  return conversation.turns.length - 1;
}

function lockOf({ conversation }: RouteScope): Lock | null {
  switch (conversation.boundState) {
    case 'thinking':
      return 'thinking';
    case 'tool_calls':
      return 'tools';
    case 'none':
      return conversation.isToolLoop ? 'loop' : null;
  }
}

/** A locked conversation keeps the tier of its task, however long the loop takes. */
function locked(course: Course, lock: Lock, at: number): Chosen {
  const { scope, weigher } = course;
  const { remembered, config } = scope.question;
  if (remembered !== null) return { tier: remembered.tier, ground: { type: 'lock', lock, weighed: null } };
  if (!config.routing.stages.classifier) return { tier: 'cloud', ground: { type: 'classifier_off' } };
  const weighed = weigher.weigh(at);
  const tier = replayedTier(course, at) ?? (weigher.isEasy(at) ? 'edge' : 'cloud');
  return { tier, ground: { type: 'lock', lock, weighed } };
}

function askedAgain(scope: RouteScope, at: number): AskedAgain | null {
  const turn = scope.conversation.turns[at];
  if (turn === undefined) return null;
  if (asksAgain(scope, at)) return turn.isComplaint ? 'complaint' : 'repeat';
  return isRegenerated(scope, turn.text) ? 'regenerate' : null;
}

/** The same history once more, ending in the same words: the person wants another answer to it. */
function isRegenerated({ question, conversation }: RouteScope, text: string): boolean {
  const { remembered, isRetry, config } = question;
  if (remembered === null || isRetry || !config.routing.conversation.escalate_on_repeat) return false;
  return remembered.turns === conversation.userMessages && remembered.turnHash === turnHashOf(text);
}
