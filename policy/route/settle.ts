// Both tiers can answer and nothing names one: the route is weighed, and what the classifier alone decided is perhaps
// checked against the edge's draft or, rarely, drawn at random so that the log holds both tiers for like requests.
// A draw is taken at the start of a conversation only, and never checked: its answer is what is to be learnt from.

import type { Tier } from '../../protocol/route.ts';
import { checkModeOf } from './answer-check-choice.ts';
import { chosenOf, decided, decidedWithCheck } from './decided-route.ts';
import type { Course } from './replayed-tier.ts';
import type { DecidedRoute } from './route-question.ts';
import { standingTier, weighRoute } from './weigh-route.ts';

export function settle(course: Course): DecidedRoute {
  const { scope } = course;
  const { tier: weighedTier, ground } = weighRoute(course);
  if (ground.type !== 'classifier') {
    return decided(scope, { ...chosenOf(course, weighedTier), ground, propensity: 1 });
  }
  const { weighed } = ground;
  const wanted = checkModeOf(course, weighed);
  const { exploration } = scope.question.config.routing;
  // Where the conversation stands may take classifications to find out, and matters to few requests.
  const standing = wanted !== null || exploration > 0 ? standingTier(course) : null;
  const mode = standing === 'cloud' ? null : wanted;
  const tier = mode === null ? weighedTier : 'edge';
  const share = standing === null ? exploration : 0;
  const drawn = drawnTier(scope.question.draw, share);
  if (drawn !== null) {
    // A checked draft is another action than an unchecked one of the same tier.
    const propensity = mode === null && drawn === tier ? 1 - share / 2 : share / 2;
    return decided(scope, {
      ...chosenOf(course, drawn),
      ground: { type: 'exploration', weighed },
      propensity,
    });
  }
  const choice = { ...chosenOf(course, tier), propensity: 1 - (mode === null ? share / 2 : share) };
  if (mode === null) return decided(scope, { ...choice, ground });
  return decidedWithCheck(scope, { ...choice, ground: { type: 'checked', weighed, mode } }, mode);
}

/** With probability `share` one of both tiers, each as likely; else null. */
function drawnTier(draw: number, share: number): Tier | null {
  if (draw >= share) return null;
  return draw < share / 2 ? 'edge' : 'cloud';
}
