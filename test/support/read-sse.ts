// The one reader of server-sent events in tests: it keeps every event, every comment and how the body ended.
// It reads as fast as it can and can leave at any event or byte, as clients do.

import { createParser } from 'eventsource-parser';

export type SseEvent = { readonly event: string; readonly data: string; readonly id: string | null };

/** `clean`: the body ended as HTTP says; `error`: it was aborted; `left`: this reader went away. */
export type SseEnd = 'clean' | 'error' | 'left';

export type SseReading = {
  readonly response: Response;
  readonly events: readonly SseEvent[];
  readonly comments: readonly string[];
  /** The last `retry:` in ms; null when there was none. */
  retryMs(): number | null;
  /** Every byte so far, as text. */
  text(): string;
  /** How the body ended. Never rejects. */
  readonly end: Promise<SseEnd>;
  /** Resolves as soon as `holds` is true of the events so far; throws when the body ends before. */
  until(holds: (events: readonly SseEvent[], comments: readonly string[]) => boolean): Promise<void>;
  /** Goes away: the connection is closed. */
  leave(): Promise<void>;
};

export type SseOptions = {
  readonly leaveAfterEvents?: number;
  readonly leaveAfterBytes?: number;
};

export async function fetchSse(
  url: string,
  init: RequestInit = {},
  options: SseOptions = {},
): Promise<SseReading> {
  return readSse(await fetch(url, init), options);
}

export function readSse(response: Response, options: SseOptions = {}): SseReading {
  const { leaveAfterEvents = Infinity, leaveAfterBytes = Infinity } = options;
  const events: SseEvent[] = [];
  const comments: string[] = [];
  const waiting = new Set<() => void>();
  let retryMs: number | null = null;
  let text = '';
  let bytes = 0;
  let ended: SseEnd | null = null;
  let left = false;
  const parser = createParser({
    onEvent: ({ event, data, id }) => {
      if (events.length < leaveAfterEvents) events.push({ event: event ?? 'message', data, id: id ?? null });
    },
    onComment: (comment) => comments.push(comment),
    onRetry: (ms) => {
      retryMs = ms;
    },
  });
  const reader = response.body?.getReader();
  const leave = async (): Promise<void> => {
    left = true;
    await reader?.cancel();
  };
  const pump = async (): Promise<SseEnd> => {
    const utf8 = new TextDecoder();
    for (;;) {
      const chunk = await reader?.read();
      if (chunk === undefined || chunk.done) return left ? 'left' : 'clean';
      const kept = chunk.value.subarray(0, leaveAfterBytes - bytes);
      bytes += kept.byteLength;
      const piece = utf8.decode(kept, { stream: true });
      text += piece;
      parser.feed(piece);
      for (const check of waiting) check();
      if (events.length >= leaveAfterEvents || bytes >= leaveAfterBytes) await leave();
    }
  };
  const end = pump()
    .catch((): SseEnd => (left ? 'left' : 'error'))
    .then((how) => {
      ended = how;
      for (const check of waiting) check();
      return how;
    });
  const until: SseReading['until'] = (holds) =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (holds(events, comments)) resolve();
        else if (ended !== null)
          reject(new Error(`the body ended (${ended}) before that:\n${text.slice(-2000)}`));
        else return;
        waiting.delete(check);
      };
      waiting.add(check);
      check();
    });
  return { response, events, comments, retryMs: () => retryMs, text: () => text, end, until, leave };
}
