// Which breakers turned between two looks at them, for whoever keeps their history.

import type { BreakerTurn } from '../../protocol/generation-record.ts';
import type { UpstreamView } from './upstream-record.ts';

type Seen = Pick<UpstreamView, 'state' | 'cause'> & { readonly key: string };

export function breakerTurns(
  before: readonly Seen[],
  after: readonly Seen[],
  atMs: number,
): readonly BreakerTurn[] {
  const known = new Map(before.map(({ key, state }) => [key, state]));
  return after.flatMap(({ key, state: to, cause }) => {
    const from = known.get(key) ?? 'closed';
    return from === to ? [] : [{ atMs, upstream: key, from, to, cause: to === 'open' ? cause : null }];
  });
}
