// One reader of a log in one wire format: everything after its cursor, then whatever comes.
// Live stream, reconnect, second tab, polling and export are all this read. It pulls: nothing is queued
// for a reader that does not ask. Frame n has the same bytes on every connection.

import { cursorPrefix, parseCursor, type Cursor } from '../protocol/cursor.ts';
import type { Refusal } from '../protocol/errors.ts';
import type { StreamEvent } from '../protocol/events.ts';
import type { Projector } from '../protocol/projection.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';
import { encodeFrame, encodeUnnumbered, type Frame } from '../protocol/sse.ts';
import type { ReplayLog, Segment } from './replay-log.ts';

export type CursorRefusal = Extract<
  Refusal,
  { reason: 'bad_cursor' | 'foreign_cursor' | 'cursor_ahead' | 'cursor_lost' }
>;

/** `at_end`: the log ended and the cursor is its last frame; the answer is 204 (only that stops an EventSource). */
export type SeekOutcome = 'ready' | 'at_end';

/** Base and spread of the client's reconnection delay, spread by generation so that a restart is not followed by a stampede. */
const RETRY_BASE_MS = 1000;
const RETRY_SPREAD_MS = 2000;

/** A frame with its id; `id` is null for a frame that moves no cursor (`reset`). */
export type NumberedFrame = { readonly id: string | null; readonly frame: Frame };

export class Follower {
  readonly #log: ReplayLog;
  readonly #projector: Projector;
  readonly #generation: string;
  readonly #retryMs: number;
  /** Next event to project. */
  #seq = 0;
  /** Number of the next frame that event will make. */
  #frame = 0;
  /** Frames up to this one were received before; −1 = none. */
  #after = -1;
  /** A `reset` frame that goes out before anything else. */
  #preamble: Frame | null = null;
  #segment: Segment | null = null;
  #prefix: { epoch: number; text: string } = { epoch: 0, text: '' };

  constructor(log: ReplayLog, projector: Projector) {
    this.#log = log;
    this.#projector = projector;
    this.#generation = log.header.facts.generation;
    this.#retryMs = RETRY_BASE_MS + (spread(this.#generation) % RETRY_SPREAD_MS);
  }

  /** Nothing is left to read, now or ever. */
  get finished(): boolean {
    return this.#preamble === null && this.#log.ended && this.#seq === this.#log.end;
  }

  /** Sequence number of the next event: everything before it was read, or came before the cursor. */
  get position(): number {
    if (this.#frame > this.#after || this.#seq >= this.#log.visibleEnd) return this.#seq;
    // The event of the cursor's own frame was read, unless more of its frames follow.
    const last = this.#frame + this.#projector.count(this.#eventAt(this.#seq)) - 1;
    return last > this.#after ? this.#seq : this.#seq + 1;
  }

  /** True when `read` would return something. */
  get ready(): boolean {
    return this.#preamble !== null || this.#seq < this.#log.visibleEnd;
  }

  /** Places the reader right after `cursorText` (null = at the start). Call once, before `read`. */
  seek(cursorText: string | null): Result<SeekOutcome, CursorRefusal> {
    if (cursorText === null) return ok('ready');
    const cursor = parseCursor(cursorText);
    if (cursor === null) return refuse({ reason: 'bad_cursor' });
    if (cursor.generation !== this.#generation || cursor.format !== this.#projector.format) {
      return refuse({ reason: 'foreign_cursor' });
    }
    if (cursor.epoch > this.#log.epoch) return refuse({ reason: 'bad_cursor' });
    const found = this.#walkTo(cursor.frame);
    if (found === null) return this.#beyondEnd(cursor);
    const issued = this.#log.epochOf(found);
    // A frame is known by its epoch too: the same number in a newer epoch is another frame.
    if (issued > cursor.epoch) return this.#lost(cursor);
    if (issued < cursor.epoch) return refuse({ reason: 'bad_cursor' });
    this.#after = cursor.frame;
    return ok(this.#nothingAfter(cursor.frame) ? 'at_end' : 'ready');
  }

  /** All frames that are ready, whole ones only, up to about `maxUnits` UTF-16 units; '' when there is nothing now. */
  read(maxUnits: number): string {
    let text = this.#preamble === null ? '' : encodeUnnumbered(this.#preamble);
    this.#preamble = null;
    const end = this.#log.visibleEnd;
    while (this.#seq < end && text.length < maxUnits) {
      text += this.#encodeNext();
    }
    this.#forgetSegment();
    return text;
  }

  /** The same frames as `read`, not encoded: for the JSON poll. */
  take(maxUnits: number): readonly NumberedFrame[] {
    const taken: NumberedFrame[] = this.#preamble === null ? [] : [{ id: null, frame: this.#preamble }];
    this.#preamble = null;
    const end = this.#log.visibleEnd;
    for (let units = 0; this.#seq < end && units < maxUnits;) {
      const prefix = this.#prefixOf(this.#seq);
      for (const frame of this.#projector.frames(this.#eventAt(this.#seq++))) {
        const n = this.#frame++;
        if (n <= this.#after) continue; // costs nothing: else a long frame before the cursor would fill every answer
        units += frame.data.length;
        taken.push({ id: prefix + String(n), frame });
      }
    }
    this.#forgetSegment();
    return taken;
  }

  #encodeNext(): string {
    let text = '';
    const prefix = this.#prefixOf(this.#seq);
    for (const frame of this.#projector.frames(this.#eventAt(this.#seq++))) {
      const n = this.#frame++;
      if (n <= this.#after) continue;
      text += encodeFrame(frame, prefix + String(n), n === 0 ? this.#retryMs : undefined);
    }
    return text;
  }

  /** Moves to the event that makes frame `target`; returns its sequence number, null when it does not exist (yet). */
  #walkTo(target: number): number | null {
    const end = this.#log.visibleEnd;
    while (this.#seq < end) {
      const count = this.#projector.count(this.#eventAt(this.#seq));
      if (this.#frame + count > target) return this.#seq;
      this.#frame += count;
      this.#seq++;
    }
    return null;
  }

  /** True when the log ended and `frame` is its last one. */
  #nothingAfter(frame: number): boolean {
    if (!this.#log.ended || this.#seq !== this.#log.end - 1) return false;
    return frame === this.#frame + this.#projector.count(this.#eventAt(this.#seq)) - 1;
  }

  #beyondEnd(cursor: Cursor): Result<SeekOutcome, CursorRefusal> {
    return cursor.epoch < this.#log.epoch ? this.#lost(cursor) : refuse({ reason: 'cursor_ahead' });
  }

  /** The client saw frames of an older epoch that did not survive: say so, with what did. */
  #lost(cursor: Cursor): Result<SeekOutcome, CursorRefusal> {
    const survivingEnd = this.#log.epochStart(cursor.epoch + 1);
    this.#seq = 0;
    this.#frame = 0;
    let survivingText = '';
    while (this.#seq < survivingEnd) {
      const event = this.#eventAt(this.#seq);
      if (event.type === 'text_delta') survivingText += event.text;
      this.#frame += this.#projector.count(event);
      this.#seq++;
    }
    this.#after = this.#frame - 1;
    this.#preamble = this.#projector.reset(this.#frame - 1, survivingText);
    return this.#preamble === null ? refuse({ reason: 'cursor_lost' }) : ok('ready');
  }

  /** At the live end the next events come from memory; a page decoded for the way there would only be held. */
  #forgetSegment(): void {
    if (this.#seq === this.#log.visibleEnd) this.#segment = null;
  }

  #eventAt(seq: number): StreamEvent {
    const segment = this.#segment;
    const near = segment?.events[seq - segment.firstSeq];
    if (near !== undefined) return near;
    this.#segment = this.#log.segmentAt(seq);
    const event = this.#segment.events[seq - this.#segment.firstSeq];
    if (event === undefined) throw new Error(`segment lacks event ${seq}`);
    return event;
  }

  #prefixOf(seq: number): string {
    const epoch = this.#log.epochOf(seq);
    if (epoch !== this.#prefix.epoch) {
      this.#prefix = { epoch, text: cursorPrefix(this.#projector.format, this.#generation, epoch) };
    }
    return this.#prefix.text;
  }
}

/** FNV-1a: any spread will do, it only has to be the same on every connection. */
function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
