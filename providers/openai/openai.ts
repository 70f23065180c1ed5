// OpenAI's chat completions.

import { toChatBody } from '../chat-body.ts';
import { readChunk } from '../chat-chunk.ts';
import { ChatDecoder } from '../chat-decoder.ts';
import type { Provider } from '../provider.ts';
import { failureOfError } from '../upstream-failure.ts';

export const OPENAI: Provider = {
  name: 'openai',
  encode: (request, upstreamModel) => ({
    type: 'http',
    path: '/chat/completions',
    headers: {},
    body: toChatBody(request, upstreamModel, 'max_completion_tokens'),
  }),
  decoder: (maxEventBytes) => new ChatDecoder(maxEventBytes, readChunk),
  failureOfError,
};
