// Whether a simulated person says something of an answer, and what: small models please with easy questions and
// less and less with hard ones. This is the truth that the calibration has to find.

import type { PlannedRequest } from './plan-traffic.ts';
import type { Difficulty } from './prompts.ts';

const SPEAKS_SHARE = 0.12;

/** How often an answer is good enough. */
const LIKED: Readonly<Record<'edge' | 'cloud', Readonly<Record<Difficulty, number>>>> = {
  edge: { easy: 0.93, middle: 0.74, hard: 0.42 },
  cloud: { easy: 0.97, middle: 0.94, hard: 0.9 },
};

/** Null: says nothing. */
export function thumbsOf({ kind, draws }: PlannedRequest, tier: 'edge' | 'cloud'): 'up' | 'down' | null {
  if (draws.speaks >= SPEAKS_SHARE) return null;
  return draws.likes < LIKED[tier][kind.difficulty] ? 'up' : 'down';
}
