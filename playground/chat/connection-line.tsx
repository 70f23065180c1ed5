// The connection and its numbers in one line of fixed height: what arrived, what is missing, what came twice.

import type { Connection } from '../stream/connection.ts';
import type { SequenceCount } from '../stream/sequence-count.ts';
import { duration } from '../page/figures.ts';

type Props = { readonly connection: Connection; readonly count: SequenceCount };

export function ConnectionLine({ connection, count }: Props) {
  return (
    <span class="connection" data-testid="connection" data-state={connection.type}>
      <span class={`dot ${connection.type}`} aria-hidden="true" /> {wordsOf(connection)} · seq{' '}
      <b data-testid="seq">{count.last ?? '–'}</b> · gaps <b data-testid="gaps">{count.gaps}</b> · duplicates{' '}
      <b data-testid="duplicates">{count.duplicates}</b>
    </span>
  );
}

function wordsOf(connection: Connection): string {
  switch (connection.type) {
    case 'none':
      return 'asking';
    case 'connecting':
      return 'connecting';
    case 'open':
      return 'connected';
    case 'cut':
      return `cut, back in ${duration(connection.forMs)}`;
    case 'lost':
      return `lost, try ${connection.attempt} in ${duration(connection.forMs)}`;
    case 'closed':
      return 'ended';
  }
}
