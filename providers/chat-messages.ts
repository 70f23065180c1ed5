// Canonical messages → OpenAI's message objects, for every provider that takes them.

import type { ChatMessage, ContentPart, ToolCall } from '../protocol/chat-request.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';

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
