// Workers AI over its binding. Its older models stream `{"response": "…"}` lines, the newer ones OpenAI's
// chunks; which one a model uses is told by the line, so both are read for every model.

import type { ChatMessage, ChatRequest } from '../../protocol/chat-request.ts';
import { textOf } from '../../protocol/chat-request.ts';
import { isJsonObject, type JsonObject } from '../../protocol/json.ts';
import { ChatDecoder } from '../chat-decoder.ts';
import { toChatMessage, toChatMessages, withNineCharacterIds } from '../chat-messages.ts';
import { bearerHeaders, type Provider } from '../provider.ts';
import { failureOfBinding } from './failure-of-binding.ts';
import { readLine } from './read-line.ts';

/** The binding's own default of 256 tokens would cut most answers in the middle of a sentence. */
const DEFAULT_MAX_TOKENS = 2048;

/** The sampling fields that the binding documents; it may refuse a request with others. */
const PARAMETERS = [
  'temperature',
  'top_p',
  'seed',
  'presence_penalty',
  'frequency_penalty',
  'stop',
  'reasoning_effort',
];

const NINE = /[A-Za-z0-9]{9}/;

/** These think at length unless told not to; at the edge a short wait is the point. */
const THINKS_BY_DEFAULT = /\/glm-/;

export const WORKERS_AI: Provider = {
  name: 'workers-ai',
  flavours: [],
  server: null,
  keyHeaders: bearerHeaders,
  lacks: () => null,
  resume: null,
  encode: (request, { upstreamModel }) => ({
    type: 'binding',
    model: upstreamModel,
    inputs: toInputs(request, upstreamModel),
  }),
  decoder: (maxEventBytes) => new ChatDecoder(maxEventBytes, readLine),
  failureOfError: failureOfBinding,
};

function toInputs(request: ChatRequest, model: string): JsonObject {
  const { tools, toolChoice, responseFormat } = request;
  const thinkingOff = THINKS_BY_DEFAULT.test(model) && request.parameters['reasoning_effort'] === undefined;
  return {
    ...knownParameters(request.parameters),
    messages: toChatMessages(withKnownIds(request.messages), toMessage),
    // The platform does not stream while it keeps to a format.
    stream: responseFormat === undefined,
    max_tokens: request.maxOutputTokens ?? DEFAULT_MAX_TOKENS,
    ...(tools.length === 0 ? {} : { tools }),
    ...(toolChoice === undefined || tools.length === 0 ? {} : { tool_choice: toolChoice }),
    ...(responseFormat === undefined ? {} : { response_format: toResponseFormat(responseFormat) }),
    ...(thinkingOff ? { chat_template_kwargs: { enable_thinking: false } } : {}),
  };
}

/** The binding wants text as a string, also beside tool calls; parts are only for images. */
function toMessage(message: ChatMessage): JsonObject {
  const encoded = toChatMessage(message);
  const onlyText = message.content.every((part) => part.type === 'text');
  return onlyText ? { ...encoded, content: textOf(message.content) } : encoded;
}

/** The models' schemas take a tool result only under an id with nine letters or digits in a row; not every id has them. */
function withKnownIds(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const all = messages.every(
    ({ role, ...message }) => !('toolCallId' in message) || NINE.test(message.toolCallId),
  );
  return all ? messages : withNineCharacterIds(messages);
}

/** OpenAI wraps the schema with a name; the binding takes the schema itself. */
function toResponseFormat(format: JsonObject): JsonObject {
  const wrapped = format['json_schema'];
  if (!isJsonObject(wrapped) || wrapped['schema'] === undefined) return format;
  return { type: 'json_schema', json_schema: wrapped['schema'] };
}

function knownParameters(parameters: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => PARAMETERS.includes(name)));
}
