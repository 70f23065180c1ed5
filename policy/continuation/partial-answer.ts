// What a reader has been sent of an answer that was lost: its text and its tool calls, put together from the events as they
// went out or, after a restart, from the stored log. It grows with the answer, which is bounded elsewhere.

import type { StreamEvent } from '../../protocol/events.ts';
import type { DecodedEvent } from '../../protocol/upstream-event.ts';

export type PartialToolCall = {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  /** JSON text, cut anywhere while `ended` is false. */
  readonly args: string;
  readonly ended: boolean;
};

export class PartialAnswer {
  readonly #calls = new Map<number, PartialToolCall>();
  #text = '';
  #hasThinking = false;
  #hasThinkingPart = false;

  constructor(log: Iterable<DecodedEvent | StreamEvent> = []) {
    this.note(log);
  }

  get text(): string {
    return this.#text;
  }

  get toolCalls(): readonly PartialToolCall[] {
    return [...this.#calls.values()];
  }

  get hasThinking(): boolean {
    return this.#hasThinking;
  }

  /** A whole signed block of thinking went out: clients send it back, and providers take no second one beside it. */
  get hasThinkingPart(): boolean {
    return this.#hasThinkingPart;
  }

  get isEmpty(): boolean {
    return this.#text === '' && this.#calls.size === 0 && !this.#hasThinking && !this.#hasThinkingPart;
  }

  note(events: Iterable<DecodedEvent | StreamEvent>): void {
    for (const event of events) this.#noteOne(event);
  }

  #noteOne(event: DecodedEvent | StreamEvent): void {
    if (event.type === 'text_delta') this.#text += event.text;
    else if (event.type === 'thinking') this.#hasThinking ||= event.text !== '';
    else if (event.type === 'thinking_part') this.#hasThinkingPart = true;
    else if (event.type === 'tool_start') {
      const { index, id, tool: name, args } = event;
      this.#calls.set(index, { index, id, name, args, ended: false });
    } else if (event.type === 'tool_delta') this.#change(event.index, event.args, false);
    else if (event.type === 'tool_end') this.#change(event.index, '', true);
  }

  #change(index: number, more: string, ended: boolean): void {
    const call = this.#calls.get(index);
    if (call !== undefined) this.#calls.set(index, { ...call, args: call.args + more, ended });
  }
}
