// What Anthropic's API cannot express and must not be dropped silently: the answer would not be what was asked for.

import type { ChatMessage, ChatRequest } from '../../protocol/chat-request.ts';
import { isJsonObject } from '../../protocol/json.ts';
import { schemaOf, toStops } from './to-body.ts';
import { toBlock } from './to-block.ts';
import { toConversation } from './to-turns.ts';

export function lacks(request: ChatRequest): string | null {
  const { messages, responseFormat, toolChoice, continues, parameters } = request;
  if (messages.some(hasForeignPart)) return 'parts other than text, PNG, JPEG, GIF, WebP and inline PDF';
  if (isJsonObject(toolChoice) && toolChoice['type'] !== 'function') return 'this type of tool_choice';
  if (responseFormat !== undefined && schemaOf(responseFormat) === null) {
    return 'a response_format without a schema: send "json_schema"';
  }
  if (toStops(parameters['stop']).some((stop) => String(stop).trim() === '')) return 'a blank stop sequence';
  // As it is sent: what is blank is left out.
  const last = toConversation(request).turns.at(-1)?.role;
  const answers = last === 'user' || (last === 'assistant' && continues === true);
  return answers ? null : 'a conversation without a message to answer at its end';
}

/** In an answer of the history only thinking is foreign, and that of other models is dropped. */
function hasForeignPart({ role, content }: ChatMessage): boolean {
  return role !== 'assistant' && content.some((part) => part.type !== 'text' && !isExpressed(part));
}

function isExpressed(part: ChatMessage['content'][number]): boolean {
  const type = toBlock(part)?.['type'];
  return type === 'image' || type === 'document';
}
