// A log and whoever reads it: streaming bodies, JSON polls, and the count of readers that decides what a
// disconnect means. A body ends cleanly only after the terminal frame; when its log breaks, it is aborted.

import type { About, Timeline } from '../protocol/conversation-call.ts';
import type { FormatLetter } from '../protocol/cursor.ts';
import type { Delivery } from '../protocol/generation-record.ts';
import type { JsonValue } from '../protocol/json.ts';
import type { Refusal } from '../protocol/errors.ts';
import { reasonText } from '../protocol/reason-text.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';
import { timelineEvents } from '../policy/analytics/timeline-events.ts';
import { lazyProjector } from '../dialects/projectors.ts';
import { Follower, type NumberedFrame } from '../replay/follower.ts';
import { MAX_CHUNK_UNITS, nextChunk } from '../replay/next-chunk.ts';
import type { ReplayLog } from '../replay/replay-log.ts';
import type { ChangeHub } from './change-hub.ts';
import { DeliveryBook } from './delivery-book.ts';

/** What a client waits that finds all places taken: followers leave when a tab closes, not on a schedule. */
const RETRY_AFTER_MS = 5000;

const UTF8 = new TextEncoder();

/** Answer to a JSON poll. `next` is the cursor to ask with next; `done`: nothing will follow. */
export type PollAnswer = {
  readonly events: readonly {
    readonly id: string | null;
    readonly event: string;
    readonly data: JsonValue;
  }[];
  readonly next: string | null;
  readonly done: boolean;
};

export type FollowedLogOptions = {
  readonly maxFollowers: number;
  /** Called with the number of readers whenever it changes. */
  readonly onReaders: (count: number) => void;
};

export class FollowedLog {
  readonly log: ReplayLog;
  readonly #hub: ChangeHub;
  readonly #options: FollowedLogOptions;
  readonly deliveries: DeliveryBook;
  #readers = 0;

  constructor(log: ReplayLog, hub: ChangeHub, options: FollowedLogOptions) {
    this.log = log;
    this.deliveries = new DeliveryBook(log.header.facts.createdMs, log.header.deliveries ?? []);
    this.#hub = hub;
    this.#options = options;
  }

  get readers(): number {
    return this.#readers;
  }

  /** What a client that did not start the stream is told in its headers. */
  about(): About {
    const { header, visibleEnd } = this.log;
    const first = visibleEnd === 0 ? undefined : this.log.segmentAt(0).events[0];
    const { conversation } = header;
    if (first?.type !== 'route') return { conversation, isPending: !this.log.ended, route: null };
    const reason = reasonText(first);
    // A model that stood in before the first word is told within the first events.
    const changed = this.log.segmentAt(0).events.find((event) => event.type === 'route_changed');
    const { tier, model } = changed ?? first;
    return { conversation, isPending: false, route: { tier, model, reason } };
  }

  /** What an operator may see of it. */
  timeline(): Timeline {
    const { header, end, epoch } = this.log;
    const { facts, finished } = header;
    return {
      started_at: new Date(facts.createdMs).toISOString(),
      ended_at: finished === null ? null : new Date(finished.atMs).toISOString(),
      end_seq: end,
      epochs: epoch,
      events: timelineEvents(this.log.events()),
      deliveries: this.deliveries.all().map((delivery) => ({
        kind: delivery.kind,
        opened_ms: delivery.openedMs,
        closed_ms: delivery.closedMs,
        from_seq: delivery.fromSeq,
        to_seq: delivery.toSeq,
      })),
    };
  }

  /** Tells followers that the log has more to read. */
  notify(): void {
    this.#hub.notify();
  }

  /** Counts a reader until the returned function is called (calls after the first do nothing). */
  attach(): () => void {
    this.#count(1);
    let attached = true;
    return () => {
      if (!attached) return;
      attached = false;
      this.#count(-1);
    };
  }

  /**
   * The body of whoever asked for the answer, from its start. Takes no place: the caller has been attached all along.
   * @param signal - of the request that gets the body
   */
  followAsked(format: FormatLetter, signal: AbortSignal): ReadableStream<Uint8Array> {
    return this.#bodyOf(this.#follower(format), 'asked', signal);
  }

  /** A body from right after `cursor` (null = from the start); null when the log ended there. */
  follow(
    cursor: string | null,
    format: FormatLetter,
    signal: AbortSignal,
  ): Result<ReadableStream<Uint8Array> | null, Refusal> {
    const placed = this.#place(cursor, format);
    if (!placed.ok) return placed;
    if (placed.value === null) return ok(null);
    return ok(this.#bodyOf(placed.value, cursor === null ? 'joined' : 'resumed', signal));
  }

  /** What is ready after `cursor`, else waits up to `waitMs` for something. */
  async poll(
    cursor: string | null,
    format: FormatLetter,
    waitMs: number,
  ): Promise<Result<PollAnswer, Refusal>> {
    const placed = this.#place(cursor, format);
    if (!placed.ok) return placed;
    const follower = placed.value;
    if (follower === null) return ok({ events: [], next: cursor, done: true });
    const detach = this.attach();
    const close = this.deliveries.open('poll', follower, Date.now());
    try {
      const frames = await this.#takeWithin(follower, waitMs);
      const last = frames.findLast((taken) => taken.id !== null);
      return ok({ events: frames.map(toPolled), next: last?.id ?? cursor, done: follower.finished });
    } finally {
      close(Date.now());
      detach();
    }
  }

  /** Resolves when the terminal event is visible. Waiting is not reading: attach, and detach when the client leaves. */
  async untilEnd(): Promise<void> {
    while (!this.log.ended) await this.#hub.wait();
  }

  #place(cursor: string | null, format: FormatLetter): Result<Follower | null, Refusal> {
    const limit = this.#options.maxFollowers;
    if (this.#readers >= limit)
      return refuse({ reason: 'too_many_followers', limit, retryAfterMs: RETRY_AFTER_MS });
    const follower = this.#follower(format);
    const sought = follower.seek(cursor);
    if (!sought.ok) return sought;
    return ok(sought.value === 'at_end' ? null : follower);
  }

  #follower(format: FormatLetter): Follower {
    // Made at the first event: until then the model that frames show may still change.
    return new Follower(
      this.log,
      lazyProjector(format, () => this.log.header.facts),
    );
  }

  #bodyOf(follower: Follower, kind: Delivery['kind'], signal: AbortSignal): ReadableStream<Uint8Array> {
    const detach = this.attach();
    const closeDelivery = this.deliveries.open(kind, follower, Date.now());
    let open = true;
    const close = (): void => {
      open = false;
      closeDelivery(Date.now());
      detach();
    };
    // A body that is handed over while its reader leaves is never pulled, and never cancelled either.
    if (signal.aborted) close();
    else signal.addEventListener('abort', close);
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      try {
        const text = await nextChunk(follower, () => this.#hub.wait());
        if (!open) return;
        if (text !== null) controller.enqueue(UTF8.encode(text));
        if (!follower.finished) return;
        close();
        controller.close();
      } catch (error) {
        close();
        throw error; // the stream aborts the body: a clean end would look like the whole answer
      }
    };
    // No queue: a producer that pushed to a reader that stopped reading would hold the whole answer once per reader.
    return new ReadableStream<Uint8Array>({ pull, cancel: close }, { highWaterMark: 0 });
  }

  /** Frames as soon as there are some; none at the end, and when the wait is over. Not every change makes a visible frame. */
  async #takeWithin(follower: Follower, waitMs: number): Promise<readonly NumberedFrame[]> {
    let isOver = waitMs === 0;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        isOver = true;
        resolve();
      }, waitMs);
    });
    try {
      for (;;) {
        const frames = follower.take(MAX_CHUNK_UNITS);
        if (frames.length > 0 || follower.finished || isOver) return frames;
        await Promise.race([this.#hub.wait(), timeout]);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #count(change: 1 | -1): void {
    this.#readers += change;
    this.#options.onReaders(this.#readers);
  }
}

function toPolled(taken: NumberedFrame): PollAnswer['events'][number] {
  const { event = 'message', data } = taken.frame;
  // Frames carry JSON; chat's terminal `[DONE]` is the one that does not, and stays the string it is on the wire.
  return { id: taken.id, event, data: data === '[DONE]' ? data : (JSON.parse(data) as JsonValue) };
}
