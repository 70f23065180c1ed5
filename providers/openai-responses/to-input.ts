// Canonical messages → the items of a Responses call. Thinking of an earlier turn goes back as the item it came in,
// when it came from here and holds its encrypted content; other thinking is left out, this API reads only its own.

import type { ChatMessage, ChatRequest, ContentPart } from '../../protocol/chat-request.ts';
import { textOf, THINKING_PART_TYPES } from '../../protocol/chat-request.ts';
import type { JsonObject, JsonValue } from '../../protocol/json.ts';
import { withIdsUpTo } from '../chat-messages.ts';
import { objectField, textField } from '../json-fields.ts';

/** Whose thinking it is, in OpenRouter's names for it. */
export const THINKING_FORMAT = 'openai-responses-v1';

export function lackingIn({ messages, parameters }: ChatRequest): string | null {
  if (parameters['stop'] !== undefined) return 'stop sequences';
  const parts = messages.flatMap(({ content }): readonly ContentPart[] => content);
  const isUnknown = (part: ContentPart): boolean =>
    part.type === 'opaque' && !THINKING_PART_TYPES.has(part.raw['type']) && !isFile(part.raw);
  return parts.some(isUnknown) ? 'audio and other parts than text, images and files' : null;
}

/** Longer ids of calls are refused. */
const MAX_ID_LENGTH = 64;

/** System messages before the first other one are the instructions; later ones, and such alone, keep their place. */
export function toInput(messages: readonly ChatMessage[]): JsonObject {
  const start = messages.findIndex(({ role }) => role !== 'system');
  const leading = messages.slice(0, Math.max(0, start));
  const input = withIdsUpTo(MAX_ID_LENGTH, messages.slice(leading.length)).flatMap(toItems);
  if (leading.length === 0) return { input };
  return { instructions: leading.map(({ content }) => textOf(content)).join('\n\n'), input };
}

function toItems(message: ChatMessage): readonly JsonObject[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'developer', content: textOf(message.content) }];
    case 'user':
      return [{ role: 'user', content: toContent(message.content) }];
    case 'tool':
      return [{ type: 'function_call_output', call_id: message.toolCallId, output: textOf(message.content) }];
    case 'assistant': {
      const text = textOf(message.content);
      const calls = message.toolCalls.map(({ id, name, args }) => ({
        type: 'function_call',
        call_id: id,
        name,
        arguments: args,
      }));
      const said = text === '' ? [] : [{ role: 'assistant', content: text }];
      const items = [...said, ...calls];
      // Thinking is refused without what it led to.
      return items.length === 0 ? items : [...toReasoning(message.content), ...items];
    }
  }
}

function toContent(content: readonly ContentPart[]): JsonValue {
  const [first, ...rest] = content;
  return first?.type === 'text' && rest.length === 0 ? first.text : content.flatMap(toPart);
}

function toPart(part: ContentPart): readonly JsonObject[] {
  switch (part.type) {
    case 'text':
      return [{ type: 'input_text', text: part.text }];
    case 'image':
      return [{ type: 'input_image', image_url: part.url, detail: part.detail ?? 'auto' }];
    case 'opaque':
      return isFile(part.raw) ? [{ ...(objectField(part.raw, 'file') ?? part.raw), type: 'input_file' }] : [];
  }
}

/** OpenAI's part of chat completions, or of this API itself. */
function isFile({ type }: JsonObject): boolean {
  return type === 'file' || type === 'input_file';
}

/** One item for each id; without its encrypted content OpenAI would look for it among what it stored, in vain. */
function toReasoning(content: readonly ContentPart[]): readonly JsonObject[] {
  const ours = content.flatMap((part) =>
    part.type === 'opaque' && part.raw['format'] === THINKING_FORMAT ? [part.raw] : [],
  );
  const sealed = ours.filter(({ type }) => type === 'reasoning.encrypted');
  return sealed.map((part) => ({
    type: 'reasoning',
    id: textField(part, 'id'),
    summary: ours
      .filter(({ type, id }) => type === 'reasoning.summary' && id === part['id'])
      .map((piece) => ({ type: 'summary_text', text: textField(piece, 'summary') })),
    encrypted_content: textField(part, 'data'),
  }));
}
