// The state of one streamed answer in OpenAI's chat dialect, shared by the providers that speak it.
// Invariant: one end. `[DONE]`, or a finish reason before the body closed, is a complete answer; a body that
// closes with neither was cut off and is a failure.
// It also serves dialects whose end is only ever a reason of their own; see `needsReason`.

import type { ContentEvent, FailureCode } from '../protocol/events.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { DecodedEvent, UpstreamEnd } from '../protocol/upstream-event.ts';
import type { Usage } from '../protocol/usage.ts';
import { ThinkTags } from './chat-think-tags.ts';
import { nestsTooDeep } from './json-fields.ts';
import { ToolCalls, type ToolCallPiece } from './tool-calls.ts';

type Reason = Extract<UpstreamEnd, { type: 'finish' }>['reason'];

export type ChatAnswerOptions = {
  /** The server may leave the thinking inside the text. */
  readonly splitsThinking?: boolean | undefined;
  /** Without a finish reason an answer is not whole, whatever else the server said. */
  readonly needsReason?: boolean;
};

/**
 * UTF-16 units of one thinking part as JSON: it is stored in one row and cannot be split like text. A longer one has been
 * shown, but cannot be sent back.
 */
const MAX_PART_UNITS = 256 * 1024;

/** Of all parts of an answer: they are no content, so that all of them may be held before the first word is shown. */
const MAX_KEPT_UNITS = 8 * MAX_PART_UNITS;

export class ChatAnswer {
  readonly #calls = new ToolCalls();
  readonly #tags: ThinkTags | null;
  readonly #needsReason: boolean;
  #events: DecodedEvent[] = [];
  #reason: Reason | null = null;
  #usage: Usage | null = null;
  #ended = false;
  #nowMs = 0;
  #keptUnits = 0;

  constructor({ splitsThinking = false, needsReason = false }: ChatAnswerOptions = {}) {
    this.#tags = splitsThinking ? new ThinkTags() : null;
    this.#needsReason = needsReason;
  }

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
    if (this.#tags === null) this.#say(text);
    else this.#split(this.#tags.take(text));
  }

  logprobs(values: readonly number[]): void {
    if (values.length > 0) this.#report({ type: 'logprobs', values });
  }

  thinking(text: string): void {
    if (text !== '') this.#report({ type: 'thinking', text });
  }

  /** A whole block of thinking, as its provider takes it back. */
  thinkingPart(part: JsonObject): void {
    const units = nestsTooDeep(part) ? Infinity : JSON.stringify(part).length;
    if (units > MAX_PART_UNITS || this.#keptUnits + units > MAX_KEPT_UNITS) return;
    this.#keptUnits += units;
    this.#report({ type: 'thinking_part', part });
  }

  /** Where the upstream can be asked to go on after what was reported so far. */
  resumePoint(cursor: string): void {
    this.#report({ type: 'resume_point', cursor });
  }

  toolCall(piece: ToolCallPiece): void {
    const events: ContentEvent[] = [];
    const taken = this.#calls.take(piece, this.#nowMs, events);
    this.#report(...events);
    if (!taken) this.fail('upstream_malformed');
  }

  /** Counts may be repeated while they grow: the last ones hold. */
  usage(usage: Usage | null): void {
    if (usage !== null) this.#usage = usage;
  }

  /** The upstream's finish reason; the end itself waits for `[DONE]` or the close, usage comes in between. */
  finish(word: string): void {
    // The longer word is DeepSeek's for an answer that it broke off itself.
    if (word === 'error' || word === 'insufficient_system_resource') this.fail('upstream_failed');
    else this.#reason = reasonOf(word);
  }

  /** `[DONE]`: complete, also for upstreams that never tell a reason. */
  done(): void {
    if (this.#ended) return;
    if (this.#needsReason && !this.finished) {
      this.fail('upstream_failed');
      return;
    }
    if (this.#tags !== null) this.#split(this.#tags.rest());
    const events: ContentEvent[] = [];
    const allNamed = this.#calls.end(events);
    if (!allNamed) {
      this.fail('upstream_malformed');
      return;
    }
    this.#report(...events, { type: 'finish', reason: this.#finalReason(), usage: this.#usage });
    this.#ended = true;
  }

  fail(code: FailureCode): void {
    this.#report({ type: 'failure', code });
    this.#ended = true;
  }

  /** The rest of an upstream's event that holds an end is not read any more. */
  #report(...events: readonly DecodedEvent[]): void {
    if (!this.#ended) this.#events.push(...events);
  }

  #say(text: string): void {
    if (text !== '' && !this.#ended) this.#events.push({ type: 'text_delta', text });
  }

  #split({ thinking, text }: { readonly thinking: string; readonly text: string }): void {
    this.thinking(thinking);
    this.#say(text);
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
    case 'model_length':
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
