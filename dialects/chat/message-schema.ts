// The messages of a chat completion request → canonical messages. Every rule's text is the end of a sentence
// that starts with the field's path, and says what to send instead. Unknown fields are dropped, except inside
// parts that only pass through. It decides nothing about models: what a request needs is looked at elsewhere.

import * as v from 'valibot';
import type { ChatMessage, ContentPart, ToolCall } from '../../protocol/chat-request.ts';
import { THINKING_PART_TYPES } from '../../protocol/chat-request.ts';
import { isJsonObject, type JsonObject } from '../../protocol/json.ts';

const STRING = v.string('must be a string');

/** Names end up in prompts and in error messages of upstreams; OpenAI's own limit is 64. */
const MAX_NAME_LENGTH = 64;

/** A data URL of an image is bounded by the body; a link is not fetched here, the upstream does that. */
const IMAGE_URL = /^(?:https?:\/\/|data:image\/)/i;

const TEXT_PART = v.pipe(
  v.object({ text: STRING }, 'must be an object'),
  v.transform(({ text }): ContentPart => ({ type: 'text', text })),
);

const REFUSAL_PART = v.pipe(
  v.object({ refusal: STRING }, 'must be an object'),
  v.transform(({ refusal }): ContentPart => ({ type: 'text', text: refusal })),
);

const IMAGE_PART = v.pipe(
  v.object(
    {
      image_url: v.object(
        {
          url: v.pipe(STRING, v.regex(IMAGE_URL, 'must be an http(s) URL or a data:image/ URL')),
          detail: v.nullish(STRING),
        },
        'must be an object with a "url"',
      ),
    },
    'must be an object',
  ),
  v.transform(({ image_url }): ContentPart => {
    const image = { type: 'image', url: image_url.url } as const;
    return typeof image_url.detail === 'string' ? { ...image, detail: image_url.detail } : image;
  }),
);

const OPAQUE_PART = v.pipe(
  v.custom<JsonObject>(
    (part) => isJsonObject(part) && typeof part['type'] === 'string',
    'must be an object with a "type", such as {"type":"text","text":"…"}',
  ),
  v.transform((raw): ContentPart => ({ type: 'opaque', raw })),
);

const UNSUPPORTED_PART = v.pipe(
  v.custom<never>(() => false, 'must be a text part: only users send other parts'),
  v.transform((): ContentPart => ({ type: 'text', text: '' })),
);

function partType(part: unknown): unknown {
  return isJsonObject(part) ? part['type'] : undefined;
}

const USER_PART = v.lazy((part) => {
  if (partType(part) === 'text') return TEXT_PART;
  return partType(part) === 'image_url' ? IMAGE_PART : OPAQUE_PART;
});

const PLAIN_PART = v.lazy((part) => {
  if (partType(part) === 'text') return TEXT_PART;
  return partType(part) === 'refusal' ? REFUSAL_PART : UNSUPPORTED_PART;
});

/** A history that another gateway kept may hold thinking: it is taken, and left out of what goes upstream. */
const ASSISTANT_PART = v.lazy((part) => (THINKING_PART_TYPES.has(partType(part)) ? OPAQUE_PART : PLAIN_PART));

const TEXT_CONTENT = v.pipe(
  v.string('must be a string or an array of parts'),
  v.transform((text): readonly ContentPart[] => [{ type: 'text', text }]),
);

const USER_PARTS = v.pipe(v.array(USER_PART), v.minLength(1, 'must not be an empty array'));
const PLAIN_PARTS = v.pipe(v.array(PLAIN_PART), v.minLength(1, 'must not be an empty array'));

const ASSISTANT_PARTS = v.pipe(v.array(ASSISTANT_PART), v.minLength(1, 'must not be an empty array'));

// Chosen by the value, not tried one after the other: a union would report every branch that did not fit.
const USER_CONTENT = v.lazy((content) => (Array.isArray(content) ? USER_PARTS : TEXT_CONTENT));
const PLAIN_CONTENT = v.lazy((content) => (Array.isArray(content) ? PLAIN_PARTS : TEXT_CONTENT));

const ASSISTANT_CONTENT = v.lazy((content) => (Array.isArray(content) ? ASSISTANT_PARTS : TEXT_CONTENT));

const TOOL_CALL = v.pipe(
  v.object(
    {
      id: v.pipe(STRING, v.minLength(1, 'must not be empty')),
      type: v.nullish(v.literal('function', 'must be "function": only function tools are supported')),
      function: v.object(
        { name: v.pipe(STRING, v.minLength(1, 'must not be empty')), arguments: STRING },
        'must be an object with "name" and "arguments"',
      ),
    },
    'must be an object',
  ),
  v.transform((call): ToolCall => ({ id: call.id, name: call.function.name, args: call.function.arguments })),
);

const SYSTEM_MESSAGE = v.pipe(
  v.object({ content: PLAIN_CONTENT }),
  v.transform(({ content }): ChatMessage => ({ role: 'system', content })),
);

const USER_MESSAGE = v.pipe(
  v.object({
    content: USER_CONTENT,
    name: v.nullish(
      v.pipe(STRING, v.maxLength(MAX_NAME_LENGTH, `must be at most ${MAX_NAME_LENGTH} characters`)),
    ),
  }),
  v.transform(({ content, name }): ChatMessage => {
    return typeof name === 'string' ? { role: 'user', content, name } : { role: 'user', content };
  }),
);

const ASSISTANT_MESSAGE = v.pipe(
  v.object({
    content: v.nullish(ASSISTANT_CONTENT),
    reasoning_details: v.nullish(v.array(OPAQUE_PART, 'must be an array')),
    tool_calls: v.nullish(v.array(TOOL_CALL, 'must be an array')),
    function_call: v.nullish(v.custom<never>(() => false, 'is no longer supported: send "tool_calls"')),
  }),
  v.check(
    ({ content, tool_calls }) => Boolean(content ?? tool_calls?.length),
    'must have "content" or "tool_calls"',
  ),
  v.transform(({ content, reasoning_details, tool_calls }): ChatMessage => {
    const thinking = (reasoning_details ?? []).filter(isThinking);
    return { role: 'assistant', content: [...thinking, ...(content ?? [])], toolCalls: tool_calls ?? [] };
  }),
);

const TOOL_MESSAGE = v.pipe(
  v.object({ content: PLAIN_CONTENT, tool_call_id: v.pipe(STRING, v.minLength(1, 'must not be empty')) }),
  v.transform(({ content, tool_call_id }): ChatMessage => ({
    role: 'tool',
    toolCallId: tool_call_id,
    content,
  })),
);

const UNKNOWN_MESSAGE = v.pipe(
  v.object(
    { role: v.custom<never>(() => false, 'must be "system", "developer", "user", "assistant" or "tool"') },
    'must be an object with "role" and "content"',
  ),
  v.transform((): ChatMessage => ({ role: 'system', content: [] })),
);

/** One message of the request. `developer` is OpenAI's newer name of `system`. */
export const MESSAGE = v.lazy((message) => {
  switch (isJsonObject(message) ? message['role'] : undefined) {
    case 'system':
    case 'developer':
      return SYSTEM_MESSAGE;
    case 'user':
      return USER_MESSAGE;
    case 'assistant':
      return ASSISTANT_MESSAGE;
    case 'tool':
      return TOOL_MESSAGE;
    default:
      return UNKNOWN_MESSAGE;
  }
});

/** Details of kinds that no model reads again are not passed on. */
function isThinking(part: ContentPart): boolean {
  return part.type === 'opaque' && THINKING_PART_TYPES.has(part.raw['type']);
}
