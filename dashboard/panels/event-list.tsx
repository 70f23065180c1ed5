// What happened in a stream beside its text: routes, tools, states, the end.

import type { JSX } from 'preact';
import type { StreamDetail, StreamEvent } from '../state/analytics-answers.ts';

type Timeline = NonNullable<StreamDetail['timeline']>;

export function EventList({ events, terminal }: Pick<Timeline, 'events' | 'terminal'>): JSX.Element {
  return (
    <>
      <ol class="events">
        {events.map((event) => (
          <li key={`${event.seq} ${event.type}`}>
            <span class="number muted">{event.seq}</span> <strong>{event.type}</strong> {detailsOf(event)}
          </li>
        ))}
      </ol>
      <p>{terminal === null ? 'It has not ended yet.' : `It ended: ${terminal.type}, ${terminal.reason}.`}</p>
    </>
  );
}

/** Whatever the event tells beside its name, as `name value`; `what` needs no name. */
function detailsOf(event: StreamEvent): string {
  return Object.entries(event)
    .filter(([name, value]) => name !== 'type' && name !== 'seq' && isPlain(value))
    .map(([name, value]) => (name === 'what' ? String(value) : `${name} ${String(value)}`))
    .join(', ');
}

function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
