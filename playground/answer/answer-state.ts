// Everything a page shows of one answer, as a fold over the events of its stream. Pure: the clock comes as an argument.
// The text only grows, except after a reset; `revision` says so to whoever has already drawn it.

import type { ApiProblem } from '../../web/api-client.ts';
import type { Connection } from '../stream/connection.ts';
import { NOTHING_COUNTED, type SequenceCount } from '../stream/sequence-count.ts';
import type {
  DoneEvent,
  ErrorEvent,
  RouteEvent,
  StreamEvent,
  Tier,
  ToolEvent,
} from '../stream/wire-events.ts';

export type ToolCall = {
  readonly index: number;
  readonly name: string;
  readonly args: string;
  /** All arguments are there. */
  readonly isWhole: boolean;
};

export type AnswerEnd =
  | { readonly type: 'done'; readonly event: DoneEvent }
  | { readonly type: 'failed'; readonly event: ErrorEvent }
  /** Before it began, or because the stream cannot be read any more. */
  | { readonly type: 'refused'; readonly problem: ApiProblem }
  /** The person left before the server had said where the stream is, or left one that cannot be read again. */
  | { readonly type: 'left' };

export type AnswerState = {
  /** What an earlier answer had said already when this one goes on with it; part of `text`. */
  readonly prefix: string;
  readonly text: string;
  readonly revision: number;
  readonly thinking: string;
  readonly tools: readonly ToolCall[];
  /** Sentences for a person who waits, oldest first. */
  readonly notes: readonly string[];
  readonly route: RouteEvent | null;
  /** Who answers now; after a failover not who was decided on. */
  readonly model: { readonly tier: Tier; readonly id: string } | null;
  readonly askedMs: number;
  readonly firstTokenMs: number | null;
  readonly newestMs: number | null;
  readonly end: AnswerEnd | null;
  readonly connection: Connection;
  readonly count: SequenceCount;
  readonly renderLagMs: number | null;
};

export function newAnswer(askedMs: number, prefix: string): AnswerState {
  return {
    prefix,
    text: prefix,
    revision: 0,
    thinking: '',
    tools: [],
    notes: [],
    route: null,
    model: null,
    askedMs,
    firstTokenMs: null,
    newestMs: null,
    end: null,
    connection: { type: 'none' },
    count: NOTHING_COUNTED,
    renderLagMs: null,
  };
}

export function applyEvent(state: AnswerState, event: StreamEvent, nowMs: number): AnswerState {
  switch (event.type) {
    case 'route':
      return { ...state, route: event, model: { tier: event.tier, id: event.model } };
    case 'route_changed':
      return { ...state, model: { tier: event.tier, id: event.model } };
    case 'status':
      return withNote(state, event.message);
    case 'text_delta':
      return { ...timed(state, nowMs), text: state.text + event.text };
    case 'thinking':
      return { ...timed(state, nowMs), thinking: state.thinking + event.text };
    case 'thinking_part':
      return state;
    case 'tool_start':
    case 'tool_delta':
    case 'tool_end':
      return { ...timed(state, nowMs), tools: toolsAfter(state.tools, event) };
    case 'done':
      return { ...state, end: { type: 'done', event } };
    case 'error':
      return { ...state, end: { type: 'failed', event } };
    default:
      return state; // of a newer server, met by a page that was open before it
  }
}

/** The text that survived at the server, and nothing that this page had beyond it. */
export function applyReset(state: AnswerState, survivingText: string): AnswerState {
  const text = state.prefix + survivingText;
  const note = 'A part of the answer was lost in a restart of the server. It was taken back, and comes anew.';
  return withNote({ ...state, text, revision: state.revision + 1 }, note);
}

export function withNote(state: AnswerState, note: string): AnswerState {
  return { ...state, notes: [...state.notes, note] };
}

/** Tokens after the first, over the time they took; null while nothing can be said. */
export function tokensPerSecond({ end, firstTokenMs, newestMs }: AnswerState): number | null {
  if (end?.type !== 'done' || firstTokenMs === null || newestMs === null) return null;
  const { timing, usage } = end.event;
  // The server's own clock, where it told it: a connection that was cut says nothing of the model's speed.
  const ms =
    timing.first_token_ms === null ? newestMs - firstTokenMs : timing.total_ms - timing.first_token_ms;
  return ms > 0 && usage.output_tokens > 1 ? ((usage.output_tokens - 1) * 1_000) / ms : null;
}

function timed(state: AnswerState, nowMs: number): AnswerState {
  return { ...state, firstTokenMs: state.firstTokenMs ?? nowMs, newestMs: nowMs };
}

function toolsAfter(tools: readonly ToolCall[], event: ToolEvent): readonly ToolCall[] {
  const { index } = event;
  if (event.type === 'tool_start') {
    return [...tools, { index, name: event.tool, args: event.args, isWhole: false }];
  }
  return tools.map((tool) => {
    if (tool.index !== index) return tool;
    return event.type === 'tool_delta'
      ? { ...tool, args: tool.args + event.args }
      : { ...tool, isWhole: true };
  });
}
