// What somebody sees who waits for the first word, or for the next one after a long silence. Its height never changes.

import type { AnswerState } from '../answer/answer-state.ts';
import { useClock } from '../answer/use-answer.ts';
import { waitingWords } from '../answer/waiting-words.ts';

/** A pause of this length within an answer is felt as one. */
const SILENCE_MS = 1_000;

type Props = { readonly state: AnswerState };

export function WaitingIndicator({ state }: Props) {
  const nowMs = useClock(true);
  const waitedMs = nowMs - (state.newestMs ?? state.askedMs);
  const isShown = state.firstTokenMs === null || waitedMs > SILENCE_MS;
  const { stage, text } = waitingWords(waitedMs);
  return (
    <p class="waiting" data-testid="waiting" data-stage={isShown ? stage : 'none'}>
      {isShown && (
        <>
          <span class="dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span role="status">{text}</span>
        </>
      )}
    </p>
  );
}
