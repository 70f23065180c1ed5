// Servers that speak OpenAI's chat completions of earlier years (Ollama, llama.cpp, vLLM, …): they limit the
// answer by `max_tokens`, and some ignore what they do not know, so the newer name would mean no limit.

import { toChatBody } from '../chat-body.ts';
import { readChunk } from '../chat-chunk.ts';
import { ChatDecoder } from '../chat-decoder.ts';
import type { Provider } from '../provider.ts';
import { failureOfError } from '../upstream-failure.ts';

export const OPENAI_COMPATIBLE: Provider = {
  name: 'openai-compatible',
  encode: (request, upstreamModel) => ({
    type: 'http',
    path: '/chat/completions',
    headers: {},
    body: toChatBody(request, upstreamModel, 'max_tokens'),
  }),
  decoder: (maxEventBytes) => new ChatDecoder(maxEventBytes, readChunk),
  failureOfError,
};
