// What the model thinks aloud: folded away, and there for who wants it.

import type { AnswerState } from '../answer/answer-state.ts';

type Props = { readonly state: AnswerState };

export function ThinkingPanel({ state }: Props) {
  const isThinking = state.end === null && state.text === state.prefix;
  return (
    <details class="thinking" data-testid="thinking">
      <summary>{isThinking ? 'Thinking…' : 'Its thinking'}</summary>
      <pre tabIndex={0}>{state.thinking}</pre>
    </details>
  );
}
