// The state of one streamed answer in OpenAI's chat dialect, shared by the providers that speak it.
// Invariant: one end. `[DONE]`, or a finish reason before the body closed, is a complete answer; a body that
// closes with neither was cut off and is a failure.

import type { FailureCode } from '../protocol/events.ts';
import type { DecodedEvent, LogprobsEvent, UpstreamEnd } from '../protocol/upstream-event.ts';
import type { Usage } from '../protocol/usage.ts';
import { ToolCalls, type ToolCallPiece } from './tool-calls.ts';

type Reason = Extract<UpstreamEnd, { type: 'finish' }>['reason'];
type ContentOf<Event> = Event extends UpstreamEnd | LogprobsEvent ? never : Event;

export class ChatAnswer {
  readonly #calls = new ToolCalls();
  #events: DecodedEvent[] = [];
  #reason: Reason | null = null;
  #usage: Usage | null = null;
  #ended = false;
  #nowMs = 0;

  get ended(): boolean {
    return this.#ended;
  }

  /** True once the upstream said why it finished. */
  get finished(): boolean {
    return this.#reason !== null;
  }

  /** Time of what is read next. */
  setNow(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  /** The events since the last call. */
  drain(): readonly DecodedEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  text(text: string): void {
    if (text !== '') this.#events.push({ type: 'text_delta', text });
  }

  logprobs(values: readonly number[]): void {
    if (values.length > 0) this.#events.push({ type: 'logprobs', values });
  }

  thinking(text: string): void {
    if (text !== '') this.#events.push({ type: 'thinking', text });
  }

  toolCall(piece: ToolCallPiece): void {
    const events: ContentOf<DecodedEvent>[] = [];
    const taken = this.#calls.take(piece, this.#nowMs, events);
    this.#events.push(...events);
    if (!taken) this.fail('upstream_malformed');
  }

  /** Counts may be repeated while they grow: the last ones hold. */
  usage(usage: Usage | null): void {
    if (usage !== null) this.#usage = usage;
  }

  /** The upstream's finish reason; the end itself waits for `[DONE]` or the close, usage comes in between. */
  finish(word: string): void {
    if (word === 'error') this.fail('upstream_failed');
    else this.#reason = reasonOf(word);
  }

  /** `[DONE]`: complete, also for upstreams that never tell a reason. */
  done(): void {
    if (this.#ended) return;
    const events: ContentOf<DecodedEvent>[] = [];
    const allNamed = this.#calls.end(events);
    if (!allNamed) {
      this.fail('upstream_malformed');
      return;
    }
    this.#ended = true;
    this.#events.push(...events, { type: 'finish', reason: this.#finalReason(), usage: this.#usage });
  }

  fail(code: FailureCode): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#events.push({ type: 'failure', code });
  }

  /** Servers disagree on the reason of an answer that calls tools; clients run the tools only for `tool_calls`. */
  #finalReason(): Reason {
    const reason = this.#reason ?? 'stop';
    if (reason === 'stop' && this.#calls.count > 0) return 'tool_calls';
    return reason === 'tool_calls' && this.#calls.count === 0 ? 'stop' : reason;
  }
}

function reasonOf(word: string): Reason {
  switch (word) {
    case 'length':
    case 'max_tokens':
      return 'length';
    case 'tool_calls':
    case 'function_call':
      return 'tool_calls';
    case 'content_filter':
      return 'content_filter';
    default:
      // `stop`, and other words of compatible servers for it (`eos`, `end_turn`).
      return 'stop';
  }
}
