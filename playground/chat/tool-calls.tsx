// The tool calls of an answer: a spinner until the arguments are whole. The client would run the tool; this page does not.

import type { ToolCall } from '../answer/answer-state.ts';

type Props = { readonly tools: readonly ToolCall[] };

export function ToolCalls({ tools }: Props) {
  return (
    <ul class="tools" data-testid="tools">
      {tools.map(({ index, name, args, isWhole }) => (
        <li key={index} aria-busy={!isWhole}>
          <span class={isWhole ? 'mark' : 'spinner'} aria-hidden="true" />
          <code>
            {name}({args})
          </code>
          <span class="muted">{isWhole ? 'ready for your client to run' : 'arguments are coming'}</span>
        </li>
      ))}
    </ul>
  );
}
