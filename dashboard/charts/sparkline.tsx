// A line as small as a word: how a value went, without axes. The number beside it says the rest.

import type { JSX } from 'preact';
import type { Values } from '../state/analytics-answers.ts';
import type { ColourName } from './chart-line.ts';

const WIDTH = 96;
const HEIGHT = 24;

type SparklineProps = { readonly values: Values; readonly colour?: ColourName };

export function Sparkline({ values, colour = '--accent' }: SparklineProps): JSX.Element {
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={sparkPath(values)} style={{ stroke: `var(${colour})` }} />
    </svg>
  );
}

/** From zero up to the greatest value, or down to the least if that is below; a gap where there is none. */
function sparkPath(values: Values): string {
  const known = values.filter((value) => value !== null);
  const high = Math.max(0, ...known);
  const low = Math.min(0, ...known);
  const height = high - low || 1;
  const step = WIDTH / Math.max(1, values.length - 1);
  return values
    .map((value, at) => {
      if (value === null) return '';
      // `h0` is a dot: a value between two gaps has no line.
      const [begin, end] = at === 0 || values[at - 1] === null ? ['M', 'h0'] : ['L', ''];
      const y = HEIGHT - 1 - ((value - low) / height) * (HEIGHT - 2);
      return `${begin}${(at * step).toFixed(1)} ${y.toFixed(1)}${end}`;
    })
    .join('');
}
