// The request body of Anthropic's Messages API. Always asks for a stream.

import type { ChatRequest } from '../../protocol/chat-request.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../protocol/json.ts';
import { objectField, textField } from '../json-fields.ts';
import { markCacheable } from './mark-cacheable.ts';
import { thinkingFields } from './thinking-fields.ts';
import { toConversation } from './to-turns.ts';

/** The API demands a limit. Every model that is served today gives at least this much. */
const DEFAULT_MAX_TOKENS = 8192;

export function toBody(request: ChatRequest, model: string): JsonObject {
  const conversation = toConversation(request);
  const maxTokens = request.maxOutputTokens ?? DEFAULT_MAX_TOKENS;
  const toolChoice = request.tools.length === 0 ? null : toToolChoice(request);
  const isForced = toolChoice?.['type'] === 'any' || toolChoice?.['type'] === 'tool';
  const { effort, ...thinking } = thinkingFields({
    model,
    parameters: request.parameters,
    maxTokens,
    turns: conversation.turns,
    mayThink: request.continues !== true && !isForced,
  });
  const { tools, system, turns } = markCacheable(request.tools.map(toTool), conversation);
  const stops = toStops(request.parameters['stop']);
  return {
    model,
    max_tokens: maxTokens,
    stream: true,
    ...(system.length === 0 ? {} : { system }),
    messages: turns,
    ...(tools.length === 0 ? {} : { tools }),
    ...(toolChoice === null ? {} : { tool_choice: toolChoice }),
    ...(stops.length === 0 ? {} : { stop_sequences: stops }),
    ...thinking,
    ...toOutputConfig(request, effort),
    ...(request.cacheScope === undefined ? {} : { metadata: { user_id: request.cacheScope } }),
  };
}

/** OpenAI's `stop`: one or several. */
export function toStops(stop: JsonValue | undefined): readonly JsonValue[] {
  if (stop === undefined) return [];
  return Array.isArray(stop) ? stop : [stop];
}

/** The schema of a `json_schema` format; null when there is none. */
export function schemaOf(format: JsonObject): JsonObject | null {
  return objectField(objectField(format, 'json_schema') ?? {}, 'schema');
}

/** A prefill and a format exclude each other; what was begun in the format goes on in it. */
function toOutputConfig({ responseFormat, continues }: ChatRequest, effort: string | undefined): JsonObject {
  const schema = responseFormat === undefined || continues === true ? null : schemaOf(responseFormat);
  if (schema === null && effort === undefined) return {};
  return {
    output_config: {
      ...(effort === undefined ? {} : { effort }),
      ...(schema === null ? {} : { format: { type: 'json_schema', schema } }),
    },
  };
}

function toTool(tool: JsonObject): JsonObject {
  const definition = objectField(tool, 'function') ?? {};
  const { name, description, parameters, strict } = definition;
  return {
    name: name ?? '',
    ...(description === undefined ? {} : { description }),
    // A tool without parameters has no schema in OpenAI's shape; here it must be an object's.
    input_schema: { type: 'object', ...(isJsonObject(parameters) ? parameters : {}) },
    ...(strict === true ? { strict } : {}),
  };
}

/** Null: nothing is said, the model decides. */
function toToolChoice({ toolChoice, parameters, continues }: ChatRequest): JsonObject | null {
  // Forcing a tool is a prefill of its own, and would stand in the way of the one that is sent.
  const asked = continues === true && toolChoice !== 'none' ? 'auto' : (toolChoice ?? 'auto');
  if (asked === 'none') return { type: 'none' };
  const choice = isJsonObject(asked)
    ? { type: 'tool', name: textField(objectField(asked, 'function') ?? {}, 'name') }
    : { type: asked === 'required' ? 'any' : 'auto' };
  if (parameters['parallel_tool_calls'] === false) return { ...choice, disable_parallel_tool_use: true };
  return choice.type === 'auto' ? null : choice;
}
