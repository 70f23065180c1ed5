// Server-sent events, encoding side (WHATWG HTML, section "Server-sent events").
// Field order is event, data, id, blank line: with the id first, a client cut between the id and the
// data advances its cursor past an event it never applied. Data is one line of JSON or `[DONE]`, so no
// CR or LF can forge a field.

/** A comment line WITHOUT a blank line: with one, some clients deliver an empty message. */
export const HEARTBEAT = ': keep-alive\n';

/** One wire event before it gets its id. `event` is omitted for data-only formats. */
export type Frame = { readonly event?: string; readonly data: string };

/** `retryMs` may be given for the first frame of a format only. */
export function encodeFrame(frame: Frame, id: string, retryMs?: number): string {
  const event = frame.event === undefined ? '' : `event: ${frame.event}\n`;
  const retry = retryMs === undefined ? '' : `retry: ${retryMs}\n`;
  return `${event}${retry}data: ${frame.data}\nid: ${id}\n\n`;
}

/** A frame outside the log (`reset`, `busy`, an error of a non-resumable stream): no id, so no cursor moves. */
export function encodeUnnumbered(frame: Frame): string {
  const event = frame.event === undefined ? '' : `event: ${frame.event}\n`;
  return `${event}data: ${frame.data}\n\n`;
}
