// P(the edge is good enough) against the threshold that it has to reach, as one bar.

import type { DecisionStage } from '../stream/wire-events.ts';
import { probability as figure } from '../page/figures.ts';

type Props = {
  readonly probability: number | null;
  readonly threshold: number;
  readonly stage: DecisionStage;
};

const WHO_DECIDED: Readonly<Record<DecisionStage, string>> = {
  gate: 'What the request names or needs decided; the classifier was not asked.',
  rule: 'A configured rule decided; the classifier was not asked.',
  conversation: 'The conversation’s standing decided.',
  classifier: '',
  exploration: 'A random draw decided, to learn from.',
  answer_check: 'The check of the edge’s draft decided.',
};

export function ProbabilityBar({ probability, threshold, stage }: Props) {
  if (probability === null) return <p data-testid="probability">{WHO_DECIDED[stage]}</p>;
  const isEnough = probability >= threshold;
  return (
    <div>
      <p data-testid="probability">
        P(edge is good enough) = {figure(probability)} {isEnough ? '≥' : '<'} {figure(threshold)}, the
        threshold. {WHO_DECIDED[stage]}
      </p>
      <div class="bar" aria-hidden="true">
        <div class={`bar-fill ${isEnough ? 'edge' : 'cloud'}`} style={{ width: `${probability * 100}%` }} />
        <div class="bar-mark" style={{ left: `${threshold * 100}%` }} />
      </div>
      <p class="bar-scale" aria-hidden="true">
        <span>cloud</span>
        <span>edge</span>
      </p>
    </div>
  );
}
