// By what a conversation is recognised that the client did not name: the ids of its tool calls, which no two
// conversations share. The first one stays through the whole history, the last one through the current loop.

import type { ChatMessage } from '../../protocol/chat-request.ts';

/** Shorter ids (`call_0`, `1`) are counters of small servers, the same in every conversation. */
const LEAST_ID_LENGTH = 12;

/** At most two marks; `[]` for a history without tool calls. The caller joins them to the tenant and hashes them. */
export function conversationMarks(messages: readonly ChatMessage[]): readonly string[] {
  const first = callIds(messages.find(hasOwnId));
  const last = callIds(messages.findLast(hasOwnId));
  return [...new Set([...first.slice(0, 1), ...last.slice(-1)])];
}

function hasOwnId(message: ChatMessage): boolean {
  return callIds(message).length > 0;
}

function callIds(message: ChatMessage | undefined): readonly string[] {
  if (message?.role !== 'assistant') return [];
  return message.toolCalls.map((call) => call.id).filter((id) => id.length >= LEAST_ID_LENGTH);
}
