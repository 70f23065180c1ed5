// The route of one answer and why: exactly what the stream's `route` event says, drawn.

import type { RouteEvent } from '../stream/wire-events.ts';
import type { AnswerState } from '../answer/answer-state.ts';
import { duration, usd } from '../page/figures.ts';
import { ProbabilityBar } from './probability-bar.tsx';
import { SignalBars } from './signal-bars.tsx';

type Props = Pick<AnswerState, 'route' | 'model'>;

export function WhyPanel({ route, model }: Props) {
  if (route === null || model === null) {
    return <p class="muted">The route comes with the first event of the stream.</p>;
  }
  const isChanged = model.id !== route.model;
  return (
    <div class="why" data-testid="why">
      <p class="why-head">
        <span class={`tier ${model.tier}`}>{model.tier}</span> <span class="model">{model.id}</span>
      </p>
      {isChanged && (
        <p class="muted">
          Decided on {route.model} ({route.tier}); another model took over.
        </p>
      )}
      <ProbabilityBar probability={route.probability} threshold={route.threshold} stage={route.stage} />
      {route.answer_check !== null && (
        <p data-testid="answer-check">
          The edge’s draft was checked ({route.answer_check.mode}): {route.answer_check.verdict}, held for{' '}
          {duration(route.answer_check.held_ms)}.
        </p>
      )}
      <Reasons route={route} />
      {route.signals.length > 0 && <SignalBars signals={route.signals} />}
      {route.counterfactual !== null && (
        <p data-testid="counterfactual">What would have turned it: {route.counterfactual}.</p>
      )}
      <Arms route={route} />
    </div>
  );
}

function Reasons({ route }: { readonly route: RouteEvent }) {
  return (
    <ul class="reasons" aria-label="Reasons" data-testid="reasons">
      {route.reasons.map((reason) => (
        <li key={reason}>{reason}</li>
      ))}
      {route.rule !== null && <li>rule: {route.rule}</li>}
    </ul>
  );
}

function Arms({ route }: { readonly route: RouteEvent }) {
  return (
    <table class="arms" data-testid="arms">
      <caption>Who could have answered (estimates)</caption>
      <thead>
        <tr>
          <th scope="col">Tier</th>
          <th scope="col">Model</th>
          <th scope="col">Cost</th>
          <th scope="col">First token</th>
        </tr>
      </thead>
      <tbody>
        {route.arms.map((arm) => (
          <tr key={arm.model}>
            <td>{arm.tier}</td>
            <td>{arm.model}</td>
            <td>{usd(arm.estimated_cost_usd)}</td>
            <td>{duration(arm.first_token_ms)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
