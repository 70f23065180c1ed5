// The append-only log of one generation: a bounded memory tail over pages on disk.
// Invariants: sequence numbers are contiguous from 0 and never reused within an epoch; exactly one
// terminal event, last; memory drops only what is persisted; followers see an event only below
// `visibleEnd`, and the terminal only once it is on disk. No I/O of its own: it writes through LogStore.

import { isTerminal, type StreamEvent, type TerminalEvent } from '../protocol/events.ts';
import type { Delivery } from '../protocol/generation-record.ts';
import type { Durability } from '../protocol/plan.ts';
import { toSeq, type Seq } from '../protocol/seq.ts';
import { COLUMNS, decodeColumns, toColumns } from './columns.ts';
import { decodeHeader, encodeHeader, expiresAtMs, type LogHeader } from './header.ts';
import type { LogStore, StoredPage } from './log-store.ts';
import { decodeLines, encodeLine, LINES } from './page.ts';
import { splitOversize } from './split-oversize.ts';

/**
 * UTF-16 units after which a page is closed. Each flush rewrites the open page (one row): above about 4 KiB SQLite
 * spills a row into overflow pages, which tripled the cost of a token at 1,000 streams; below, compaction deletes more.
 */
const PAGE_UNITS = 2 * 1024;

/** UTF-16 units at which a row takes no further event: with one more of the largest events it is still below 1 MiB. */
const MAX_ROW_UNITS = 64 * 1024;

/** Bytes of events kept in memory for live followers before persisted ones are dropped; slower followers read pages. */
const MAX_TAIL_BYTES = 32 * 1024;

/** Bytes of an event beside its text: object header, type, array slot. An estimate, on the high side. */
const EVENT_OVERHEAD_BYTES = 64;

/** Consecutive events as they lie in memory or in one page. */
export type Segment = { readonly firstSeq: number; readonly events: readonly StreamEvent[] };

export class ReplayLog {
  readonly #store: LogStore;
  readonly #durability: Durability;
  #header: LogHeader;
  #headerStored: boolean;
  /** Events from `#tailStart` on. */
  #tail: StreamEvent[] = [];
  #tailStart: number;
  #tailBytes = 0;
  #persistedEnd: number;
  #visibleEnd: number;
  #page: StoredPage;
  #terminal: TerminalEvent | null = null;
  #onDisk = true;
  #compacted = false;

  private constructor(store: LogStore, header: LogHeader, durability: Durability, persistedEnd: number) {
    this.#store = store;
    this.#header = header;
    this.#headerStored = persistedEnd > 0;
    this.#durability = durability;
    this.#tailStart = persistedEnd;
    this.#persistedEnd = persistedEnd;
    this.#visibleEnd = persistedEnd;
    this.#page = { firstSeq: persistedEnd, body: LINES };
  }

  /** A new generation. Nothing is written until `persist` or `commit`. */
  static create(store: LogStore, header: LogHeader, durability: Durability): ReplayLog {
    return new ReplayLog(store, header, durability, 0);
  }

  /** The log as it survived on disk; null when nothing did. */
  static open(store: LogStore, durability: Durability): ReplayLog | null {
    const stored = store.readHeader();
    if (stored === null) return null;
    const header = decodeHeader(stored);
    const last = store.lastPage();
    const events = last === null ? [] : decodePage(last);
    const log = new ReplayLog(store, header, durability, last === null ? 0 : last.firstSeq + events.length);
    log.#headerStored = true;
    log.#compacted = last?.body.startsWith(COLUMNS) ?? false;
    const final = events.at(-1);
    if (final !== undefined && isTerminal(final)) log.#terminal = final;
    return log;
  }

  get header(): LogHeader {
    return this.#header;
  }

  /** One past the last appended event. */
  get end(): Seq {
    return toSeq(this.#tailStart + this.#tail.length);
  }

  /** One past the last event that followers may see. */
  get visibleEnd(): Seq {
    return toSeq(this.#visibleEnd);
  }

  get persistedEnd(): Seq {
    return toSeq(this.#persistedEnd);
  }

  /** Bytes of events held in memory, estimated. */
  get heldBytes(): number {
    return this.#tailBytes + this.#page.body.length * 2;
  }

  /** The terminal event once it was appended; followers see it when `ended`. */
  get terminal(): TerminalEvent | null {
    return this.#terminal;
  }

  /** True when the terminal event is visible: nothing will follow. */
  get ended(): boolean {
    return this.#terminal !== null && this.#visibleEnd === this.end;
  }

  get epoch(): number {
    return this.#header.epochStarts.length;
  }

  /** The epoch whose id an event carries. */
  epochOf(seq: number): number {
    let epoch = this.epoch;
    while (epoch > 1 && seq < (this.#header.epochStarts[epoch - 1] ?? 0)) epoch--;
    return epoch;
  }

  /** First sequence number of an epoch. */
  epochStart(epoch: number): number {
    return this.#header.epochStarts[epoch - 1] ?? 0;
  }

  /** The answer comes from another model than was planned. Only while the log is empty: frames show the model. */
  retarget(model: string): void {
    if (this.end > 0) throw new Error('another model after the first event');
    this.#header = { ...this.#header, facts: { ...this.#header.facts, model } };
    this.#headerStored = false;
  }

  /** Appends events in order. Throws after the terminal: a second end would contradict what clients were told. */
  append(events: readonly StreamEvent[]): void {
    for (const event of events) {
      if (this.#terminal !== null) throw new Error('append after the terminal event');
      if (isTerminal(event)) this.#terminal = event;
      for (const part of splitOversize(event)) {
        this.#tail.push(part);
        this.#tailBytes += bytesOf(part);
      }
    }
    if (!this.#onDisk) this.#show(this.end);
    else if (this.#durability === 'batched') this.#show(this.#terminal === null ? this.end : this.end - 1);
  }

  /** Ends the log unless it has ended: `stop` is idempotent, and an upstream may fail while it is being stopped. */
  finish(event: TerminalEvent): boolean {
    if (this.#terminal !== null) return false;
    this.append([event]);
    return true;
  }

  /** Writes everything not yet on disk. Followers of a `batched` log have seen it already. */
  persist(nowMs: number): void {
    const end: number = this.end;
    if (!this.#onDisk || (this.#persistedEnd === end && this.#headerStored)) return;
    const header = this.#headerAt(end, nowMs);
    const { full, open } = this.#pagesUpTo(end);
    const pages = open.body === LINES ? full : [...full, open];
    const isNewHeader = header !== this.#header || !this.#headerStored;
    this.#store.transaction(
      () => {
        if (isNewHeader) this.#writeHeader(header);
        for (const page of pages) this.#store.writePage(page);
      },
      { isOneRow: !isNewHeader && pages.length === 1 },
    );
    // Only after the write: a refused write must leave nothing that the next one would store twice.
    this.#header = header;
    this.#headerStored = true;
    this.#page = open;
    this.#persistedEnd = end;
    this.#trim();
  }

  /** Writes only the header: after a crash the stream is known to have existed. */
  persistHeader(): void {
    if (this.#headerStored || !this.#onDisk) return;
    this.#store.transaction(() => this.#writeHeader(this.#header));
    this.#headerStored = true;
  }

  /** Writes everything, waits for the disk, then lets followers see it (`strict` events and every terminal). */
  async commit(nowMs: number): Promise<void> {
    this.persist(nowMs);
    const durableEnd = this.#persistedEnd;
    await this.#store.sync();
    this.#show(durableEnd);
  }

  /** The disk refuses writes: the log goes on in memory alone, and what memory holds is all there will be. */
  leaveDisk(): void {
    this.#onDisk = false;
    this.#visibleEnd = this.end;
  }

  /** After a restart in mid-generation: later events get ids of a new epoch, so that ids of lost events are recognised. */
  beginEpoch(): void {
    const epochStarts = [...this.#header.epochStarts, this.end];
    this.#header = { ...this.#header, epochStarts };
    this.#headerStored = false;
  }

  /** Rewrites a finished log in columns. Only what is on disk is compacted, so a crash in between loses nothing. */
  compact(): void {
    if (this.#terminal === null || this.#persistedEnd !== this.end) return;
    if (!this.#compacted) {
      const pages = toColumns(this.#storedEvents(), 0);
      this.#store.transaction(() => this.#store.replacePages(pages));
      this.#compacted = true;
    }
    this.#tailStart = this.end;
    this.#tail = [];
    this.#tailBytes = 0;
    this.#page = { firstSeq: this.#persistedEnd, body: LINES };
  }

  /** Keeps who read the log, for whoever looks into it later. Only once it has ended: then nothing else writes its header. */
  keepDeliveries(deliveries: readonly Delivery[]): void {
    if (!this.ended) return;
    this.#header = { ...this.#header, deliveries };
    this.#headerStored = false;
    this.persistHeader();
  }

  /** The segment that holds `seq`, from memory or from disk. Throws for a sequence number that was never appended. */
  segmentAt(seq: number): Segment {
    if (seq >= this.end) throw new RangeError(`no event ${seq}`);
    if (seq >= this.#tailStart) return { firstSeq: this.#tailStart, events: this.#tail };
    return this.#storedSegment(seq);
  }

  /** Every event that was appended, in order. */
  *events(): Iterable<StreamEvent> {
    for (let seq = 0; seq < this.end;) {
      const segment = this.segmentAt(seq);
      for (const event of segment.events.slice(seq - segment.firstSeq)) yield event;
      seq = segment.firstSeq + segment.events.length;
    }
  }

  /** Visibility never goes back: what was seen stays seen. */
  #show(end: number): void {
    this.#visibleEnd = Math.max(this.#visibleEnd, end);
  }

  #writeHeader(header: LogHeader): void {
    this.#store.writeHeader(encodeHeader(header), expiresAtMs(header));
  }

  #headerAt(end: number, nowMs: number): LogHeader {
    if (this.#terminal === null || this.#header.finished !== null) return this.#header;
    return { ...this.#header, finished: { end, atMs: nowMs }, unfinished: null };
  }

  /** What is not on disk yet, as pages: those that are full, and the one that later events go on with. */
  #pagesUpTo(end: number): { full: StoredPage[]; open: StoredPage } {
    const full: StoredPage[] = [];
    let { firstSeq, body } = this.#page;
    for (let seq = this.#persistedEnd; seq < end; seq++) {
      const event = this.#tail[seq - this.#tailStart];
      if (event === undefined) throw new Error(`event ${seq} left memory before it was persisted`);
      body += encodeLine(event);
      // A flush is one row if it can be: its page is closed at its end, and before that only when the row grows too large.
      if (body.length <= (seq === end - 1 ? PAGE_UNITS : MAX_ROW_UNITS)) continue;
      full.push({ firstSeq, body });
      firstSeq = seq + 1;
      body = LINES;
    }
    return { full, open: { firstSeq, body } };
  }

  /** Drops the older half of the tail when it is too large, but never past what is persisted. */
  #trim(): void {
    if (this.#tailBytes <= MAX_TAIL_BYTES) return;
    const persisted = this.#persistedEnd - this.#tailStart;
    let dropped = 0;
    while (dropped < persisted && this.#tailBytes > MAX_TAIL_BYTES / 2) {
      const event = this.#tail[dropped];
      if (event !== undefined) this.#tailBytes -= bytesOf(event);
      dropped++;
    }
    this.#tail = this.#tail.slice(dropped);
    this.#tailStart += dropped;
  }

  *#storedEvents(): Iterable<StreamEvent> {
    for (let seq = 0; seq < this.#persistedEnd;) {
      const segment = this.#storedSegment(seq);
      yield* segment.events;
      seq = segment.firstSeq + segment.events.length;
    }
  }

  #storedSegment(seq: number): Segment {
    const page = this.#store.pageAt(seq);
    const events = page === null ? [] : decodePage(page);
    // Also a guard: a caller that walks segments would never come to an end on one that ends before `seq`.
    if (page === null || page.firstSeq + events.length <= seq) throw new Error(`no page holds event ${seq}`);
    return { firstSeq: page.firstSeq, events };
  }
}

function decodePage(page: StoredPage): StreamEvent[] {
  return page.body.startsWith(COLUMNS) ? decodeColumns(page.body) : decodeLines(page.body);
}

function bytesOf(event: StreamEvent): number {
  switch (event.type) {
    case 'text_delta':
    case 'thinking':
      return EVENT_OVERHEAD_BYTES + event.text.length * 2;
    case 'tool_delta':
    case 'tool_start':
      return EVENT_OVERHEAD_BYTES + event.args.length * 2;
    case 'route':
    case 'route_changed':
    case 'thinking_part':
    case 'status':
    case 'tool_end':
    case 'done':
    case 'error':
      return EVENT_OVERHEAD_BYTES * 2;
  }
}
