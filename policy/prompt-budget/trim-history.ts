// Which messages of a history are left out so that the rest fits. Whole turns go, oldest first: a turn is what the
// person said (one message or several in a row) and everything that followed. System messages stay, wherever they
// stand, and so does the last turn with all its tool calls: a model that forgets what it just did does it again.
// Invariant: what stays fits; a tool's result never stays without its call, nor a call without its result; nothing is
// left out of a history that fits.

import type { ChatMessage } from '../../protocol/chat-request.ts';

export type HistoryBudget = {
  readonly messages: readonly ChatMessage[];
  readonly tokensOf: (message: ChatMessage) => number;
  readonly contextTokens: number;
  /** For everything beside the messages: tools, schema and the answer. */
  readonly reserveTokens: number;
};

/** Indices into `messages`, ascending, and what they add up to. */
export type LeftOut = { readonly indices: readonly number[]; readonly tokens: number };

/** Tokens are estimated, so a history that must be cut is cut to a tenth below the limit where that is possible. */
const SHARE_AIMED_AT = 0.9;

/** Null: it cannot fit, whatever is left out. */
export function leavesOut(budget: HistoryBudget): LeftOut | null {
  const { messages, tokensOf, contextTokens, reserveTokens } = budget;
  const costs = messages.map(tokensOf);
  const whole = costs.reduce((sum, cost) => sum + cost, reserveTokens);
  if (whole <= contextTokens) return { indices: [], tokens: 0 };
  const indices: number[] = [];
  let found: LeftOut | null = null;
  let tokens = 0;
  let from = 0;
  for (const cut of cutsOf(messages)) {
    for (; from < cut; from++) {
      if (messages[from]?.role === 'system') continue;
      indices.push(from);
      tokens += costs[from] ?? 0;
    }
    if (whole - tokens <= contextTokens) found = { indices: [...indices], tokens };
    if (whole - tokens <= contextTokens * SHARE_AIMED_AT) break;
  }
  return found;
}

/** Where the history may begin: at the first message of a turn, with no tool call waiting for its result there. */
function cutsOf(messages: readonly ChatMessage[]): readonly number[] {
  const spoken = messages.map(({ role }, index) => ({ role, index })).filter(({ role }) => role !== 'system');
  const starts = spoken.filter(
    ({ role }, at) => at > 0 && role === 'user' && spoken[at - 1]?.role !== 'user',
  );
  const bridges = bridgesOf(messages);
  return starts
    .map((start) => start.index)
    .filter((cut) => bridges.every(({ call, result }) => cut <= call || cut > result));
}

/** Each tool result with the call it answers; small servers use an id again, so the call is the latest before it. */
function bridgesOf(messages: readonly ChatMessage[]): readonly { call: number; result: number }[] {
  const calls = new Map<string, number>();
  return messages.flatMap((message, index) => {
    if (message.role === 'assistant') for (const { id } of message.toolCalls) calls.set(id, index);
    const call = message.role === 'tool' ? calls.get(message.toolCallId) : undefined;
    return call === undefined ? [] : [{ call, result: index }];
  });
}
