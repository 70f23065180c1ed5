// State in a history that only the provider who made it can read: ids of tool calls in flight, signatures of
// thinking, encrypted reasoning. While it is alive the conversation stays where it is; on a switch it is taken out,
// because another provider refuses what it cannot verify.
// The chat dialect drops such fields of a message when it parses; what is looked for here are opaque parts.

import type { ChatMessage, ChatRequest, ContentPart } from '../../protocol/chat-request.ts';
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

/**
 * The request without thinking that the answering model did not make itself. Tool calls stay: their ids only have
 * to agree with each other.
 * @param keeps - true when the model that made the thinking answers again
 */
export function stripForeignState(request: ChatRequest, keeps: boolean): ChatRequest {
  if (keeps || !request.messages.some((message) => message.content.some(isThinking))) return request;
  const messages = request.messages.map(withoutThinking).filter(saysSomething);
  return { ...request, messages };
}

/** Whether a part is a model's thinking; it asks nothing of the model that answers next. */
export function isThinking(part: ContentPart): boolean {
  return part.type === 'opaque' && THINKING_PART_TYPES.has(part.raw['type']);
}

function withoutThinking(message: ChatMessage): ChatMessage {
  if (!message.content.some(isThinking)) return message;
  return { ...message, content: message.content.filter((part) => !isThinking(part)) };
}

/** Upstreams refuse an assistant message that has neither content nor calls. */
function saysSomething(message: ChatMessage): boolean {
  return message.role !== 'assistant' || message.content.length > 0 || message.toolCalls.length > 0;
}
