// Which connection read which part of a stream, and when: where one bar ends and the next begins is a reconnect.

import type { JSX } from 'preact';
import { percent } from '../charts/percent.ts';
import { shareOf } from '../charts/scale.ts';
import type { StreamDelivery, StreamDetail } from '../state/analytics-answers.ts';
import { formatValue } from '../text/format.ts';
import { wordFor } from '../text/words.ts';
import { Nothing } from './panel.tsx';

type Timeline = NonNullable<StreamDetail['timeline']>;
type DeliveryTimelineProps = { readonly timeline: Timeline; readonly totalMs: number | null };

export function DeliveryTimeline({ timeline, totalMs }: DeliveryTimelineProps): JSX.Element {
  const { deliveries, end_seq, epochs } = timeline;
  if (deliveries.length === 0) return <Nothing>No connection has read its log.</Nothing>;
  const ends = deliveries.map(({ opened_ms, closed_ms }) => closed_ms ?? opened_ms);
  const spanMs = Math.max(totalMs ?? 0, ...ends, 1);
  const resumed = deliveries.filter(({ kind }) => kind === 'resumed').length;
  const restarts = epochs > 1 ? `, ${epochs - 1} restarts of the log` : '';
  return (
    <>
      <p class="note">
        {end_seq} events, {deliveries.length} connections, {resumed} resumed{restarts}.
      </p>
      <table class="bars">
        <caption class="visually-hidden">Connections that read the stream</caption>
        <thead>
          <tr>
            <th scope="col">How</th>
            <td aria-hidden="true" />
            <th scope="col" class="number">
              Open
            </th>
            <th scope="col" class="number">
              Events
            </th>
          </tr>
        </thead>
        <tbody>
          {deliveries.map((delivery) => (
            <DeliveryRow
              key={`${delivery.opened_ms} ${delivery.kind} ${delivery.from_seq}`}
              delivery={delivery}
              spanMs={spanMs}
            />
          ))}
        </tbody>
      </table>
    </>
  );
}

type DeliveryRowProps = { readonly delivery: StreamDelivery; readonly spanMs: number };

function DeliveryRow({ delivery, spanMs }: DeliveryRowProps): JSX.Element {
  const { kind, opened_ms, closed_ms, from_seq, to_seq } = delivery;
  const endMs = closed_ms ?? spanMs;
  const events = to_seq > from_seq ? `${from_seq}–${to_seq - 1}` : 'none';
  const until = closed_ms === null ? 'still open' : formatValue(closed_ms, 'ms');
  return (
    <tr>
      <th scope="row">{wordFor(kind)}</th>
      <td class="bar-cell" aria-hidden="true">
        <span
          class={`bar delivery-${kind}`}
          style={{
            marginLeft: percent(shareOf(opened_ms, spanMs)),
            width: percent(shareOf(endMs - opened_ms, spanMs)),
          }}
        />
      </td>
      <td class="number">
        {formatValue(opened_ms, 'ms')} – {until}
      </td>
      <td class="number">{events}</td>
    </tr>
  );
}
