// The values under the pointer. Only for who sees the drawing: the table has the same for everybody.

import type { JSX } from 'preact';
import { formatMoment } from '../text/format-time.ts';
import { formatValue, type Unit } from '../text/format.ts';
import { Swatch } from './chart-legend.tsx';
import type { ChartLine } from './chart-line.ts';

type TooltipProps = {
  readonly at: number;
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly unit: Unit;
};

export function ChartTooltip({ at, times, lines, unit }: TooltipProps): JSX.Element | null {
  const time = times[at];
  if (time === undefined) return null;
  // On the other side of the chart, so that it never covers what it tells of.
  const side = at > times.length / 2 ? 'tooltip-left' : 'tooltip-right';
  return (
    <div class={`tooltip ${side}`} aria-hidden="true">
      <strong>{formatMoment(time * 1_000)}</strong>
      {lines.map((line) => (
        <div key={line.label} class="tooltip-row">
          <Swatch {...line} />
          <span>{line.label}</span>
          <span class="number">{formatValue(line.values[at], unit)}</span>
        </div>
      ))}
    </div>
  );
}
