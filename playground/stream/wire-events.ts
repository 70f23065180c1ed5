// The typed events of a stream, as docs/protocol.md promises them: the page knows the public API alone.
// Invariant of the wire: `route` first, exactly one `done` or `error` last.

export type Tier = 'edge' | 'cloud';

export type DecisionStage = 'gate' | 'rule' | 'conversation' | 'classifier' | 'exploration' | 'answer_check';

/** + speaks for the edge. */
export type RouteSignal = { readonly name: string; readonly weight: number };

export type RouteArm = {
  readonly tier: Tier;
  readonly model: string;
  readonly estimated_cost_usd: number;
  readonly first_token_ms: number | null;
};

export type RouteEvent = {
  readonly type: 'route';
  readonly tier: Tier;
  readonly model: string;
  /** P(the edge is good enough); null when the classifier was not asked. */
  readonly probability: number | null;
  readonly reasons: readonly string[];
  readonly stage: DecisionStage;
  readonly threshold: number;
  readonly signals: readonly RouteSignal[];
  readonly rule: string | null;
  readonly policy_version: string;
  readonly counterfactual: string | null;
  readonly propensity: number;
  /** The chosen one first. */
  readonly arms: readonly RouteArm[];
  readonly answer_check: { readonly mode: string; readonly verdict: string; readonly held_ms: number } | null;
};

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'stopped';

export type DoneEvent = {
  readonly type: 'done';
  readonly finish_reason: FinishReason;
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number };
  readonly timing: { readonly first_token_ms: number | null; readonly total_ms: number };
  readonly cost_usd?: number;
  readonly cached?: true;
};

/** Named `failed` on the wire. */
export type ErrorEvent = {
  readonly type: 'error';
  readonly code: string;
  readonly message: string;
  readonly recoverable: boolean;
  readonly partial: boolean;
};

export type ToolEvent =
  | { readonly type: 'tool_start'; readonly index: number; readonly tool: string; readonly args: string }
  | { readonly type: 'tool_delta'; readonly index: number; readonly args: string }
  | { readonly type: 'tool_end'; readonly index: number };

export type StreamEvent =
  | RouteEvent
  | { readonly type: 'route_changed'; readonly tier: Tier; readonly model: string }
  | { readonly type: 'text_delta'; readonly text: string }
  | { readonly type: 'thinking'; readonly text: string }
  | { readonly type: 'thinking_part' }
  | ToolEvent
  | { readonly type: 'status'; readonly phase: string; readonly message: string }
  | DoneEvent
  | ErrorEvent;
