// State in a history that only the provider who made it can read: ids of tool calls in flight, signatures of
// thinking, encrypted reasoning. While it is alive the conversation stays where it is. On a switch every provider leaves
// out what it did not make, because it refuses what it cannot verify.

import type { ChatMessage, ContentPart } from '../../protocol/chat-request.ts';
import { THINKING_PART_TYPES } from '../../protocol/chat-request.ts';

export type BoundState = 'none' | 'tool_calls' | 'thinking';

/** @param trailing - the messages after the person's last words: what is older is settled */
export function boundStateOf(trailing: readonly ChatMessage[]): BoundState {
  if (trailing.some((message) => message.role === 'assistant' && message.content.some(isThinking))) {
    return 'thinking';
  }
  const usesTools = trailing.some(
    (message) => message.role === 'tool' || (message.role === 'assistant' && message.toolCalls.length > 0),
  );
  return usesTools ? 'tool_calls' : 'none';
}

/** Whether a part is a model's thinking; it asks nothing of the model that answers next. */
export function isThinking(part: ContentPart): boolean {
  return part.type === 'opaque' && THINKING_PART_TYPES.has(part.raw['type']);
}
