// Keeps the account of one answer and decides its end: an empty answer, an answer over the limit and
// an upstream that failed become an `error`, never a clean end; usage is always there, estimated if need be.

import type { HeldUsage, HiddenCalls } from '../protocol/answer-check.ts';
import { failureEvent } from '../protocol/errors.ts';
import {
  isContent,
  type ContentEvent,
  type FailureCode,
  type StreamEvent,
  type TerminalEvent,
} from '../protocol/events.ts';
import type { DecodedEvent, UpstreamEnd } from '../protocol/upstream-event.ts';
import { addUsage, estimatedUsage, type Usage } from '../protocol/usage.ts';

export type TallyOptions = {
  readonly acceptedMs: number;
  /** Estimate of the input in tokens, for usage when the upstream does not tell it. */
  readonly inputTokens: number;
  /** Limit of the answer in UTF-16 units of text and tool arguments. */
  readonly maxUnits: number;
};

export class AnswerTally {
  readonly #options: TallyOptions;
  #firstContentMs: number | null = null;
  #units = 0;
  #reasoningUnits = 0;
  #hidden: HiddenCalls = [];
  /** What a draft used that was never shown, so that nothing of it was counted here. */
  #held: Usage | null = null;

  constructor(options: TallyOptions) {
    this.#options = options;
  }

  /** True once something was produced that a user can see. */
  get hasContent(): boolean {
    return this.#firstContentMs !== null;
  }

  /** Calls whose answers are not shown: they are no part of the answer, but they were paid for. */
  get hidden(): HiddenCalls {
    return this.#hidden;
  }

  countHidden(hidden: HiddenCalls): void {
    this.#hidden = hidden;
  }

  /** The answer ends while its draft is held back: else whoever leaves in time would draft for nothing. */
  countHeld({ draft, hidden }: HeldUsage): void {
    this.#held = draft;
    this.#hidden = hidden;
  }

  /** The usage of every call, given that of the shown answer. */
  totalWith(shown: Usage): Usage {
    return this.#hidden.reduce((sum, { usage }) => addUsage(sum, usage), shown);
  }

  /** Turns what the upstream sent into log events; after a terminal event nothing more may be taken. */
  take(decoded: readonly DecodedEvent[], nowMs: number): readonly StreamEvent[] {
    const events: StreamEvent[] = [];
    for (const event of decoded) {
      if (event.type === 'finish' || event.type === 'failure') {
        events.push(this.#end(event, nowMs));
        return events;
      }
      if (event.type === 'logprobs') continue; // they judge drafts; no client sees them
      this.#count(event, nowMs);
      if (this.#units > this.#options.maxUnits) {
        events.push(this.failed('answer_too_large'));
        return events;
      }
      if (!isEmptyDelta(event)) events.push(event);
    }
    return events;
  }

  failed(code: FailureCode): TerminalEvent {
    return failureEvent(code, this.hasContent);
  }

  /** Somebody stopped the generation: what was produced stays and is a proper end. */
  stopped(nowMs: number): TerminalEvent {
    return this.#done('stopped', null, nowMs);
  }

  /** What was used so far, by our own count: what a failed answer costs, which no upstream tells. */
  estimate(): Usage {
    if (this.#held !== null) return this.#held;
    const produced = { units: this.#units, reasoningUnits: this.#reasoningUnits };
    return estimatedUsage(this.#options.inputTokens, produced);
  }

  #end(end: UpstreamEnd, nowMs: number): TerminalEvent {
    if (end.type === 'failure') return this.failed(end.code);
    // A model that was cut by its own filter or limit before the first word has still answered.
    if (!this.hasContent && end.reason === 'stop') return this.failed('upstream_empty');
    return this.#done(end.reason, end.usage, nowMs);
  }

  #done(
    reason: 'stopped' | Extract<UpstreamEnd, { type: 'finish' }>['reason'],
    usage: Usage | null,
    nowMs: number,
  ): TerminalEvent {
    const { acceptedMs } = this.#options;
    const first = this.#firstContentMs;
    const timing = {
      first_token_ms: first === null ? null : first - acceptedMs,
      total_ms: nowMs - acceptedMs,
    };
    const shown = usage ?? this.estimate();
    const all = this.#hidden.length === 0 ? {} : { usage_total: this.totalWith(shown) };
    return { type: 'done', finish_reason: reason, usage: shown, ...all, timing };
  }

  #count(event: ContentEvent, nowMs: number): void {
    if (event.type === 'text_delta') this.#units += event.text.length;
    if (event.type === 'thinking') {
      this.#units += event.text.length;
      this.#reasoningUnits += event.text.length;
    }
    if (event.type === 'tool_delta' || event.type === 'tool_start') this.#units += event.args.length;
    if (isContent(event)) this.#firstContentMs ??= nowMs;
  }
}

function isEmptyDelta(event: DecodedEvent): boolean {
  return (event.type === 'text_delta' || event.type === 'thinking') && event.text === '';
}
