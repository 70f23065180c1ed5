// Where a question is written and how it is asked: to whom, with what, alone or as a race.

import { useEffect, useRef } from 'preact/hooks';
import type { AskOptions } from './conversation.ts';

export type Mode = 'chat' | 'race';

export type Draft = { readonly text: string; readonly mode: Mode; readonly options: AskOptions };

type Props = {
  readonly draft: Draft;
  readonly isBusy: boolean;
  readonly onDraft: (draft: Draft) => void;
  readonly onSend: () => void;
  readonly onStop: () => void;
};

export function Composer({ draft, isBusy, onDraft, onSend, onStop }: Props) {
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => box.current?.focus(), []);
  const submit = (event: Event): void => {
    event.preventDefault();
    onSend();
  };
  const stopped = ({ detail }: MouseEvent): void => {
    // The second click of a double one was meant for “Send”, which was here a moment ago.
    if (detail < 2) onStop();
  };
  const pressed = (event: KeyboardEvent): void => {
    // While an input method composes a character, Enter belongs to it.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    onSend();
  };
  return (
    <form class="composer" onSubmit={submit} aria-label="Ask">
      <label class="visually-hidden" for="question">
        Your question
      </label>
      <textarea
        id="question"
        ref={box}
        rows={2}
        value={draft.text}
        placeholder="Ask anything…"
        aria-describedby="keys"
        onInput={(event) => onDraft({ ...draft, text: event.currentTarget.value })}
        onKeyDown={pressed}
      />
      <div class="composer-row">
        <Choices draft={draft} onDraft={onDraft} />
        <span id="keys" class="keys muted">
          Enter sends, Shift+Enter is a new line, Esc stops
        </span>
        {isBusy ? (
          <button type="button" class="primary" onClick={stopped} data-testid="stop">
            Stop
          </button>
        ) : (
          <button type="submit" class="primary" disabled={draft.text.trim() === ''} data-testid="send">
            {draft.mode === 'race' ? 'Race' : 'Send'}
          </button>
        )}
      </div>
    </form>
  );
}

function Choices({ draft, onDraft }: Pick<Props, 'draft' | 'onDraft'>) {
  const { mode, options } = draft;
  const choose = (changed: Partial<AskOptions>): void =>
    onDraft({ ...draft, options: { ...options, ...changed } });
  return (
    <div class="choices">
      <label>
        <span>Ask</span>{' '}
        <select
          value={mode === 'race' ? 'race' : options.model}
          data-testid="whom"
          onChange={({ currentTarget: { value } }) => onDraft(draftFor(draft, value))}
        >
          <option value="auto">auto: the router decides</option>
          <option value="edge">the edge</option>
          <option value="cloud">the cloud</option>
          <option value="race">both: race edge and cloud</option>
        </select>
      </label>
      <label>
        <input
          type="checkbox"
          checked={options.isEdgeOnly}
          onChange={({ currentTarget }) => choose({ isEdgeOnly: currentTarget.checked })}
        />{' '}
        may not leave the edge
      </label>
      <label>
        <input
          type="checkbox"
          checked={options.hasTool}
          onChange={({ currentTarget }) => choose({ hasTool: currentTarget.checked })}
        />{' '}
        offer a weather tool
      </label>
    </div>
  );
}

function draftFor(draft: Draft, whom: string): Draft {
  switch (whom) {
    case 'race':
      return { ...draft, mode: 'race' };
    case 'edge':
    case 'cloud':
      return { ...draft, mode: 'chat', options: { ...draft.options, model: whom } };
    default:
      return { ...draft, mode: 'chat', options: { ...draft.options, model: 'auto' } };
  }
}
