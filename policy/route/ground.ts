// On what ground a route was chosen: one case for each way of deciding, with its facts. The stage, the reasons and
// the counterfactual of a decision all follow from it, so they cannot tell different stories.

import type { AnswerCheckMode } from '../../protocol/answer-check.ts';
import type { DecisionStage } from '../../protocol/route.ts';
import type { Lack } from './candidates.ts';
import type { Weighed } from './weigher.ts';

/** What keeps a conversation in place: an agent's loop, with or without state that only one provider can read. */
export type Lock = 'tools' | 'thinking' | 'loop';

/** How the person shows that the last answer was no good. */
export type AskedAgain = 'repeat' | 'complaint' | 'regenerate';

export type Ground =
  /** `model` in the request is a configured id, or a tier. */
  | { readonly type: 'model' }
  | { readonly type: 'tier' }
  | { readonly type: 'tenant' }
  | { readonly type: 'rule'; readonly id: string }
  /** The tenant's budget is spent, and the edge answers what there is no money for. */
  | { readonly type: 'budget' }
  /** Only one tier can answer. */
  | { readonly type: 'gate'; readonly lack: Lack }
  | { readonly type: 'classifier_off' }
  /** `weighed` is null when the route was remembered, not found out again. */
  | { readonly type: 'lock'; readonly lock: Lock; readonly weighed: Weighed | null }
  | { readonly type: 'asked_again'; readonly how: AskedAgain }
  /** The edge could answer, but the conversation is in the cloud and leaving does not pay. */
  | { readonly type: 'sticky'; readonly weighed: Weighed }
  | { readonly type: 'classifier'; readonly weighed: Weighed }
  | { readonly type: 'exploration'; readonly weighed: Weighed }
  /** Too near the threshold: the edge drafts and the draft is judged. */
  | { readonly type: 'checked'; readonly weighed: Weighed; readonly mode: AnswerCheckMode }
  /** What holds when that draft is judged not good enough. */
  | { readonly type: 'escalated'; readonly weighed: Weighed };

export function stageOf(ground: Ground): DecisionStage {
  switch (ground.type) {
    case 'model':
    case 'tier':
    case 'tenant':
    case 'budget':
    case 'gate':
    case 'classifier_off':
      return 'gate';
    case 'rule':
      return 'rule';
    case 'lock':
    case 'asked_again':
    case 'sticky':
      return 'conversation';
    case 'classifier':
    case 'checked':
      return 'classifier';
    case 'exploration':
      return 'exploration';
    case 'escalated':
      return 'answer_check';
  }
}

/** The opinion the decision stands on or beside; null when the classifier was not asked. */
export function weighedOf(ground: Ground): Weighed | null {
  return 'weighed' in ground ? ground.weighed : null;
}
