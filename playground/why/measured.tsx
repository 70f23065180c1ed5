// What one answer took and cost, measured: by the server where it tells it, by this page for what only the page can see.

import type { AnswerState } from '../answer/answer-state.ts';
import { tokensPerSecond } from '../answer/answer-state.ts';
import { duration, perSecond, usd } from '../page/figures.ts';

type Props = { readonly state: AnswerState };

export function Measured({ state }: Props) {
  const done = state.end?.type === 'done' ? state.end.event : null;
  const cloud = state.route?.arms.find(({ tier }) => tier === 'cloud');
  const firstTokenMs = state.firstTokenMs === null ? null : state.firstTokenMs - state.askedMs;
  const rows: readonly (readonly [string, string, string])[] = [
    ['First token', duration(firstTokenMs), 'ttft'],
    ['Speed', perSecond(tokensPerSecond(state)), 'speed'],
    [
      'Tokens',
      done === null ? '–' : `${done.usage.input_tokens} in, ${done.usage.output_tokens} out`,
      'tokens',
    ],
    ['Cost', usd(done?.cost_usd), 'cost'],
    ['Cloud’s estimate', usd(cloud?.estimated_cost_usd), 'cloud-cost'],
    ['Whole answer', duration(done?.timing.total_ms), 'total'],
    ['Chunk to paint (p95)', duration(state.renderLagMs), 'render-lag'],
  ];
  return (
    <dl class="measured" data-testid="measured">
      {rows.map(([label, figure, name]) => (
        <div key={name}>
          <dt>{label}</dt>
          <dd data-testid={name}>{figure}</dd>
        </div>
      ))}
    </dl>
  );
}
