// A chart's numbers as a table, newest first.

import type { JSX } from 'preact';
import { formatMoment } from '../text/format-time.ts';
import { formatValue, type Unit } from '../text/format.ts';
import type { ChartLine } from './chart-line.ts';

type ChartTableProps = {
  readonly title: string;
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly unit: Unit;
};

export function ChartTable({ title, times, lines, unit }: ChartTableProps): JSX.Element {
  return (
    <div class="table-scroll chart-table" tabIndex={0} role="region" aria-label={`${title} as a table`}>
      <table>
        <caption class="visually-hidden">{title}, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {lines.map(({ label }) => (
              <th key={label} scope="col" class="number">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times
            .map((time, at) => (
              <tr key={time}>
                <th scope="row">{formatMoment(time * 1_000)}</th>
                {lines.map(({ label, values }) => (
                  <td key={label} class="number">
                    {formatValue(values[at], unit)}
                  </td>
                ))}
              </tr>
            ))
            .toReversed()}
        </tbody>
      </table>
    </div>
  );
}
