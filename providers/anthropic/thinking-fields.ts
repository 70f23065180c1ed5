// How hard the model thinks, and the sampling that goes with it. Two generations of models take different fields:
// up to Claude 4.6 a budget of tokens, temperature and top_p; the later ones an effort, and no sampling at all.
// Other makers' models behind this dialect are spoken to like the older generation, which is the one they copied.

import type { JsonObject } from '../../protocol/json.ts';
import { isThinking } from './thinking-parts.ts';
import type { Turn } from './to-turns.ts';

type ThinkingScope = {
  readonly model: string;
  readonly parameters: JsonObject;
  readonly maxTokens: number;
  readonly turns: readonly Turn[];
  /** False where the API refuses thinking: beside a prefill or a forced tool. */
  readonly mayThink: boolean;
};

type ThinkingFields = {
  readonly thinking?: JsonObject;
  readonly effort?: string;
  readonly temperature?: number;
  readonly top_p?: number;
};

/** Claude's models whose names do not say that they are 4.6 or older. */
const TAKES_EFFORT = /claude-(?![23]\b|[a-z]+-4(?:-[0-6])?(?:-20\d{6})?$)/;

/** These refuse to be told not to. */
const ALWAYS_THINKS = /fable|mythos/;

/** Tokens by OpenAI's word. The API takes no fewer than the least of them. */
const BUDGETS = new Map<unknown, number>([
  ['minimal', 1024],
  ['low', 2048],
  ['medium', 8192],
  ['high', 16_384],
  ['xhigh', 32_768],
  ['max', 32_768],
]);
const LEAST_BUDGET = 1024;

export function thinkingFields(scope: ThinkingScope): ThinkingFields {
  return TAKES_EFFORT.test(scope.model) ? effortFields(scope) : budgetFields(scope);
}

function effortFields(scope: ThinkingScope): ThinkingFields {
  const asked = scope.parameters['reasoning_effort'];
  const thinking = adaptiveThinking(scope);
  return {
    ...(typeof asked === 'string' && BUDGETS.has(asked)
      ? { effort: asked === 'minimal' ? 'low' : asked }
      : {}),
    ...(thinking === null ? {} : { thinking }),
  };
}

/** Null: as is the model's habit. Some of them think unless they are told not to. */
function adaptiveThinking({ model, parameters, mayThink }: ThinkingScope): JsonObject | null {
  const asked = parameters['reasoning_effort'];
  if (!mayThink || asked === 'none') return ALWAYS_THINKS.test(model) ? null : { type: 'disabled' };
  // Without `display` these models send the signature of their thinking, but not its text.
  return BUDGETS.has(asked) ? { type: 'adaptive', display: 'summarized' } : null;
}

function budgetFields({ parameters, maxTokens, turns, mayThink }: ThinkingScope): ThinkingFields {
  const asked = BUDGETS.get(parameters['reasoning_effort']) ?? 0;
  // The budget is part of max_tokens: at least half of it stays for the answer.
  const budget = Math.min(asked, Math.floor(maxTokens / 2));
  if (mayThink && budget >= LEAST_BUDGET && !awaitsThinking(turns)) {
    return { thinking: { type: 'enabled', budget_tokens: budget } }; // and no sampling: the API refuses both at once
  }
  const { temperature, top_p: topP } = parameters;
  // OpenAI's range goes up to 2. The newest of these models refuse both fields in one request: the first one wins.
  if (typeof temperature === 'number') return { temperature: Math.min(1, temperature) };
  return typeof topP === 'number' ? { top_p: topP } : {};
}

/** A model that thinks must find its own thinking before tool calls whose results it gets; another model's has none. */
function awaitsThinking(turns: readonly Turn[]): boolean {
  const isResult = turns.at(-1)?.content[0]?.['type'] === 'tool_result';
  return isResult && !isThinking(turns.at(-2)?.content[0]);
}
