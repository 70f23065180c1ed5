// One reader of one generation, as a careful client would write it: it applies frames in order, remembers its cursor,
// comes back after a cut, and applies `reset`. It throws at the first thing that a client must never see.

import { createParser, type EventSourceMessage } from 'eventsource-parser';

export type ReaderFormat = 'chat' | 'typed';

export type AppliedFrame = { readonly id: string; readonly event: string; readonly data: string };

/** What all readers of one generation share: the same id must mean the same bytes for all of them, for ever. */
export type SharedFrames = {
  readonly streamId: string;
  readonly isStrict: boolean;
  /** Bytes of each id that anybody has seen. */
  readonly byId: Map<string, string>;
  /** Something died while the generation ran: bodies may break, and `batched` may lose. */
  hasCrashed: () => boolean;
};

export type Send = (path: string, init?: RequestInit) => Promise<Response>;

/** How one connection is read. */
export type Sitting = {
  /** Goes away after so many bytes; null = reads to the end. */
  readonly cutAfterBytes: number | null;
  /** Waits this long before each read; 0 = reads at once. */
  readonly pauseMs: number;
};

/** `cut`: we left; `broken`: the body was aborted; `done`: the terminal frame was applied; `lost`: our cursor did not survive. */
export type SittingEnd = 'cut' | 'broken' | 'done' | 'lost';

type Poll = {
  readonly events: readonly { readonly id: string | null; readonly event: string; readonly data: unknown }[];
  readonly next: string | null;
  readonly done: boolean;
};

export class ChaosReader {
  readonly format: ReaderFormat;
  readonly #shared: SharedFrames;
  readonly #send: Send;
  #applied: AppliedFrame[] = [];
  #resets = 0;
  #losses = 0;

  constructor(format: ReaderFormat, shared: SharedFrames, send: Send) {
    this.format = format;
    this.#shared = shared;
    this.#send = send;
  }

  get applied(): readonly AppliedFrame[] {
    return this.#applied;
  }

  get isDone(): boolean {
    const last = this.#applied.at(-1);
    return last !== undefined && isTerminal(last);
  }

  /** How often something that was seen turned out to be lost. */
  get losses(): number {
    return this.#resets + this.#losses;
  }

  /** Goes back to an earlier cursor: `frames` are kept, the others will be sent again. */
  rewind(frames: number): void {
    this.#applied = this.#applied.slice(0, frames);
  }

  /** One connection from the cursor on. */
  async follow(sitting: Sitting): Promise<SittingEnd> {
    const response = await this.#send(this.#path(''), { headers: this.#cursorHeaders() });
    if (response.status === 204) return this.#nothingLeft();
    if (response.status === 409) return this.#startAgain(await response.text());
    if (response.status !== 200) return this.#refused(response);
    return this.read(response, sitting);
  }

  /** Reads a body that was opened elsewhere (the one of the POST). */
  async read(response: Response, sitting: Sitting): Promise<SittingEnd> {
    if (response.body === null) this.#fail('a 200 without a body');
    const reader = response.body.getReader();
    let left = sitting.cutAfterBytes ?? Infinity;
    let end: SittingEnd | null = null;
    const parser = createParser({
      onEvent: (message) => {
        end = this.#take(message) ?? end;
      },
    });
    const utf8 = new TextDecoder();
    for (;;) {
      if (sitting.pauseMs > 0) await pause(sitting.pauseMs);
      const bytes = await readOrBroken(reader);
      if (bytes === 'broken') return this.#broken();
      if (bytes === null) return end ?? this.#fail('a clean end without a terminal frame');
      parser.feed(utf8.decode(bytes.subarray(0, left), { stream: true }));
      left -= bytes.byteLength;
      if (left > 0) continue;
      await reader.cancel();
      return end ?? 'cut';
    }
  }

  /** One JSON poll. */
  async poll(waitSeconds: number): Promise<SittingEnd> {
    const response = await this.#send(this.#path(`&wait=${waitSeconds}`), { headers: this.#cursorHeaders() });
    if (response.status === 409) return this.#startAgain(await response.text());
    if (response.status !== 200) return this.#refused(response);
    const answer: Poll = await response.json();
    let end: SittingEnd = 'cut';
    for (const { id, event, data } of answer.events) {
      const text = data === '[DONE]' ? data : JSON.stringify(data);
      end = this.#take({ id: id ?? undefined, event, data: text }) ?? end;
    }
    if (answer.next !== (this.#applied.at(-1)?.id ?? null)) this.#fail(`poll says next ${answer.next}`);
    if (answer.done !== this.isDone) this.#fail(`poll says done ${answer.done}`);
    return this.isDone ? 'done' : end;
  }

  /** Applies one frame; a value when nothing may follow it. */
  #take({ id, event = 'message', data }: EventSourceMessage): SittingEnd | null {
    if (id === undefined) return this.#takeUnnumbered(event, data);
    if (this.isDone) this.#fail(`${event} ${id} after the terminal frame`);
    const number = /^[ct][a-z2-7]{16}\.[1-9]\d*-(\d+)$/.exec(id)?.[1];
    if (Number(number) !== this.#applied.length)
      this.#fail(`frame ${id} where ${this.#applied.length} is due`);
    const bytes = `${event}\n${data}`;
    const known = this.#shared.byId.get(id) ?? bytes;
    if (known !== bytes) this.#fail(`two frames with id ${id}:\n${known}\n${bytes}`);
    this.#shared.byId.set(id, bytes);
    this.#applied.push({ id, event, data });
    return this.isDone ? 'done' : null;
  }

  #takeUnnumbered(event: string, data: string): SittingEnd | null {
    if (event === 'reset') {
      this.#applyReset(JSON.parse(data) as { truncate_to: number; text: string });
      return null;
    }
    if (this.format === 'chat' && data.includes('"cursor_lost"')) return this.#startAgain(data);
    return this.#fail(`a frame without an id: ${event} ${data}`);
  }

  #applyReset(reset: { readonly truncate_to: number; readonly text: string }): void {
    this.#lose(`reset to ${reset.truncate_to}`);
    this.#resets++;
    if (reset.truncate_to >= this.#applied.length)
      this.#fail(`reset to ${reset.truncate_to}, ahead of ${this.#applied.length}`);
    this.rewind(reset.truncate_to + 1);
    if (textOf(this.#applied) !== reset.text) this.#fail(`reset tells another text: ${reset.text}`);
  }

  #startAgain(body: string): SittingEnd {
    this.#lose(body);
    if (this.format !== 'chat' || !body.includes('"cursor_lost"')) this.#fail(`409: ${body}`);
    this.#losses++;
    this.#applied = [];
    return 'lost';
  }

  /** A loss is announced, and only where one is allowed. */
  #lose(what: string): void {
    if (this.#shared.isStrict || !this.#shared.hasCrashed()) this.#fail(`a loss: ${what}`);
  }

  #nothingLeft(): SittingEnd {
    if (!this.isDone) this.#fail('204 before the terminal frame');
    return 'done';
  }

  #broken(): SittingEnd {
    if (!this.#shared.hasCrashed()) this.#fail('the body broke although nothing crashed');
    return this.isDone ? 'done' : 'broken';
  }

  async #refused(response: Response): Promise<SittingEnd> {
    return this.#fail(`${response.status} ${await response.text()}`);
  }

  #path(more: string): string {
    return `/v1/streams/${this.#shared.streamId}?format=${this.format}${more}`;
  }

  #cursorHeaders(): Record<string, string> {
    const id = this.#applied.at(-1)?.id;
    return id === undefined ? {} : { 'last-event-id': id };
  }

  #fail(what: string): never {
    const last = this.#applied.at(-1);
    throw new Error(`${this.format} reader at ${last?.id ?? 'the start'}: ${what}`);
  }
}

export function isTerminal({ event, data }: Omit<AppliedFrame, 'id'>): boolean {
  if (event === 'done' || event === 'failed') return true;
  return event === 'message' && (data === '[DONE]' || data.startsWith('{"error":'));
}

/** The text deltas of typed or chat frames, one per frame that has one. */
export function textsOf(applied: readonly Omit<AppliedFrame, 'id'>[]): readonly string[] {
  const texts: string[] = [];
  for (const { event, data } of applied) {
    if (data === '[DONE]') continue;
    const value = JSON.parse(data) as { text?: string; choices?: readonly { delta: { content?: string } }[] };
    const text = event === 'text_delta' ? value.text : value.choices?.[0]?.delta.content;
    if (text !== undefined && text !== '') texts.push(text);
  }
  return texts;
}

function textOf(applied: readonly AppliedFrame[]): string {
  return textsOf(applied).join('');
}

async function readOrBroken(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<Uint8Array | null | 'broken'> {
  try {
    const { value } = await reader.read();
    return value ?? null;
  } catch {
    return 'broken';
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
