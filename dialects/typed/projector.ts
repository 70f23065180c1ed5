// Log → native typed events: the identity. Frame n is event n, under its own name.
// The terminal `error` travels as the SSE event `failed`, because EventSource fires its own `error` whenever a
// connection drops and a page could not tell the two apart.

import type { StreamEvent } from '../../protocol/events.ts';
import type { GenerationFacts, Projector } from '../../protocol/projection.ts';
import type { Frame } from '../../protocol/sse.ts';

/** The facts are not shown: the stream's headers and its `route` event tell them. */
export function typedProjector(_facts: GenerationFacts): Projector {
  return {
    format: 't',
    count: () => 1,
    frames: (event) => [frameOf(event)],
    reset: (truncateTo, text) => ({
      event: 'reset',
      data: JSON.stringify({ type: 'reset', truncate_to: truncateTo, text }),
    }),
    failure: (code, message) => ({
      event: 'failed',
      // What was delivered stays valid and the log may still be running: following again is the remedy.
      data: JSON.stringify({ type: 'error', code, message, recoverable: true, partial: true }),
    }),
  };
}

function frameOf(event: StreamEvent): Frame {
  if (event.type === 'text_delta') {
    // Once per token: only the text needs escaping.
    return { event: 'text_delta', data: `{"type":"text_delta","text":${JSON.stringify(event.text)}}` };
  }
  return { event: event.type === 'error' ? 'failed' : event.type, data: JSON.stringify(event) };
}
