// Counts by name as a table whose bars show the shares.

import type { JSX } from 'preact';
import { formatValue } from '../text/format.ts';
import { percent } from './percent.ts';
import { shareOf } from './scale.ts';

type ShareBarsProps = {
  readonly title: string;
  readonly rows: readonly { readonly label: string; readonly count: number }[];
  readonly total: number;
};

export function ShareBars({ title, rows, total }: ShareBarsProps): JSX.Element {
  const most = Math.max(...rows.map((row) => row.count), 0);
  return (
    <div>
      <h3>{title}</h3>
      {rows.length === 0 ? <p class="nothing">No requests in this range.</p> : null}
      <table class="bars">
        <caption class="visually-hidden">{title}</caption>
        <thead class="visually-hidden">
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Bar</th>
            <th scope="col">Requests</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ label, count }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td class="bar-cell" aria-hidden="true">
                <span class="bar" style={{ width: percent(shareOf(count, most)) }} />
              </td>
              <td class="number">{formatValue(count, 'count')}</td>
              <td class="number muted">{total === 0 ? '–' : formatValue(count / total, 'rate')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
