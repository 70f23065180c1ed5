// Splits an event that is too long for one row into several that mean the same: nothing is dropped,
// and no surrogate pair is torn (half a pair is not valid UTF-8 and would reach clients as U+FFFD).

import type { StreamEvent } from '../protocol/events.ts';

/** UTF-16 units of text in one event: JSON escaping at worst makes six bytes of each, 768 KiB, below the 1 MiB row limit. */
export const MAX_EVENT_UNITS = 128 * 1024;

export function splitOversize(
  event: StreamEvent,
  maxUnits: number = MAX_EVENT_UNITS,
): readonly StreamEvent[] {
  switch (event.type) {
    case 'text_delta':
    case 'thinking':
      if (event.text.length <= maxUnits) return [event];
      return pieces(event.text, maxUnits).map((text) => ({ type: event.type, text }));
    case 'tool_delta':
      if (event.args.length <= maxUnits) return [event];
      return pieces(event.args, maxUnits).map((args) => ({ ...event, args }));
    case 'tool_start': {
      if (event.args.length <= maxUnits) return [event];
      const [first = '', ...rest] = pieces(event.args, maxUnits);
      const { index } = event;
      return [
        { ...event, args: first },
        ...rest.map((args): StreamEvent => ({ type: 'tool_delta', index, args })),
      ];
    }
    case 'route':
    case 'route_changed':
    case 'thinking_part':
    case 'status':
    case 'tool_end':
    case 'done':
    case 'error':
      return [event];
  }
}

function pieces(text: string, maxUnits: number): string[] {
  const found: string[] = [];
  let from = 0;
  while (from < text.length) {
    let to = Math.min(from + maxUnits, text.length);
    if (to < text.length && isHighSurrogate(text.charCodeAt(to - 1)) && to - from > 1) to--;
    found.push(text.slice(from, to));
    from = to;
  }
  return found;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
