// Whether the page is live, and a way to hold it still.

import type { JSX } from 'preact';
import type { Live } from '../state/use-live.ts';

type LiveStateProps = { readonly live: Live; readonly isWanted: boolean; readonly onToggle: () => void };

export function LiveState({ live, isWanted, onToggle }: LiveStateProps): JSX.Element {
  const { kind, text, why } = stateText(live.state, isWanted);
  return (
    <div class="live">
      <span class={`live-mark live-${kind}`} aria-hidden="true" />
      <span role="status" title={why}>
        {text}
      </span>
      <button type="button" class="quiet" onClick={onToggle}>
        {isWanted ? 'Pause' : 'Resume'}
        <span class="visually-hidden"> live updates</span>
      </button>
    </div>
  );
}

type StateText = { readonly kind: string; readonly text: string; readonly why: string };

/** Each as short as the others: the head of the page must not jump when the network does. */
function stateText(state: Live['state'], isWanted: boolean): StateText {
  if (!isWanted || state === null) return { kind: 'paused', text: 'Paused', why: 'Nothing is asked again' };
  switch (state.type) {
    case 'connecting':
      return { kind: 'connecting', text: 'Connecting', why: '' };
    case 'open':
      return { kind: 'open', text: 'Live', why: '' };
    case 'waiting':
      return { kind: 'waiting', text: 'Reconnecting', why: state.message };
  }
}
