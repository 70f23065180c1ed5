// What the classifier saw most: to the left what spoke for the cloud, to the right what spoke for the edge.

import type { JSX } from 'preact';
import type { Routes } from '../state/analytics-answers.ts';
import { formatValue } from '../text/format.ts';
import { percent } from './percent.ts';
import { shareOf } from './scale.ts';

const MOST_SIGNALS = 12;

export function SignalBars({ signals }: Pick<Routes, 'signals'>): JSX.Element {
  const shown = signals.toSorted((left, right) => weightOf(right) - weightOf(left)).slice(0, MOST_SIGNALS);
  const most = Math.max(...shown.map((signal) => Math.max(signal.for_edge, signal.for_cloud)), 0);
  return (
    <div>
      <h3>Signals</h3>
      {shown.length === 0 ? <p class="nothing">The classifier was not asked in this range.</p> : null}
      <table class="bars signals">
        <caption class="visually-hidden">How often each signal spoke for which tier</caption>
        <thead>
          <tr>
            <th scope="col">Signal</th>
            <th scope="col" class="number">
              for cloud
            </th>
            <td aria-hidden="true" />
            <th scope="col">for edge</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={row.signal}>
              <th scope="row">{row.signal}</th>
              <td class="number">{formatValue(row.for_cloud, 'count')}</td>
              <td class="diverging" aria-hidden="true">
                <span class="half half-cloud">
                  <span style={{ width: percent(shareOf(row.for_cloud, most)) }} />
                </span>
                <span class="half half-edge">
                  <span style={{ width: percent(shareOf(row.for_edge, most)) }} />
                </span>
              </td>
              <td class="number left">{formatValue(row.for_edge, 'count')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function weightOf({ for_edge, for_cloud }: Routes['signals'][number]): number {
  return for_edge + for_cloud;
}
