// The totals of each group side by side.

import type { JSX } from 'preact';
import type { Summary, Totals } from '../state/analytics-answers.ts';
import type { Loaded } from '../state/use-answer.ts';
import type { View } from '../state/view.ts';
import { formatValue, type Unit } from '../text/format.ts';
import { groupLabel, wordFor } from '../text/words.ts';
import { Nothing, Panel } from './panel.tsx';

type Column = {
  readonly label: string;
  readonly unit: Unit;
  readonly value: (totals: Totals) => number | null | undefined;
};

const COLUMNS: readonly Column[] = [
  { label: 'Requests', unit: 'count', value: (totals) => totals.requests },
  { label: 'Completed', unit: 'rate', value: (totals) => totals.completion_rate },
  { label: 'Errors', unit: 'rate', value: (totals) => totals.error_rate },
  { label: 'Cancelled', unit: 'rate', value: (totals) => totals.cancel_rate },
  { label: 'Left', unit: 'rate', value: (totals) => totals.abandon_rate },
  { label: 'TTFT p50', unit: 'ms', value: (totals) => totals.ttft_ms.p50 },
  { label: 'TTFT p95', unit: 'ms', value: (totals) => totals.ttft_ms.p95 },
  { label: 'Gap p95', unit: 'ms', value: (totals) => totals.gap_p95_ms.p50 },
  { label: 'Overhead p50', unit: 'ms', value: (totals) => totals.overhead_ms.p50 },
  { label: 'Speed p50', unit: 'per_second', value: (totals) => totals.tokens_per_second.p50 },
  { label: 'Cost', unit: 'usd', value: (totals) => totals.cost_usd },
  { label: 'Saved', unit: 'usd', value: (totals) => totals.saved_usd },
];

type GroupsPanelProps = { readonly summary: Loaded<Summary>; readonly group: View['group'] };

export function GroupsPanel({ summary, group }: GroupsPanelProps): JSX.Element {
  const by = group === null ? 'Totals' : `By ${wordFor(group).toLowerCase()}`;
  return (
    <Panel id="groups" title={by} loaded={summary} minHeight={140}>
      {({ groups, totals }) => <GroupTable title={by} rows={groups ?? [{ group: '', ...totals }]} />}
    </Panel>
  );
}

type GroupRows = NonNullable<Summary['groups']>;

function GroupTable({ title, rows }: { readonly title: string; readonly rows: GroupRows }): JSX.Element {
  if (rows.length === 0) return <Nothing>No requests in this range.</Nothing>;
  const sorted = rows.toSorted((left, right) => right.requests - left.requests);
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={`${title}, the table`}>
      <table>
        <caption class="visually-hidden">{title}</caption>
        <thead>
          <tr>
            <th scope="col">Group</th>
            {COLUMNS.map(({ label }) => (
              <th key={label} scope="col" class="number">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={row.group}>
              <th scope="row">{groupLabel(row.group)}</th>
              {COLUMNS.map(({ label, unit, value }) => (
                <td key={label} class="number">
                  {formatValue(value(row), unit)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
