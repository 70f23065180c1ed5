// The typed events of one generation, as they stand in the replay log.
// Invariant: a log is `route` first, then any non-terminal events, then exactly one terminal
// event (`done` | `error`), and nothing after it. Every wire format is a pure fold over this log.

import type { JsonObject } from './json.ts';
import type { DecisionStage, RouteSignal, RouteTarget, Tier } from './route.ts';
import type { Usage } from './usage.ts';

/** Which tier answers and why; always the first event of a log. */
export type RouteEvent = {
  readonly type: 'route';
  readonly tier: Tier;
  /** The configured model id, never the upstream's own name for it. */
  readonly model: string;
  /** P(the edge tier is good enough), 0..1; null when a gate decided before the classifier. */
  readonly probability: number | null;
  readonly reasons: readonly string[];
  readonly stage: DecisionStage;
  readonly threshold: number;
  readonly target: RouteTarget;
  readonly signals: readonly RouteSignal[];
  readonly rule: string | null;
  readonly policy_version: string;
  readonly counterfactual: string | null;
  readonly propensity: number;
  readonly arms: readonly RouteArmFields[];
  /** What the check of the edge draft found; null when none was made. */
  readonly answer_check: { readonly mode: string; readonly verdict: string; readonly held_ms: number } | null;
};

/** A `RouteArm` in the names of the wire. */
export type RouteArmFields = {
  readonly tier: Tier;
  readonly model: string;
  readonly estimated_cost_usd: number;
  readonly first_token_ms: number | null;
};

/**
 * What goes on behind the answer, for a person who waits. `failover`: another model was asked before the first word.
 * `continued`: the upstream was lost in mid-answer, and the answer goes on after what was already sent.
 */
export type StatusEvent = {
  readonly type: 'status';
  readonly phase: 'failover' | 'continued';
  readonly message: string;
};

/** From here on another model answers than the one named so far, by `route` or by an earlier event of this type. */
export type RouteChangedEvent = {
  readonly type: 'route_changed';
  readonly tier: Tier;
  /** The configured model id. */
  readonly model: string;
  /** `hedge`: it was asked as well because the first was late, and was faster. */
  readonly reason: 'failover' | 'hedge' | 'continued';
  /** What happened to the model before it; null for a hedge, and after a restart of this router. */
  readonly failure: FailureCode | null;
};

export type TextDeltaEvent = { readonly type: 'text_delta'; readonly text: string };
export type ThinkingEvent = { readonly type: 'thinking'; readonly text: string };

/**
 * One whole block of thinking in the form in which its provider takes it back: text and signature, or ciphertext.
 * `part` is one of OpenRouter's `reasoning_details`: `type` (`reasoning.text` | `reasoning.summary` |
 * `reasoning.encrypted`), `format` (whose it is), and `text`, `signature`, `data`, `id` as the type has them. Byte-exact:
 * a signature covers the text. It shows nobody anything; clients send it back in the next turn.
 */
export type ThinkingPartEvent = { readonly type: 'thinking_part'; readonly part: JsonObject };

/** The model asks the client to run a tool. `index` is dense and 0-based within the generation. */
export type ToolStartEvent = {
  readonly type: 'tool_start';
  readonly index: number;
  readonly id: string;
  readonly tool: string;
  /** Arguments known at the start: JSON text, usually "" with the rest following as `tool_delta`. */
  readonly args: string;
  readonly status: 'executing';
};
/** The next piece of a tool call's JSON arguments; pieces concatenate to the whole text. */
export type ToolDeltaEvent = { readonly type: 'tool_delta'; readonly index: number; readonly args: string };
/** The arguments of a tool call are complete. `result` is null: the client runs the tool. */
export type ToolEndEvent = {
  readonly type: 'tool_end';
  readonly index: number;
  readonly result: null;
  readonly duration_ms: number;
};

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'stopped';

export type Timing = {
  /** Milliseconds from accepting the request to the first content event; null when there was none. */
  readonly first_token_ms: number | null;
  /** Milliseconds from accepting the request to the terminal event. */
  readonly total_ms: number;
};

/** The generation ended as it should: the model finished, or somebody stopped it (`stopped`). */
export type DoneEvent = {
  readonly type: 'done';
  readonly finish_reason: FinishReason;
  /** Of the answer that was shown. */
  readonly usage: Usage;
  /** Of every call made for it, when there were others: a draft that was not shown, a second opinion. */
  readonly usage_total?: Usage;
  readonly timing: Timing;
  /** US dollars of every call made for it, by the configured prices; left out when no price is configured. */
  readonly cost_usd?: number;
  /** The answer was not generated but repeated from the cache; usage and timing of the model are the original's. */
  readonly cached?: true;
};

/** Why a generation failed after it was accepted. Closed set; clients may switch on it. */
export type FailureCode =
  | 'upstream_unreachable'
  | 'upstream_timeout'
  | 'upstream_rejected'
  | 'upstream_denied'
  | 'upstream_rate_limited'
  | 'upstream_failed'
  | 'upstream_empty'
  | 'upstream_malformed'
  | 'answer_too_large'
  | 'interrupted'
  | 'internal';

/** The generation failed. Typed clients see it as the SSE event `failed` (EventSource owns `error`). */
export type ErrorEvent = {
  readonly type: 'error';
  readonly code: FailureCode;
  /** A safe sentence of ours; never the upstream's text. */
  readonly message: string;
  /** True when sending the same request again may succeed. */
  readonly recoverable: boolean;
  /** True when content was delivered before the failure; it stays valid. */
  readonly partial: boolean;
};

export type ContentEvent =
  | TextDeltaEvent
  | ThinkingEvent
  | ThinkingPartEvent
  | ToolStartEvent
  | ToolDeltaEvent
  | ToolEndEvent;
export type TerminalEvent = DoneEvent | ErrorEvent;
export type StreamEvent = RouteEvent | RouteChangedEvent | StatusEvent | ContentEvent | TerminalEvent;

export function isTerminal(event: StreamEvent): event is TerminalEvent {
  return event.type === 'done' || event.type === 'error';
}

/** True for events that show the user something: they end the wait for the first token. */
export function isContent(event: StreamEvent): event is ContentEvent {
  switch (event.type) {
    case 'text_delta':
    case 'thinking':
      return event.text !== '';
    case 'tool_start':
    case 'tool_delta':
    case 'tool_end':
      return true;
    case 'thinking_part':
    case 'route':
    case 'route_changed':
    case 'status':
    case 'done':
    case 'error':
      return false;
  }
}
