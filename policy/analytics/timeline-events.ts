// The turns of a stream for its timeline: what changed and where, never a word of the answer. Bounded: an agent's answer
// may call hundreds of tools.

import type { TimelineEvent } from '../../protocol/conversation-call.ts';
import type { StreamEvent } from '../../protocol/events.ts';

const MAX_EVENTS = 200;

/** The longest name that OpenAI lets a tool have; a model may make up a longer one. */
const MAX_TOOL_UNITS = 64;

export function timelineEvents(events: Iterable<StreamEvent>): readonly TimelineEvent[] {
  const turns: TimelineEvent[] = [];
  let seq = 0;
  for (const event of events) {
    const turn = turnOf(event, seq++);
    // The end is always told, whatever had to be left out before it.
    if (turn !== null && turns.length === MAX_EVENTS) turns.pop();
    if (turn !== null) turns.push(turn);
  }
  return turns;
}

function turnOf(event: StreamEvent, seq: number): TimelineEvent | null {
  switch (event.type) {
    case 'route':
    case 'route_changed':
      return { seq, type: event.type, what: event.model };
    case 'status':
      return { seq, type: event.type, what: event.phase };
    case 'tool_start':
      return { seq, type: event.type, what: event.tool.slice(0, MAX_TOOL_UNITS) };
    case 'tool_end':
      return { seq, type: event.type, what: '' };
    case 'done':
      return { seq, type: event.type, what: event.finish_reason };
    case 'error':
      return { seq, type: event.type, what: event.code };
    case 'text_delta':
    case 'thinking':
    case 'thinking_part':
    case 'tool_delta':
      return null;
  }
}
