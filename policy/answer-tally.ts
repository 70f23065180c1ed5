// Keeps the account of one answer and decides its end: an empty answer, an answer over the limit and
// an upstream that failed become an `error`, never a clean end; usage is always there, estimated if need be.

import { totalUsage, type AnswerAccount } from '../protocol/answer-account.ts';
import { failureEvent } from '../protocol/errors.ts';
import {
  isContent,
  type ContentEvent,
  type FailureCode,
  type StreamEvent,
  type TerminalEvent,
} from '../protocol/events.ts';
import type { TokenPrice } from '../protocol/plan.ts';
import type { AnswerEvent, UpstreamEnd } from '../protocol/upstream-event.ts';
import { toNanoUsd, toUsd } from './money/usd.ts';
import { costOf } from './usage-cost.ts';

export type TallyOptions = {
  readonly acceptedMs: number;
  /** Limit of the answer in UTF-16 units of text and tool arguments. */
  readonly maxUnits: number;
  /** What the answer used so far. */
  readonly account: () => AnswerAccount;
  /** By model id. */
  readonly prices: Readonly<Record<string, TokenPrice>>;
  /** The answer is repeated, not generated. */
  readonly isCached: boolean;
};

export class AnswerTally {
  readonly #options: TallyOptions;
  #hasContent = false;
  #firstContentMs: number | null = null;
  #units = 0;

  constructor(options: TallyOptions) {
    this.#options = options;
  }

  /** True once something was produced that a user can see. */
  get hasContent(): boolean {
    return this.#hasContent;
  }

  /** Events of this answer that were sent before a restart; when they came is not known any more. */
  countEarlier(events: Iterable<StreamEvent>): void {
    for (const event of events) {
      this.#units += unitsOf(event);
      if (isContent(event)) this.#hasContent = true;
    }
  }

  /** Turns what the upstream sent into log events; after a terminal event nothing more may be taken. */
  take(decoded: readonly AnswerEvent[], nowMs: number): readonly StreamEvent[] {
    const events: StreamEvent[] = [];
    for (const event of decoded) {
      if (event.type === 'finish' || event.type === 'failure') {
        events.push(this.#end(event, nowMs));
        return events;
      }
      if (event.type === 'logprobs' || event.type === 'resume_point') continue; // no client sees them
      if (event.type !== 'status' && event.type !== 'route_changed') this.#count(event, nowMs);
      if (this.#units > this.#options.maxUnits) {
        events.push(this.failed('answer_too_large'));
        return events;
      }
      if (!isEmptyDelta(event)) events.push(event);
    }
    return events;
  }

  failed(code: FailureCode): TerminalEvent {
    return failureEvent(code, this.#hasContent);
  }

  /** Somebody stopped the generation: what was produced stays and is a proper end. */
  stopped(nowMs: number): TerminalEvent {
    return this.#done('stopped', nowMs);
  }

  #end(end: UpstreamEnd, nowMs: number): TerminalEvent {
    if (end.type === 'failure') return this.failed(end.code);
    // A model that was cut by its own filter or limit before the first word has still answered.
    if (!this.#hasContent && end.reason === 'stop') return this.failed('upstream_empty');
    return this.#done(end.reason, nowMs);
  }

  #done(
    reason: 'stopped' | Extract<UpstreamEnd, { type: 'finish' }>['reason'],
    nowMs: number,
  ): TerminalEvent {
    const { acceptedMs, isCached } = this.#options;
    const first = this.#firstContentMs;
    const timing = {
      first_token_ms: first === null ? null : first - acceptedMs,
      total_ms: nowMs - acceptedMs,
    };
    const cached = isCached ? ({ cached: true } as const) : {};
    return { type: 'done', finish_reason: reason, ...this.#usage(), timing, ...cached };
  }

  #usage(): Pick<Extract<TerminalEvent, { type: 'done' }>, 'usage' | 'usage_total' | 'cost_usd'> {
    const { account, prices } = this.#options;
    const used = account();
    const others = used.calls.length > 1 ? { usage_total: totalUsage(used) } : {};
    const exact = costOf(used.calls, prices);
    const cost = exact === null ? {} : { cost_usd: toUsd(toNanoUsd(exact)) }; // people read it
    return { usage: used.usage, ...others, ...cost };
  }

  #count(event: ContentEvent, nowMs: number): void {
    this.#units += unitsOf(event);
    // After a restart the first token is one of before, and nobody knows when it came.
    if (!isContent(event) || this.#hasContent) return;
    this.#hasContent = true;
    this.#firstContentMs = nowMs;
  }
}

/** UTF-16 units that an event adds to the answer. */
function unitsOf(event: StreamEvent): number {
  switch (event.type) {
    case 'text_delta':
    case 'thinking':
      return event.text.length;
    case 'tool_delta':
    case 'tool_start':
      return event.args.length;
    case 'thinking_part':
    case 'tool_end':
    case 'route':
    case 'route_changed':
    case 'status':
    case 'done':
    case 'error':
      return 0;
  }
}

function isEmptyDelta(event: StreamEvent | AnswerEvent): boolean {
  return (event.type === 'text_delta' || event.type === 'thinking') && event.text === '';
}
