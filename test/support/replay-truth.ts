// What must be true of one generation, kept apart from the log under test: what was appended, what may be
// seen, what survived a crash, and so what every cursor must be answered. Frames come from the project's own
// projectors, ids are put together here.

import { failureEvent } from '../../protocol/errors.ts';
import { isContent, isTerminal, type StreamEvent } from '../../protocol/events.ts';
import type { FormatLetter } from '../../protocol/cursor.ts';
import type { Durability } from '../../protocol/plan.ts';
import type { GenerationFacts, Projector } from '../../protocol/projection.ts';
import { projectCore } from './replay-core.ts';

export const FORMATS: readonly FormatLetter[] = ['c', 't'];

export type TrueFrame = { readonly id: string; readonly event: string | undefined; readonly data: string };

/** A moment of the log that a crash may go back to. `finishedAtMs` is null while it runs. */
export type Survived = {
  readonly events: number;
  readonly epoch: number;
  readonly finishedAtMs: number | null;
};

export type Expected =
  | { readonly type: 'ready' | 'at_end' | 'bad_cursor' | 'foreign_cursor' | 'cursor_ahead' | 'cursor_lost' }
  | { readonly type: 'reset'; readonly truncateTo: number; readonly text: string };

/** `ends[s]` is the number of frames that the first s + 1 events make. */
type Projection = { readonly projector: Projector; readonly frames: TrueFrame[]; readonly ends: number[] };

const CURSOR = /^([ct])([a-z2-7]{16})\.([1-9]\d{0,4})-(0|[1-9]\d{0,8})$/;

export class Truth {
  readonly generation: string;
  readonly durability: Durability;
  readonly #maxUnits: number;
  readonly #projections: Readonly<Record<FormatLetter, Projection>>;
  #events: { readonly event: StreamEvent; readonly epoch: number }[] = [];
  #epoch = 1;
  #visible = 0;
  #finishedAtMs: number | null = null;
  #offDisk = false;

  constructor(facts: GenerationFacts, durability: Durability, maxUnits: number) {
    this.generation = facts.generation;
    this.durability = durability;
    this.#maxUnits = maxUnits;
    const empty = (format: FormatLetter): Projection => {
      return { projector: projectCore.projectorFor(format, facts), frames: [], ends: [] };
    };
    this.#projections = { c: empty('c'), t: empty('t') };
  }

  get moment(): Survived {
    return { events: this.#events.length, epoch: this.#epoch, finishedAtMs: this.#finishedAtMs };
  }

  get terminalAppended(): boolean {
    const last = this.#events.at(-1);
    return last !== undefined && isTerminal(last.event);
  }

  get ended(): boolean {
    return this.terminalAppended && this.#visible === this.#events.length;
  }

  get finishedAtMs(): number | null {
    return this.#finishedAtMs;
  }

  /** Nothing is written any more, so everything may be seen at once. */
  get offDisk(): boolean {
    return this.#offDisk;
  }

  leaveDisk(): void {
    this.#offDisk = true;
    this.#show(this.#events.length);
  }

  append(events: readonly StreamEvent[]): void {
    for (const event of events) {
      for (const part of splitAsPromised(event, this.#maxUnits)) this.#push(part);
    }
    if (this.#offDisk) this.#show(this.#events.length);
    else if (this.durability === 'batched') this.#show(this.#events.length - (this.terminalAppended ? 1 : 0));
  }

  /** Everything appended was written: a terminal among it ends the generation at this time. */
  written(nowMs: number): void {
    if (this.terminalAppended) this.#finishedAtMs ??= nowMs;
  }

  /** The first `events` events are known to survive any crash. */
  committed(events: number): void {
    this.#show(events);
  }

  /** Goes back to what survived. Throws when a promise was broken: that would be a fault of the simulator. */
  crash(survived: Survived): void {
    const mayLose = this.durability === 'batched' && !this.ended;
    if (!mayLose && survived.events < this.#visible)
      throw new Error('the simulated disk lost what it had promised');
    this.#events.length = survived.events;
    this.#epoch = survived.epoch;
    this.#finishedAtMs = survived.finishedAtMs;
    this.#visible = survived.events;
    for (const projection of Object.values(this.#projections)) {
      projection.ends.length = survived.events;
      projection.frames.length = projection.ends.at(-1) ?? 0;
    }
  }

  /** What recovery adds to a generation that was running: a new epoch, ended at once. */
  interrupt(): void {
    const partial = this.#events.some(({ event }) => isContent(event));
    this.#epoch++;
    this.#push(failureEvent('interrupted', partial));
  }

  /** All frames, seen or not yet. */
  frames(format: FormatLetter): readonly TrueFrame[] {
    return this.#projections[format].frames;
  }

  visibleFrames(format: FormatLetter): number {
    return this.#framesOf(format, this.#visible);
  }

  /** What `cursor` must be answered now. */
  answer(cursor: string, format: FormatLetter): Expected {
    const match = CURSOR.exec(cursor);
    if (match === null) return { type: 'bad_cursor' };
    if (match[1] !== format || match[2] !== this.generation) return { type: 'foreign_cursor' };
    const epoch = Number(match[3]);
    const frame = Number(match[4]);
    const visible = this.visibleFrames(format);
    if (epoch > this.#epoch) return { type: 'bad_cursor' };
    if (frame >= visible) return epoch < this.#epoch ? this.#lost(epoch, format) : { type: 'cursor_ahead' };
    const seq = this.#projections[format].ends.findIndex((end) => end > frame);
    const issued = this.#events[seq]?.epoch ?? 0;
    if (issued > epoch) return this.#lost(epoch, format);
    if (issued < epoch) return { type: 'bad_cursor' };
    return { type: this.ended && frame === visible - 1 ? 'at_end' : 'ready' };
  }

  #lost(epoch: number, format: FormatLetter): Expected {
    if (format === 'c') return { type: 'cursor_lost' };
    const firstNewer = this.#events.findIndex((entry) => entry.epoch > epoch);
    const surviving = firstNewer === -1 ? this.#events : this.#events.slice(0, firstNewer);
    const text = surviving.map(({ event }) => (event.type === 'text_delta' ? event.text : '')).join('');
    return { type: 'reset', truncateTo: this.#framesOf(format, surviving.length) - 1, text };
  }

  #framesOf(format: FormatLetter, events: number): number {
    return events === 0 ? 0 : (this.#projections[format].ends[events - 1] ?? 0);
  }

  #show(events: number): void {
    this.#visible = Math.max(this.#visible, events);
  }

  #push(event: StreamEvent): void {
    this.#events.push({ event, epoch: this.#epoch });
    for (const format of FORMATS) {
      const { projector, frames, ends } = this.#projections[format];
      for (const frame of projector.frames(event)) {
        const id = `${format}${this.generation}.${this.#epoch}-${frames.length}`;
        frames.push({ id, event: frame.event, data: frame.data });
      }
      ends.push(frames.length);
    }
  }
}

/** The promise about oversize events: pieces as long as allowed, in order, no surrogate pair torn. */
function splitAsPromised(event: StreamEvent, maxUnits: number): StreamEvent[] {
  const text = 'text' in event ? event.text : 'args' in event ? event.args : '';
  if (text.length <= maxUnits) return [event];
  const pieces: string[] = [];
  for (let from = 0; from < text.length;) {
    const tears = /^[\ud800-\udbff][\udc00-\udfff]$/.test(
      text.slice(from + maxUnits - 1, from + maxUnits + 1),
    );
    pieces.push(text.slice(from, from + maxUnits - (tears ? 1 : 0)));
    from += maxUnits - (tears ? 1 : 0);
  }
  return pieces.map((piece, at): StreamEvent => {
    if ('text' in event) return { ...event, text: piece };
    if (event.type === 'tool_start' && at > 0) return { type: 'tool_delta', index: event.index, args: piece };
    return 'args' in event ? { ...event, args: piece } : event;
  });
}
