// OpenAI's chat completions, and every server that speaks the same (Ollama, llama.cpp, vLLM, …).
// Always asks for a stream with usage, whatever the client asked for: the log is made from it.

import type { ChatRequest } from '../../protocol/chat-request.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { readChunk } from '../chat-chunk.ts';
import { ChatDecoder } from '../chat-decoder.ts';
import { toChatMessage } from '../chat-messages.ts';
import type { Provider } from '../provider.ts';
import { failureOfError } from '../upstream-failure.ts';

export const OPENAI: Provider = {
  name: 'openai',
  encode: (request, upstreamModel) => ({
    type: 'http',
    path: '/chat/completions',
    headers: {},
    body: JSON.stringify(toBody(request, upstreamModel)),
  }),
  decoder: (maxEventBytes) => new ChatDecoder(maxEventBytes, readChunk),
  failureOfError,
};

function toBody(request: ChatRequest, model: string): JsonObject {
  const { tools, toolChoice, responseFormat, maxOutputTokens } = request;
  return {
    ...request.parameters,
    model,
    messages: request.messages.map(toChatMessage),
    stream: true,
    stream_options: { include_usage: true },
    // OpenAI's reasoning models refuse the older `max_tokens`, and it refuses both at once.
    ...(maxOutputTokens === null ? {} : { max_completion_tokens: maxOutputTokens }),
    ...(tools.length === 0 ? {} : { tools }),
    // Without tools OpenAI refuses a tool_choice; clients leave it in when they drop their tools.
    ...(toolChoice === undefined || tools.length === 0 ? {} : { tool_choice: toolChoice }),
    ...(responseFormat === undefined ? {} : { response_format: responseFormat }),
  };
}
