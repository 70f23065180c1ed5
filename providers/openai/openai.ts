// OpenAI's chat completions.

import type { ChatRequest } from '../../protocol/chat-request.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { toChatBody } from '../chat-body.ts';
import { readChunk } from '../chat-chunk.ts';
import { ChatDecoder } from '../chat-decoder.ts';
import { toChatMessages, withIdsUpTo } from '../chat-messages.ts';
import { bearerHeaders, type Provider, type ProviderServer } from '../provider.ts';
import { failureOfError } from '../upstream-failure.ts';

export const OPENAI_SERVER: ProviderServer = {
  baseUrl: 'https://api.openai.com/v1',
  keyVariable: 'OPENAI_API_KEY',
  baseUrlVariable: 'OPENAI_BASE_URL',
  gatewaySlug: 'openai',
};

export const OPENAI: Provider = {
  name: 'openai',
  flavours: [],
  server: OPENAI_SERVER,
  keyHeaders: bearerHeaders,
  lacks: () => null,
  resume: null,
  encode: (request, { upstreamModel }) => ({
    type: 'http',
    path: '/chat/completions',
    headers: {},
    body: JSON.stringify({
      ...toChatBody(request, upstreamModel, 'max_completion_tokens', messagesOf(request)),
      ...tenantFields(request),
    }),
  }),
  decoder: (maxEventBytes) => new ChatDecoder(maxEventBytes, readChunk),
  failureOfError,
};

/** Longer ids of tool calls are refused. */
const MAX_ID_LENGTH = 40;

function messagesOf({ messages }: ChatRequest): readonly JsonObject[] {
  return toChatMessages(withIdsUpTo(MAX_ID_LENGTH, messages));
}

/** They keep one tenant's cached prompts and one tenant's abuse apart from the others' of the same account. */
function tenantFields({ cacheScope }: ChatRequest): JsonObject {
  return cacheScope === undefined ? {} : { prompt_cache_key: cacheScope, safety_identifier: cacheScope };
}
