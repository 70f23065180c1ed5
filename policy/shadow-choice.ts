// Which requests get a shadow, and whose. Only those whose probability is known: others would teach nothing. Never one
// whose text may not leave the edge, and none with tools: two calls of tools are not two texts to compare.

import type { ChatRequest } from '../protocol/chat-request.ts';
import type { DataLocality } from '../protocol/plan.ts';
import type { RouteDecision, Tier } from '../protocol/route.ts';
import type { Config } from './config.ts';

export type ShadowQuestion = {
  readonly config: Config;
  readonly request: Pick<ChatRequest, 'tools'>;
  readonly decision: Pick<RouteDecision, 'tier' | 'arms' | 'probability'>;
  readonly locality: DataLocality;
  /** Random in [0, 1). */
  readonly draw: number;
};

/** Configured model ids; `tier` is the other one's. */
export type ShadowChoice = { readonly tier: Tier; readonly model: string; readonly judge: string };

/** Null: no shadow. */
export function shadowChoice({
  config,
  request,
  decision,
  locality,
  draw,
}: ShadowQuestion): ShadowChoice | null {
  const { log_decisions: isRecorded, shadow } = config.routing;
  if (draw >= shadow.dispatch_share || shadow.judge_model === null) return null;
  if (!isRecorded || locality === 'edge-only') return null;
  if (decision.probability === null || request.tools.length > 0) return null;
  // An arm is a model that could have served the request; without one there is nobody to ask.
  const other = decision.arms.find(({ tier }) => tier !== decision.tier);
  return other === undefined ? null : { tier: other.tier, model: other.model, judge: shadow.judge_model };
}
