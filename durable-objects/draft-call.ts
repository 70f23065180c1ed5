// One answer whose events are held until somebody decides to show them or to drop it.
// Invariant: what is held is bounded; a call that is dropped closes its upstream.

import { isContent, type FailureCode, type FinishReason } from '../protocol/events.ts';
import { estimatedUsage, type Usage } from '../protocol/usage.ts';
import type { AnswerEvent } from '../protocol/upstream-event.ts';

/** UTF-16 units held of one draft: four times the longest answer of the edge models, a sixteenth of an object's share. */
const MAX_HELD_UNITS = 256 * 1024;

/** Events held of one draft, whose objects weigh more than a short text: four times an answer of 8,192 tokens. */
const MAX_HELD_EVENTS = 32 * 1024;

export type Batches = AsyncGenerator<readonly AnswerEvent[], void>;

/** Makes the answer; called once, at once. */
export type AnswerSource = (stop: AbortSignal) => Batches;

export class DraftCall {
  /** What came so far and was not taken. */
  readonly held: AnswerEvent[] = [];
  readonly #abort = new AbortController();
  readonly #stop: AbortSignal;
  readonly #inputTokens: number;
  readonly #batches: Batches;
  #pending: Promise<readonly AnswerEvent[]> | null = null;
  #units = 0;
  #reasoningUnits = 0;
  #ended = false;
  #usage: Usage | null = null;
  #failure: FailureCode | null = null;
  #finishReason: FinishReason | null = null;
  #firstContentMs: number | null = null;
  #resumePoint: string | null = null;

  /** @param inputTokens - our estimate, for the usage of a call that is dropped before its upstream tells */
  constructor(source: AnswerSource, stop: AbortSignal, inputTokens: number) {
    this.#stop = stop;
    this.#inputTokens = inputTokens;
    this.#stop.addEventListener('abort', this.#onStop);
    if (this.#stop.aborted) this.#onStop();
    this.#batches = source(this.#abort.signal);
  }

  /** Nothing more will come: the answer is complete, or it failed. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Why it failed; null while it runs and when it is complete. */
  get failure(): FailureCode | null {
    return this.#failure;
  }

  /** Unix ms of the first content; null when there was none yet. */
  get firstContentMs(): number | null {
    return this.#firstContentMs;
  }

  /** Where the upstream lets the answer be taken up again; null when it does not. */
  get resumePoint(): string | null {
    return this.#resumePoint;
  }

  get isTooLong(): boolean {
    return this.#units > MAX_HELD_UNITS || this.held.length > MAX_HELD_EVENTS;
  }

  /** It failed, or it ended of itself without a word: nobody is helped by showing it. */
  get cameToNothing(): boolean {
    if (this.#failure !== null) return true;
    return this.#finishReason === 'stop' && this.#firstContentMs === null;
  }

  /** What the call used so far; null when it failed before it said anything. A call that was sent has read its input. */
  get usage(): Usage | null {
    if (this.#usage !== null) return this.#usage;
    if (this.#failure !== null && this.#firstContentMs === null) return null;
    const produced = { units: this.#units, reasoningUnits: this.#reasoningUnits };
    return estimatedUsage(this.#inputTokens, produced);
  }

  /** Asks for the next events; asking again before they came is the same question. Resolves to `[]` at the end. */
  next(): Promise<readonly AnswerEvent[]> {
    this.#pending ??= this.#read();
    return this.#pending;
  }

  /** Reads to the end or until too much is held. */
  async complete(): Promise<void> {
    while (!this.#ended && !this.isTooLong) await this.next();
  }

  /** Reads until there is something to show, nothing will come, or too much came that shows nothing. */
  async untilContent(): Promise<void> {
    while (!this.#ended && this.#firstContentMs === null && !this.isTooLong) await this.next();
  }

  /** What is held, then whatever comes. */
  async *show(): Batches {
    if (this.held.length > 0) yield this.held.splice(0);
    // A read that was begun during the hold brings what comes next; it may be long in coming.
    if (this.#pending !== null) await this.#pending;
    if (this.held.length > 0) yield this.held.splice(0);
    // Past the hold every batch goes straight through: this is the path of nearly every token.
    while (!this.#ended) {
      const batch = await this.#batches.next();
      if (batch.done === true) {
        this.#ended = true;
        return;
      }
      for (const event of batch.value) this.#note(event);
      yield batch.value;
    }
  }

  /** Closes the upstream; nothing more is read. */
  async drop(): Promise<void> {
    this.#stop.removeEventListener('abort', this.#onStop);
    this.#abort.abort();
    this.#pending?.catch(() => undefined); // whoever waited for it does no more
    await this.#batches.return();
  }

  readonly #onStop = (): void => this.#abort.abort();

  async #read(): Promise<readonly AnswerEvent[]> {
    const batch = await this.#batches.next();
    this.#pending = null;
    if (batch.done === true) {
      this.#ended = true;
      return [];
    }
    for (const event of batch.value) {
      this.#note(event);
      this.held.push(event);
    }
    return batch.value;
  }

  #note(event: AnswerEvent): void {
    switch (event.type) {
      case 'logprobs':
      case 'status':
      case 'route_changed':
        return; // part of no answer
      case 'resume_point':
        this.#resumePoint = event.cursor;
        return;
      case 'finish':
        this.#ended = true;
        this.#usage = event.usage;
        this.#finishReason = event.reason;
        return;
      case 'failure':
        this.#ended = true;
        this.#failure = event.code;
        return;
      case 'thinking':
        this.#reasoningUnits += event.text.length;
        this.#units += event.text.length;
        break;
      case 'text_delta':
        this.#units += event.text.length;
        break;
      case 'tool_start':
      case 'tool_delta':
        this.#units += event.args.length;
        break;
      case 'tool_end':
      case 'thinking_part':
        break;
    }
    if (isContent(event)) this.#firstContentMs ??= Date.now();
  }
}
