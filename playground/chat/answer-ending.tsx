// How an answer ended, where that is more than "done": the code, the server's sentence, and what to do.

import type { AnswerEnd } from '../answer/answer-state.ts';
import { ProblemCard } from './problem-card.tsx';

type Props = { readonly end: AnswerEnd };

export function AnswerEnding({ end }: Props) {
  switch (end.type) {
    case 'refused':
      return <ProblemCard problem={end.problem} />;
    case 'failed': {
      const { code, message, recoverable, partial } = end.event;
      const kept = partial ? ' What came before it stays.' : '';
      const advice = recoverable ? 'Regenerate it, or continue from here.' : 'Change the request.';
      return (
        <div class="problem" role="alert" data-testid="problem">
          <code>{code}</code>
          <p>
            {message}
            {kept} {advice}
          </p>
        </div>
      );
    }
    case 'left':
      return <p class="ending muted">Given up.</p>;
    case 'done': {
      const words = endingOf(end.event.finish_reason);
      return words === null ? null : (
        <p class="ending muted" data-testid="ending">
          {words}
        </p>
      );
    }
  }
}

function endingOf(reason: string): string | null {
  switch (reason) {
    case 'stopped':
      return 'Stopped. “Continue” goes on from here.';
    case 'length':
      return 'Cut at its length limit. “Continue” goes on from here.';
    case 'content_filter':
      return 'Ended by the provider’s content filter.';
    default:
      return null;
  }
}
