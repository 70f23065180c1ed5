// Anthropic's Messages API as an upstream. What is translated, dropped and refused: docs/providers/anthropic.md.

import { ChatAnswer } from '../chat-answer.ts';
import { ChatDecoder } from '../chat-decoder.ts';
import type { Provider } from '../provider.ts';
import { failureOfError } from '../upstream-failure.ts';
import { lacks } from './lacks.ts';
import { MessageReader } from './message-reader.ts';
import { toBody } from './to-body.ts';

export const ANTHROPIC: Provider = {
  name: 'anthropic',
  flavours: [],
  server: {
    baseUrl: 'https://api.anthropic.com/v1',
    keyVariable: 'ANTHROPIC_API_KEY',
    baseUrlVariable: 'ANTHROPIC_BASE_URL',
    // The gateway keeps the version of the API in the path, which is the end of the base URL here.
    gatewaySlug: 'anthropic/v1',
  },
  keyHeaders: (apiKey) => ({ 'x-api-key': apiKey }),
  lacks,
  resume: null,
  encode: (request, { upstreamModel }) => ({
    type: 'http',
    path: '/messages',
    headers: { 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(toBody(request, upstreamModel)),
  }),
  decoder: (maxEventBytes) => {
    const reader = new MessageReader();
    const answer = new ChatAnswer({ needsReason: true });
    return new ChatDecoder(maxEventBytes, (event) => reader.read(event, answer), answer);
  },
  failureOfError,
};
