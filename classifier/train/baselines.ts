// What the classifier has to beat: routers that cost nothing, and two published ones that go by rules.

import { clawRouterDemand, clawRouterSendsToCloud } from './clawrouter-rules.ts';
import { litellmDemand, litellmSendsToCloud } from './litellm-rules.ts';

export type Baseline = {
  readonly name: string;
  /** Higher = sent to the cloud first. */
  readonly demand: (text: string) => number;
  /** The decision as its authors ship it; length alone has no boundary of its own. */
  readonly sendsToCloud: ((text: string) => boolean) | undefined;
};

export const BASELINES: readonly Baseline[] = [
  { name: 'prompt length', demand: (text) => text.length, sendsToCloud: undefined },
  { name: 'LiteLLM complexity rules', demand: litellmDemand, sendsToCloud: litellmSendsToCloud },
  { name: 'ClawRouter rules', demand: clawRouterDemand, sendsToCloud: clawRouterSendsToCloud },
];
