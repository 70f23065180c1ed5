// Whether a value keeps its target: sign, word and colour, because a colour alone is not seen by all.

import type { JSX } from 'preact';
import { meets, type Target } from '../state/targets.ts';
import { formatValue, type Unit } from '../text/format.ts';

type VerdictProps = { readonly value: number | null; readonly target: Target; readonly unit: Unit };

export function Verdict({ value, target, unit }: VerdictProps): JSX.Element {
  const isMet = meets(value, target);
  const bound = `${target.side === 'below' ? '<' : '>'} ${formatValue(target.bound, unit)}`;
  if (isMet === null) return <span class="verdict">Target {bound}</span>;
  return (
    <span class={isMet ? 'verdict verdict-met' : 'verdict verdict-missed'}>
      <span aria-hidden="true">{isMet ? '✓' : '✗'}</span> {isMet ? 'met' : 'missed'} {bound}
    </span>
  );
}
