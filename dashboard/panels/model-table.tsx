// One line for each model that answered in the range.

import type { JSX } from 'preact';
import type { ModelRow } from '../state/analytics-answers.ts';
import { ERROR_RATE_TARGET, meets } from '../state/targets.ts';
import { formatValue, type Unit } from '../text/format.ts';
import { wordFor } from '../text/words.ts';
import { Nothing } from './panel.tsx';

type Column = {
  readonly label: string;
  readonly unit: Unit;
  readonly value: (row: ModelRow) => number | null | undefined;
};

const COLUMNS: readonly Column[] = [
  { label: 'Requests', unit: 'count', value: (row) => row.requests },
  { label: 'Share', unit: 'rate', value: (row) => row.share },
  { label: 'TTFT p50', unit: 'ms', value: (row) => row.ttft_ms.p50 },
  { label: 'TTFT p95', unit: 'ms', value: (row) => row.ttft_ms.p95 },
  { label: 'Speed p50', unit: 'per_second', value: (row) => row.tokens_per_second.p50 },
  { label: 'Cost', unit: 'usd', value: (row) => row.cost_usd },
  { label: 'Failovers', unit: 'count', value: (row) => row.failovers },
  { label: 'Continued', unit: 'count', value: (row) => row.continuations },
  { label: 'Hedged', unit: 'count', value: (row) => row.hedges },
];

export function ModelTable({ models }: { readonly models: readonly ModelRow[] }): JSX.Element {
  if (models.length === 0) return <Nothing>No model has answered in this range.</Nothing>;
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Models">
      <table>
        <caption class="visually-hidden">Models, by requests</caption>
        <thead>
          <tr>
            <th scope="col">Model</th>
            {COLUMNS.map(({ label }) => (
              <th key={label} scope="col" class="number">
                {label}
              </th>
            ))}
            <th scope="col">Errors</th>
          </tr>
        </thead>
        <tbody>
          {models.map((row) => (
            <tr key={`${row.model} ${row.tier} ${row.provider}`}>
              <th scope="row">
                {row.model}{' '}
                {row.tier === null ? null : <span class={`tag tag-${row.tier}`}>{wordFor(row.tier)}</span>}
                <span class="row-note">{row.provider ?? 'not configured any more'}</span>
              </th>
              {COLUMNS.map(({ label, unit, value }) => (
                <td key={label} class="number">
                  {formatValue(value(row), unit)}
                </td>
              ))}
              <td>
                <Failures row={row} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Failures({ row }: { readonly row: ModelRow }): JSX.Element {
  const isMissed = meets(row.error_rate, ERROR_RATE_TARGET) === false;
  const codes = row.failures.map(({ code, count }) => `${code} ${formatValue(count, 'count')}`);
  return (
    <>
      <span class={isMissed ? 'over' : ''}>
        {formatValue(row.error_rate, 'rate')}
        {isMissed ? ' ✗' : ''}
      </span>
      <span class="row-note">{codes.join(', ')}</span>
    </>
  );
}
