// The clock of one racer: it runs until its answer has ended.

import { type AnswerState, tokensPerSecond } from '../answer/answer-state.ts';
import { useClock } from '../answer/use-answer.ts';
import { duration, perSecond, usd } from '../page/figures.ts';

type Props = { readonly state: AnswerState };

export function RaceClock({ state }: Props) {
  const isRunning = state.end === null;
  const nowMs = useClock(isRunning);
  const untilMs = isRunning ? Math.max(nowMs, state.askedMs) : (state.newestMs ?? state.askedMs);
  const firstMs = state.firstTokenMs === null ? null : state.firstTokenMs - state.askedMs;
  const cost = state.end?.type === 'done' ? state.end.event.cost_usd : null;
  return (
    <p class="race-clock" data-testid="race-clock">
      <b class="clock">{((untilMs - state.askedMs) / 1_000).toFixed(1)} s</b>
      <span>first token {duration(firstMs)}</span>
      <span>{perSecond(tokensPerSecond(state))}</span>
      <span data-testid="race-cost">{usd(cost)}</span>
    </p>
  );
}
