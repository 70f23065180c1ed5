// Reads a server-sent event stream through fetch, because EventSource cannot send a key.
// Leaving the loop (break, return, throw) closes the connection.

import { createParser } from 'eventsource-parser';
import { type ApiAnswer, type ApiCall, openApi } from './api-client.ts';

export type ServerEvent = {
  /** `message` when the server named none. */
  readonly event: string;
  readonly data: string;
  readonly id: string | null;
};

export type Listening = {
  /** Called for every heartbeat: a feed without news is not a dead one. */
  readonly onComment?: () => void;
  /** Hands bytes on in its own time; meanwhile no more are taken from the network. */
  readonly pace?: (bytes: Uint8Array) => AsyncIterable<Uint8Array>;
};

/** @returns a refusal comes before the first event; a connection that breaks later throws out of the loop */
export async function openEvents(
  call: ApiCall,
  onComment?: () => void,
): Promise<ApiAnswer<AsyncGenerator<ServerEvent, void>>> {
  const headers = { accept: 'text/event-stream', ...call.headers };
  const opened = await openApi({ ...call, headers });
  if (!opened.ok) return opened;
  return { ok: true, value: readEvents(opened.value, onComment === undefined ? {} : { onComment }) };
}

export async function* readEvents(
  response: Response,
  { onComment, pace }: Listening,
): AsyncGenerator<ServerEvent, void> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  const utf8 = new TextDecoder();
  const events: ServerEvent[] = [];
  const parser = createParser({
    onEvent: ({ event, data, id }) => events.push({ event: event ?? 'message', data, id: id ?? null }),
    ...(onComment === undefined ? {} : { onComment }),
  });
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      for await (const bytes of pace?.(read.value) ?? [read.value]) {
        parser.feed(utf8.decode(bytes, { stream: true }));
        yield* events.splice(0);
      }
    }
  } finally {
    // Of a connection that broke there is nothing left to cancel.
    await reader.cancel().catch(() => undefined);
  }
}
