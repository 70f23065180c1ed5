// A canonical request → the body of a Responses call. What only steers sampling and has no field here (`seed`,
// penalties, `logit_bias`, `prediction`, log probabilities, the names of users) is dropped.

import type { ChatRequest } from '../../protocol/chat-request.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../protocol/json.ts';
import { arrayField, objectField } from '../json-fields.ts';
import { toInput } from './to-input.ts';

/** Models that do not reason refuse every field about it. */
const REASONS_NOT = /^(?:gpt-[34]|chatgpt)|-chat\b/;

/** The smallest limit that the API takes. */
const MIN_OUTPUT_TOKENS = 16;

const PARAMETERS = ['temperature', 'top_p', 'parallel_tool_calls'];

export function toResponseBody(request: ChatRequest, model: string, isBackground: boolean): JsonObject {
  const { tools, toolChoice, maxOutputTokens, cacheScope, parameters } = request;
  return {
    ...Object.fromEntries(Object.entries(parameters).filter(([name]) => PARAMETERS.includes(name))),
    model,
    ...toInput(request.messages),
    stream: true,
    store: isBackground,
    ...(isBackground ? { background: true } : {}),
    ...(maxOutputTokens === null ? {} : { max_output_tokens: Math.max(maxOutputTokens, MIN_OUTPUT_TOKENS) }),
    ...(tools.length === 0 ? {} : { tools: tools.map(toTool) }),
    ...(toolChoice === undefined || tools.length === 0 ? {} : { tool_choice: toToolChoice(toolChoice) }),
    ...textFields(request),
    ...(REASONS_NOT.test(model) ? {} : reasoningFields(parameters)),
    ...(cacheScope === undefined ? {} : { prompt_cache_key: cacheScope, safety_identifier: cacheScope }),
  };
}

function reasoningFields({ reasoning_effort: effort }: JsonObject): JsonObject {
  const reasoning = { ...(effort === undefined ? {} : { effort }), summary: 'auto' };
  return { reasoning, include: ['reasoning.encrypted_content'] };
}

/** Chat completions wrap a function with its kind; and they are lenient about a schema unless told otherwise. */
function toTool(tool: JsonObject): JsonObject {
  return { type: 'function', parameters: null, strict: false, ...(objectField(tool, 'function') ?? tool) };
}

function toToolChoice(choice: JsonValue): JsonValue {
  if (!isJsonObject(choice)) return choice;
  const named = objectField(choice, 'function');
  if (named !== null) return { type: 'function', ...named };
  const allowed = objectField(choice, 'allowed_tools');
  if (allowed === null) return choice;
  const tools = arrayField(allowed, 'tools').filter(isJsonObject);
  return {
    type: 'allowed_tools',
    ...allowed,
    tools: tools.map((tool) => ({ type: 'function', ...(objectField(tool, 'function') ?? tool) })),
  };
}

function textFields({ responseFormat, parameters: { verbosity } }: ChatRequest): JsonObject {
  if (responseFormat === undefined && verbosity === undefined) return {};
  const schema = responseFormat === undefined ? null : objectField(responseFormat, 'json_schema');
  const format = schema === null ? responseFormat : { ...schema, type: 'json_schema' };
  return {
    text: { ...(format === undefined ? {} : { format }), ...(verbosity === undefined ? {} : { verbosity }) },
  };
}
