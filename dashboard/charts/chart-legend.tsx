// Which line is which, and the latest value of each.

import type { JSX } from 'preact';
import { formatValue } from '../text/format.ts';
import type { ChartLine } from './chart-line.ts';
import type { PlotSpec } from './plot-options.ts';

export function ChartLegend({ lines, unit, targets }: PlotSpec): JSX.Element {
  return (
    <ul class="legend">
      {lines.map((line) => (
        <li key={line.label}>
          <Swatch {...line} /> {line.label}
        </li>
      ))}
      {targets.map(({ value, label }) => (
        <li key={label} class="legend-target">
          {label} {formatValue(value, unit)}
        </li>
      ))}
    </ul>
  );
}

export function Swatch({ colour, style }: Pick<ChartLine, 'colour' | 'style'>): JSX.Element {
  return <span class={`swatch swatch-${style}`} style={{ color: `var(${colour})` }} aria-hidden="true" />;
}
