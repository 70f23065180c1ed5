// The canonical request → the body of Ollama's `/api/chat`.

import { textOf, type ChatMessage, type ChatRequest } from '../../protocol/chat-request.ts';
import type { JsonObject, JsonValue } from '../../protocol/json.ts';
import { objectField, parseWritable } from '../json-fields.ts';

/** Sampling fields that have the same name and meaning among its `options`. */
const OPTIONS = ['temperature', 'top_p', 'seed', 'stop', 'presence_penalty', 'frequency_penalty'];

export function toLinesBody(request: ChatRequest, model: string): string {
  const { tools, toolChoice, responseFormat: format } = request;
  return JSON.stringify({
    model,
    messages: toMessages(request.messages),
    stream: true,
    options: toOptions(request),
    ...toThink(request.parameters['reasoning_effort']),
    // There is no tool choice: tools that may not be called are left out.
    ...(tools.length === 0 || toolChoice === 'none' ? {} : { tools }),
    ...(format === undefined ? {} : { format: objectField(format, 'json_schema')?.['schema'] ?? 'json' }),
  });
}

function toOptions({ parameters, maxOutputTokens }: ChatRequest): JsonObject {
  const options: Record<string, JsonValue> = {};
  for (const name of OPTIONS) {
    const value = parameters[name];
    if (value !== undefined) options[name] = name === 'stop' && typeof value === 'string' ? [value] : value;
  }
  if (maxOutputTokens !== null) options['num_predict'] = maxOutputTokens;
  return options;
}

/** Three levels of thinking. Without a word of the client the model thinks or not as it does by itself. */
function toThink(effort: JsonValue | undefined): JsonObject {
  if (typeof effort !== 'string') return {};
  if (effort === 'none') return { think: false };
  if (effort === 'minimal') return { think: 'low' };
  return { think: effort === 'xhigh' ? 'high' : effort };
}

/** The data of an image that stands in the request itself; null for a link. */
export function base64Of(url: string): string | null {
  return /^data:[^,]*;base64,(.*)$/is.exec(url)?.[1] ?? null;
}

function toMessages(messages: readonly ChatMessage[]): readonly JsonObject[] {
  const toolNames = new Map<string, string>();
  return messages.map((message) => {
    const { role } = message;
    const content = textOf(message.content);
    if (role === 'tool') {
      const tool_name = toolNames.get(message.toolCallId) ?? message.toolCallId;
      return { role, content, tool_name, tool_call_id: message.toolCallId };
    }
    const images = message.content.flatMap((part) =>
      part.type === 'image' ? (base64Of(part.url) ?? []) : [],
    );
    const spoken = images.length === 0 ? { role, content } : { role, content, images };
    if (role !== 'assistant' || message.toolCalls.length === 0) return spoken;
    const tool_calls = message.toolCalls.map(({ id, name, args }) => {
      toolNames.set(id, name);
      return { id, function: { name, arguments: parseWritable(args) ?? {} } };
    });
    return { ...spoken, tool_calls };
  });
}
