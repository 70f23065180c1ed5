// Where the prompt that is being written would go: the router is asked, and runs nothing.

import { percent, probability as figure, usd } from '../page/figures.ts';
import type { Foreseen } from './routing-figures.ts';

type Props = { readonly foreseen: Foreseen | null };

export function ForeseenRoute({ foreseen }: Props) {
  return (
    <p class="foreseen" data-testid="foreseen">
      {foreseen !== null && (
        <>
          Would go to the <span class={`tier ${foreseen.tier}`}>{foreseen.tier}</span>{' '}
          {foreseen.probability === null
            ? `(${foreseen.reasons[0] ?? foreseen.stage})`
            : `(P = ${figure(foreseen.probability)}, threshold ${figure(foreseen.threshold)})`}
          , about {usd(foreseen.arms[0]?.estimated_cost_usd)}
          {savedBy(foreseen)}
        </>
      )}
    </p>
  );
}

function savedBy({ tier, arms }: Foreseen): string {
  const [edge, cloud] = arms;
  if (tier !== 'edge' || edge === undefined || cloud === undefined || cloud.estimated_cost_usd === 0)
    return '';
  return `: ${percent(1 - edge.estimated_cost_usd / cloud.estimated_cost_usd)} less than the cloud`;
}
