// How much of an answer stands in its events, for the estimate of a usage that no upstream told.

import type { StreamEvent } from './events.ts';
import type { DecodedEvent } from './upstream-event.ts';

/** UTF-16 units of text, thinking and tool arguments; `reasoningUnits` are those of the thinking alone. */
export type ProducedUnits = { readonly units: number; readonly reasoningUnits: number };

export const NOTHING_PRODUCED: ProducedUnits = { units: 0, reasoningUnits: 0 };

export function producedUnits(events: Iterable<StreamEvent | DecodedEvent>): ProducedUnits {
  let [units, reasoningUnits] = [0, 0];
  for (const event of events) {
    if (event.type === 'text_delta' || event.type === 'thinking') units += event.text.length;
    else if (event.type === 'tool_start' || event.type === 'tool_delta') units += event.args.length;
    if (event.type === 'thinking') reasoningUnits += event.text.length;
  }
  return { units, reasoningUnits };
}
