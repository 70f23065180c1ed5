// One turn: the question, its answer or the two of a race, and beside them the route, the figures and what can be done.

import { useMemo } from 'preact/hooks';
import { useAnswer } from '../answer/use-answer.ts';
import type { AnswerRun } from '../answer/answer-run.ts';
import { Feedback } from '../why/feedback.tsx';
import { Measured } from '../why/measured.tsx';
import { WhyPanel } from '../why/why-panel.tsx';
import { AnswerView } from './answer-view.tsx';
import type { Turn } from './conversation.ts';
import { CopyAs } from './copy-as-buttons.tsx';

export type TurnActions = {
  readonly onRegenerate: () => void;
  readonly onContinue: () => void;
  readonly onEdit: () => void;
  readonly onThumbs: (streamId: string, thumbs: 'up' | 'down') => Promise<boolean>;
};

type Props = {
  readonly turn: Turn;
  /** Only the last turn can be done again. */
  readonly isLast: boolean;
  readonly actions: TurnActions;
};

const RACERS = ['edge', 'cloud'] as const;

export function TurnView({ turn, isLast, actions }: Props) {
  const isRace = turn.runs.length > 1;
  return (
    <section class="turn" aria-label={`Turn ${turn.id}`}>
      <p class="question" data-testid="question">
        {turn.question}
      </p>
      <div class={isRace ? 'race' : 'single'}>
        {turn.runs.map((run, at) => (
          <div class="lane" key={at}>
            <AnswerView run={run} racer={isRace ? (RACERS[at] ?? null) : null} />
            <Side run={run} isRace={isRace} />
            <Actions run={run} isLast={isLast} isRace={isRace} actions={actions} />
          </div>
        ))}
      </div>
    </section>
  );
}

function Side({ run, isRace }: { readonly run: AnswerRun; readonly isRace: boolean }) {
  const state = useAnswer(run);
  // Drawn once, not with every word: the route stays as it is.
  const { route, model } = state;
  const why = useMemo(() => <WhyPanel route={route} model={model} />, [route, model]);
  const isOpen = !isRace && matchMedia('(min-width: 900px)').matches;
  return (
    <details class="side" open={isOpen}>
      <summary>Route and why</summary>
      {why}
      <Measured state={state} />
    </details>
  );
}

type ActionProps = {
  readonly run: AnswerRun;
  readonly isLast: boolean;
  readonly isRace: boolean;
  readonly actions: TurnActions;
};

function Actions({ run, isLast, isRace, actions }: ActionProps) {
  const { end, text } = useAnswer(run);
  if (end === null) return null;
  const { streamId } = run;
  const canContinue = text !== '' && !isRace;
  return (
    <div class="actions" role="group" aria-label="What to do with this answer">
      {isLast && (
        <>
          <button type="button" class="quiet" onClick={actions.onRegenerate}>
            Regenerate
          </button>
          {canContinue && (
            <button type="button" class="quiet" onClick={actions.onContinue}>
              Continue
            </button>
          )}
          <button type="button" class="quiet" onClick={actions.onEdit}>
            Edit question
          </button>
        </>
      )}
      <CopyAs run={run} />
      {streamId !== null && <Feedback onThumbs={(thumbs) => actions.onThumbs(streamId, thumbs)} />}
    </div>
  );
}
