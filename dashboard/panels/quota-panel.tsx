// How close tenants are to their limits, and what was refused them.

import type { JSX } from 'preact';
import { percent } from '../charts/percent.ts';
import { shareOf } from '../charts/scale.ts';
import type { BudgetPeriod, Quota, TenantQuota } from '../state/analytics-answers.ts';
import type { Loaded } from '../state/use-answer.ts';
import { formatMoment } from '../text/format-time.ts';
import { formatValue, type Unit } from '../text/format.ts';
import { Nothing, Panel } from './panel.tsx';

export function QuotaPanel({ quota }: { readonly quota: Loaded<Quota> }): JSX.Element {
  return (
    <Panel id="quota" title="Quota" loaded={quota} minHeight={140}>
      {({ tenants }) => <QuotaTable tenants={tenants} />}
    </Panel>
  );
}

function QuotaTable({ tenants }: Quota): JSX.Element {
  if (tenants.length === 0) return <Nothing>No tenant has asked anything in the last day.</Nothing>;
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Quota by tenant">
      <table>
        <caption class="visually-hidden">Limits, budgets and refusals by tenant</caption>
        <thead>
          <tr>
            {['Tenant', 'Active streams', 'Budget today', 'Budget this month', 'Refused'].map((label) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {tenants.map((tenant) => (
            <TenantRow key={tenant.tenant} {...tenant} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TenantRow({ tenant, active_streams, limit, budget, refused }: TenantQuota): JSX.Element {
  return (
    <tr>
      <th scope="row">{tenant}</th>
      <td>
        <Filled value={active_streams} limit={limit} unit="count" />
      </td>
      <td>{budget === null ? 'no budget' : <PeriodBar {...budget.day} />}</td>
      <td>{budget === null ? 'no budget' : <PeriodBar {...budget.month} />}</td>
      <td>
        {Object.keys(refused).length === 0 ? 'none' : null}
        {Object.entries(refused).map(([reason, count]) => (
          <span key={reason} class="tag">
            {reason} <span class="number">{formatValue(count, 'count')}</span>
          </span>
        ))}
      </td>
    </tr>
  );
}

function PeriodBar({ limit_usd, spent_usd, ends_at }: BudgetPeriod): JSX.Element {
  if (limit_usd === null) return <>{formatValue(spent_usd, 'usd')}, no limit</>;
  return (
    <>
      <Filled value={spent_usd} limit={limit_usd} unit="usd" />
      <span class="row-note">until {formatMoment(Date.parse(ends_at))}</span>
    </>
  );
}

type FilledProps = { readonly value: number | null; readonly limit: number; readonly unit: Unit };

/** From here on a bar warns. */
const NEARLY = 0.8;

function Filled({ value, limit, unit }: FilledProps): JSX.Element {
  const share = shareOf(value ?? 0, limit);
  const tone = share >= 1 ? 'filled-full' : share >= NEARLY ? 'filled-nearly' : '';
  return (
    <span class="filled">
      <span class="filled-track" aria-hidden="true">
        <span class={`filled-part ${tone}`} style={{ width: percent(share) }} />
      </span>
      <span class="number">
        {formatValue(value, unit)} of {formatValue(limit, unit)}
      </span>
    </span>
  );
}
