// Streams as rows. The time is a button, so that keyboards reach every row; the mouse may take the whole row.

import type { JSX } from 'preact';
import type { StreamRow } from '../state/analytics-answers.ts';
import { formatSeconds } from '../text/format-time.ts';
import { formatValue } from '../text/format.ts';
import { wordFor } from '../text/words.ts';

type StreamTableProps = {
  readonly streams: readonly StreamRow[];
  /** The id of the stream that is open. */
  readonly shown: string | null;
  readonly onShow: (id: string) => void;
};

const NUMBERS = ['TTFT', 'Total', 'Speed', 'Tokens', 'Cost', 'Saved'];

export function StreamTable({ streams, shown, onShow }: StreamTableProps): JSX.Element {
  return (
    <div class="table-scroll streams" tabIndex={0} role="region" aria-label="Newest streams, the table">
      <table>
        <caption class="visually-hidden">Streams, newest first</caption>
        <thead>
          <tr>
            {['Ended', 'Model', 'Why', 'Outcome'].map((label) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
            {NUMBERS.map((label) => (
              <th key={label} scope="col" class="number">
                {label}
              </th>
            ))}
            <th scope="col">Events</th>
          </tr>
        </thead>
        <tbody>
          {streams.map((stream) => (
            <Row key={stream.id} stream={stream} isShown={stream.id === shown} onShow={onShow} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

type RowProps = {
  readonly stream: StreamRow;
  readonly isShown: boolean;
  readonly onShow: StreamTableProps['onShow'];
};

function Row({ stream, isShown, onShow }: RowProps): JSX.Element {
  const { id, model, tier, reason, probability, outcome, failure } = stream;
  return (
    <tr class={isShown ? 'row-shown' : ''} onClick={() => onShow(id)}>
      <th scope="row">
        <button
          type="button"
          class="row-button"
          aria-label={`Open the stream of ${model}, ${formatSeconds(Date.parse(stream.ended_at))}`}
        >
          {formatSeconds(Date.parse(stream.ended_at))}
        </button>
      </th>
      <td>
        {model} <span class={`tag tag-${tier}`}>{wordFor(tier)}</span>
      </td>
      <td>
        {wordFor(reason)}
        {probability === null ? '' : <span class="muted"> p={probability.toFixed(2)}</span>}
      </td>
      <td>
        <span class={`outcome outcome-${outcome}`}>{wordFor(outcome)}</span>
        {failure === null ? null : <span class="muted"> {failure}</span>}
      </td>
      <td class="number">{formatValue(stream.ttft_ms, 'ms')}</td>
      <td class="number">{formatValue(stream.total_ms, 'ms')}</td>
      <td class="number">{formatValue(stream.tokens_per_second, 'per_second')}</td>
      <td class="number">{formatValue(stream.tokens.output, 'count')}</td>
      <td class="number">{formatValue(stream.cost_usd, 'usd')}</td>
      <td class="number">{formatValue(stream.all_cloud_usd - stream.cost_usd, 'usd')}</td>
      <td>{marksOf(stream).join(', ')}</td>
    </tr>
  );
}

/** What was out of the ordinary. */
export function marksOf(stream: StreamRow): readonly string[] {
  const counted = (count: number, name: string): readonly string[] =>
    count === 0 ? [] : [`${count}× ${name}`];
  return [
    ...(stream.cached ? ['cached'] : []),
    ...(stream.escalated ? ['escalated'] : []),
    ...(stream.hedged ? ['hedged'] : []),
    ...counted(stream.failovers, 'failover'),
    ...counted(stream.continuations, 'continued'),
    ...counted(stream.reconnects, 'reconnect'),
    ...counted(stream.followers, 'follower'),
  ];
}
