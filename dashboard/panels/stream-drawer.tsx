// One stream in detail, in a drawer over the page. It is a modal dialog: the platform keeps the focus inside, closes it
// with Esc and gives the focus back.

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { StreamDetail, StreamRow } from '../state/analytics-answers.ts';
import { useAnswer } from '../state/use-answer.ts';
import { formatMoment } from '../text/format-time.ts';
import { formatValue } from '../text/format.ts';
import { wordFor } from '../text/words.ts';
import { DeliveryTimeline } from './delivery-timeline.tsx';
import { EventList } from './event-list.tsx';
import { Facts } from './facts.tsx';
import { Nothing, StaleMark, Waiting } from './panel.tsx';
import { StreamPhases } from './stream-phases.tsx';

type StreamDrawerProps = { readonly id: string; readonly onClose: () => void };

export function StreamDrawer({ id, onClose }: StreamDrawerProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const detail = useAnswer<StreamDetail>(`/v1/analytics/streams/${encodeURIComponent(id)}`);
  useEffect(() => dialog.current?.showModal(), []);
  // A click beside the drawer is on the dialog itself, all others are on something inside.
  const leave = ({ target }: MouseEvent): void => {
    if (target === dialog.current) dialog.current?.close();
  };
  return (
    <dialog class="drawer" ref={dialog} aria-labelledby="drawer-title" onClose={onClose} onClick={leave}>
      <div class="drawer-body">
        <div class="panel-head">
          <h2 id="drawer-title">Stream</h2>
          <button type="button" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </div>
        <p class="drawer-id">
          <code>{id}</code>
        </p>
        <StaleMark loaded={detail} />
        {detail.value === null ? <Waiting {...detail} minHeight={420} /> : <Detail {...detail.value} />}
      </div>
    </dialog>
  );
}

function Detail({ stream, timeline }: StreamDetail): JSX.Element {
  return (
    <>
      {stream === null ? (
        <Nothing>The statistics do not have it (any more): they keep the newest.</Nothing>
      ) : (
        <StreamFacts stream={stream} />
      )}
      {timeline === null ? (
        <Nothing>{noLogText(stream)}</Nothing>
      ) : (
        <>
          <h3>What was delivered</h3>
          <DeliveryTimeline timeline={timeline} totalMs={stream?.total_ms ?? null} />
          <h3>Events</h3>
          <EventList events={timeline.events} terminal={timeline.terminal} />
        </>
      )}
    </>
  );
}

function noLogText(stream: StreamRow | null): string {
  return stream?.chunking === 'direct'
    ? 'It was streamed without a log, so there are no deliveries and events.'
    : 'The log of this stream has expired, so its deliveries and events are gone.';
}

function StreamFacts({ stream }: { readonly stream: StreamRow }): JSX.Element {
  const { outcome, failure, tier, model, provider, tokens } = stream;
  return (
    <>
      <Facts
        facts={[
          {
            label: 'Outcome',
            value: wordFor(outcome),
            note: failure ?? `ended ${formatMoment(Date.parse(stream.ended_at))}`,
          },
          { label: 'Model', value: model, note: `${wordFor(tier)}, ${provider}` },
          {
            label: 'Tenant',
            value: stream.tenant,
            note: `delivery: ${wordFor(stream.chunking).toLowerCase()}`,
          },
          {
            label: 'Cost',
            value: formatValue(stream.cost_usd, 'usd'),
            note: `all-cloud ${formatValue(stream.all_cloud_usd, 'usd')}, unseen ${formatValue(stream.hidden_usd, 'usd')}`,
          },
          {
            label: 'Tokens',
            value: `${formatValue(tokens.input, 'count')} → ${formatValue(tokens.output, 'count')}`,
            note: `${formatValue(tokens.cached, 'count')} from the prompt cache`,
          },
          {
            label: 'Speed',
            value: formatValue(stream.tokens_per_second, 'per_second'),
            note: gapText(stream),
          },
        ]}
      />
      <h3>Why this route</h3>
      <WhyText stream={stream} />
      <h3>Until the first words: {formatValue(stream.ttft_ms, 'ms')}</h3>
      <StreamPhases phases={stream.phases} />
    </>
  );
}

function WhyText({ stream }: { readonly stream: StreamRow }): JSX.Element {
  const { stage, reason, probability, signals, check, escalated } = stream;
  const sure = probability === null ? '' : `, p = ${probability.toFixed(3)}`;
  const found = check === null ? '' : ` Its draft was found ${check}.`;
  return (
    <p>
      {wordFor(stage)} ({reason}
      {sure}).{found}
      {escalated ? ' The cloud answered in the end.' : ''}{' '}
      {signals.map((signal) => (
        <span key={signal} class={signal.startsWith('-') ? 'tag tag-cloud' : 'tag tag-edge'}>
          {signal}
        </span>
      ))}
    </p>
  );
}

function gapText({ gap, render_lag_ms }: StreamRow): string {
  const lag = render_lag_ms === null ? '' : `, painted within ${formatValue(render_lag_ms, 'ms')}`;
  return gap === null ? `too few chunks for gaps${lag}` : `gaps p95 ${formatValue(gap.p95_ms, 'ms')}${lag}`;
}
