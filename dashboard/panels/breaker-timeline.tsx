// When each upstream was left alone: its breaker's states over the range, as bars and as a table.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { breakerHistories, type BreakerHistory, type BreakerInterval } from '../charts/breaker-intervals.ts';
import { percent } from '../charts/percent.ts';
import type { Turn } from '../state/analytics-answers.ts';
import { formatTime } from '../text/format-time.ts';
import { formatValue } from '../text/format.ts';
import { wordFor } from '../text/words.ts';
import { Nothing } from './panel.tsx';

type TimelineProps = { readonly turns: readonly Turn[]; readonly fromMs: number; readonly toMs: number };

export function BreakerTimeline({ turns, fromMs, toMs }: TimelineProps): JSX.Element {
  const [isTable, setTable] = useState(false);
  const histories = breakerHistories(turns, { fromMs, toMs });
  return (
    <div>
      <div class="chart-head">
        <h3>Breakers over time</h3>
        {histories.length === 0 ? null : (
          <button type="button" class="quiet" aria-expanded={isTable} onClick={() => setTable(!isTable)}>
            {isTable ? 'Show as bars' : 'Show as table'}
            <span class="visually-hidden">: breakers</span>
          </button>
        )}
      </div>
      {histories.length === 0 ? <Nothing>No breaker opened in this range.</Nothing> : null}
      {isTable ? (
        <TurnTable turns={turns} spanMs={toMs - fromMs} />
      ) : (
        histories.map((history) => (
          <HistoryBar key={history.upstream} history={history} spanMs={toMs - fromMs} />
        ))
      )}
      {histories.length === 0 || isTable ? null : (
        <div class="axis-ends" aria-hidden="true">
          <span>{formatTime(fromMs, toMs - fromMs)}</span>
          <span>{formatTime(toMs, toMs - fromMs)}</span>
        </div>
      )}
    </div>
  );
}

type HistoryBarProps = { readonly history: BreakerHistory; readonly spanMs: number };

function HistoryBar({ history, spanMs }: HistoryBarProps): JSX.Element {
  const { upstream, intervals } = history;
  const openMs = intervals
    .filter(({ state }) => state === 'open')
    .reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const summary = `${upstream}: open for ${formatValue(openMs, 'ms')} of ${formatValue(spanMs, 'ms')}`;
  return (
    <div class="history">
      <span class="history-name">
        {upstream} <span class="muted">open {formatValue(openMs, 'ms')}</span>
      </span>
      <span class="history-bar" role="img" aria-label={summary}>
        {intervals.map((interval) => (
          <span
            key={interval.fromMs}
            class={`history-part state-${interval.state}`}
            style={{ width: percent((interval.toMs - interval.fromMs) / spanMs) }}
            title={intervalText(interval, spanMs)}
          />
        ))}
      </span>
    </div>
  );
}

function intervalText({ state, fromMs, toMs, cause }: BreakerInterval, spanMs: number): string {
  const why = cause === null ? '' : ` (${cause})`;
  return `${wordFor(state)} ${formatTime(fromMs, spanMs)} – ${formatTime(toMs, spanMs)}${why}`;
}

type TurnTableProps = { readonly turns: readonly Turn[]; readonly spanMs: number };

function TurnTable({ turns, spanMs }: TurnTableProps): JSX.Element {
  return (
    <div class="table-scroll chart-table" tabIndex={0} role="region" aria-label="Turns of the breakers">
      <table>
        <caption class="visually-hidden">Turns of the breakers, newest first</caption>
        <thead>
          <tr>
            {['Time', 'Upstream', 'To', 'Cause'].map((label) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {turns.map(({ at, upstream, to, cause }) => (
            <tr key={`${at} ${upstream} ${to}`}>
              <td>{formatTime(Date.parse(at), spanMs)}</td>
              <td>{upstream}</td>
              <td>{wordFor(to)}</td>
              <td>{cause ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
