// One answer as it comes: who answers, what the event numbers say, the text, and how it ended.

import type { AnswerRun } from '../answer/answer-run.ts';
import type { AnswerState } from '../answer/answer-state.ts';
import { useAnswer } from '../answer/use-answer.ts';
import { StreamedMarkdown } from '../markdown/streamed-markdown.tsx';
import { Announcer } from './announcer.tsx';
import { AnswerEnding } from './answer-ending.tsx';
import { ConnectionLine } from './connection-line.tsx';
import { RaceClock } from './race-clock.tsx';
import { ThinkingPanel } from './thinking-panel.tsx';
import { ToolCalls } from './tool-calls.tsx';
import { WaitingIndicator } from './waiting-indicator.tsx';

type Props = {
  readonly run: AnswerRun;
  /** The tier that was asked for, in a race. */
  readonly racer: string | null;
};

export function AnswerView({ run, racer }: Props) {
  const state = useAnswer(run);
  const isLive = state.end === null;
  return (
    <article class="answer" aria-busy={isLive} aria-label={racer === null ? 'Answer' : `Answer of ${racer}`}>
      <AnswerHead state={state} racer={racer} />
      {state.thinking !== '' && <ThinkingPanel state={state} />}
      <StreamedMarkdown text={state.text} revision={state.revision} isLive={isLive} />
      {state.tools.length > 0 && <ToolCalls tools={state.tools} />}
      {isLive && <WaitingIndicator state={state} />}
      <Notes notes={state.notes} />
      {state.end !== null && <AnswerEnding end={state.end} />}
      <Announcer text={state.text} isComplete={!isLive} />
    </article>
  );
}

function AnswerHead({ state, racer }: { readonly state: AnswerState; readonly racer: string | null }) {
  const { model } = state;
  return (
    <header class="answer-head">
      <span>
        {model === null ? (
          <span class="tier">{racer ?? (state.end === null ? 'routing…' : 'not routed')}</span>
        ) : (
          <>
            <span class={`tier ${model.tier}`} data-testid="tier">
              {model.tier}
            </span>{' '}
            <span class="model">{model.id}</span>
          </>
        )}
      </span>
      <ConnectionLine connection={state.connection} count={state.count} />
      {racer !== null && <RaceClock state={state} />}
    </header>
  );
}

function Notes({ notes }: { readonly notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <ul class="notes" data-testid="notes">
      {notes.map((note, at) => (
        <li key={at}>{note}</li>
      ))}
    </ul>
  );
}
