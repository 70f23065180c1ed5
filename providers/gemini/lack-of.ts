// What of a request Gemini has no form for. Such a request goes to another model instead of losing its meaning.

import { textOf, THINKING_PART_TYPES, type ChatRequest } from '../../protocol/chat-request.ts';
import { isJsonObject } from '../../protocol/json.ts';
import { toContents } from './contents.ts';
import { stopSequences } from './generation-config.ts';
import { toMediaPart } from './media-part.ts';

/** The API's own limit. */
const MAX_STOPS = 5;

export function lackOf(request: ChatRequest): string | null {
  const { toolChoice } = request;
  if (stopSequences(request.parameters).length > MAX_STOPS) return `more than ${MAX_STOPS} stop sequences`;
  if (isJsonObject(toolChoice) && toolChoice['type'] !== 'function') return 'this form of tool_choice';
  for (const part of request.messages.flatMap(({ content }) => content)) {
    if (part.type === 'text' || toMediaPart(part) !== null) continue;
    if (part.type === 'image') return 'images in data URLs without base64';
    const type = part.raw['type'];
    if (!THINKING_PART_TYPES.has(type)) return `message parts such as this "${String(type).slice(0, 40)}"`;
  }
  const says = request.messages.some(({ role, content }) => role === 'system' && textOf(content) !== '');
  return says || toContents(request.messages, false).length > 0 ? null : 'a conversation without a word';
}
