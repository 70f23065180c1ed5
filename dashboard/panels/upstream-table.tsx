// How the upstreams stand right now.

import type { JSX } from 'preact';
import type { Upstream } from '../state/analytics-answers.ts';
import { formatSeconds } from '../text/format-time.ts';
import { formatValue } from '../text/format.ts';
import { wordFor } from '../text/words.ts';
import { Nothing } from './panel.tsx';

export function UpstreamTable({ upstreams }: { readonly upstreams: readonly Upstream[] }): JSX.Element {
  return (
    <div>
      <h3>Upstreams now</h3>
      {upstreams.length === 0 ? (
        <Nothing>No upstream was called lately.</Nothing>
      ) : (
        <div class="table-scroll" tabIndex={0} role="region" aria-label="Upstreams now">
          <table>
            <caption class="visually-hidden">Upstreams and their circuit breakers</caption>
            <thead>
              <tr>
                <th scope="col">Upstream</th>
                <th scope="col">Breaker</th>
                <th scope="col" class="number">
                  Calls (10 s)
                </th>
                <th scope="col" class="number">
                  Errors
                </th>
                <th scope="col" class="number">
                  First token p50
                </th>
              </tr>
            </thead>
            <tbody>
              {upstreams.map((upstream) => (
                <UpstreamLine key={`${upstream.endpoint}/${upstream.model}`} {...upstream} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

function UpstreamLine(upstream: Upstream): JSX.Element {
  const { endpoint, model, state, cause, open_until, calls, error_rate, first_token_ms } = upstream;
  const until = open_until === null ? '' : `until ${formatSeconds(Date.parse(open_until))}`;
  const why = [cause, until].filter((part) => part !== null && part !== '').join(', ');
  return (
    <tr>
      <th scope="row">
        {model}
        <span class="row-note">{endpoint}</span>
      </th>
      <td>
        <span class={`tag state-${state}`}>{wordFor(state)}</span>
        <span class="row-note">{why}</span>
      </td>
      <td class="number">{formatValue(calls, 'count')}</td>
      <td class="number">{formatValue(error_rate, 'rate')}</td>
      <td class="number">{formatValue(first_token_ms.p50, 'ms')}</td>
    </tr>
  );
}
