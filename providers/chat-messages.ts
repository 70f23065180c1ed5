// Canonical messages → OpenAI's message objects, for every provider that takes them.
// Thinking of earlier turns is left out: the dialect has no field for it, and a model reads only its own.

import { THINKING_PART_TYPES } from '../protocol/chat-request.ts';
import type { ChatMessage, ContentPart, ToolCall } from '../protocol/chat-request.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';

export function toChatMessages(
  messages: readonly ChatMessage[],
  toMessage: (message: ChatMessage) => JsonObject = toChatMessage,
): readonly JsonObject[] {
  return messages.map(withoutThinking).filter(saysSomething).map(toMessage);
}

/** Ids of nine letters and digits, the only ones Mistral's models take. The same id always gets the same. */
export function withNineCharacterIds(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  return withIds(messages, nineCharacters);
}

/** No id longer than a server takes: those of other providers may be. The same id always gets the same. */
export function withIdsUpTo(maxLength: number, messages: readonly ChatMessage[]): readonly ChatMessage[] {
  return withIds(messages, (id) => (id.length <= maxLength ? id : nineCharacters(id)));
}

function withIds(messages: readonly ChatMessage[], rename: (id: string) => string): readonly ChatMessage[] {
  return messages.map((message) => {
    if (message.role === 'tool') return { ...message, toolCallId: rename(message.toolCallId) };
    if (message.role !== 'assistant' || message.toolCalls.length === 0) return message;
    return { ...message, toolCalls: message.toolCalls.map((call) => ({ ...call, id: rename(call.id) })) };
  });
}

/** 36 ** 9: as many as nine letters and digits can tell apart. */
const NINE_CHARACTER_IDS = 101_559_956_668_416;

/** More than any two characters of an id are apart, and small enough that the sums stay exact. */
const RADIX = 83;

function nineCharacters(id: string): string {
  if (/^[A-Za-z0-9]{9}$/.test(id)) return id;
  let hash = 0;
  for (let at = 0; at < id.length; at += 1) hash = (hash * RADIX + id.charCodeAt(at)) % NINE_CHARACTER_IDS;
  return hash.toString(36).padStart(9, '0');
}

function withoutThinking(message: ChatMessage): ChatMessage {
  const isThinking = (part: ContentPart): boolean =>
    part.type === 'opaque' && THINKING_PART_TYPES.has(part.raw['type']);
  if (!message.content.some(isThinking)) return message;
  return { ...message, content: message.content.filter((part) => !isThinking(part)) };
}

/** Servers refuse an assistant message that has neither content nor calls. */
function saysSomething(message: ChatMessage): boolean {
  return message.role !== 'assistant' || message.content.length > 0 || message.toolCalls.length > 0;
}

export function toChatMessage(message: ChatMessage): JsonObject {
  const content = toContent(message.content);
  switch (message.role) {
    case 'system':
      return { role: 'system', content };
    case 'user':
      return message.name === undefined
        ? { role: 'user', content }
        : { role: 'user', content, name: message.name };
    case 'assistant': {
      if (message.toolCalls.length === 0) return { role: 'assistant', content };
      const spoken = message.content.length === 0 ? null : content;
      return { role: 'assistant', content: spoken, tool_calls: message.toolCalls.map(toToolCall) };
    }
    case 'tool':
      return { role: 'tool', tool_call_id: message.toolCallId, content };
  }
}

/** One text is sent as a string: not every compatible server takes arrays. */
function toContent(content: readonly ContentPart[]): JsonValue {
  const [first, ...rest] = content;
  if (first === undefined) return '';
  return first.type === 'text' && rest.length === 0 ? first.text : content.map(toPart);
}

function toPart(part: ContentPart): JsonObject {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image': {
      const { url, detail } = part;
      return { type: 'image_url', image_url: detail === undefined ? { url } : { url, detail } };
    }
    case 'opaque':
      return part.raw;
  }
}

function toToolCall(call: ToolCall): JsonObject {
  return { id: call.id, type: 'function', function: { name: call.name, arguments: call.args } };
}
