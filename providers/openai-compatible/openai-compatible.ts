// Servers that speak OpenAI's chat completions of earlier years (Ollama, llama.cpp, vLLM, …): they limit the
// answer by `max_tokens`, and some ignore what they do not know, so the newer name would mean no limit.

import type { ChatRequest } from '../../protocol/chat-request.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { ChatAnswer } from '../chat-answer.ts';
import { toChatBody } from '../chat-body.ts';
import { readChunk } from '../chat-chunk.ts';
import { ChatDecoder } from '../chat-decoder.ts';
import { toChatMessages, withNineCharacterIds } from '../chat-messages.ts';
import { bearerHeaders, type Provider } from '../provider.ts';
import { failureOfError } from '../upstream-failure.ts';
import { FLAVOUR_NAMES, flavourNamed, type Flavour } from './flavours.ts';
import { thinkingReader, withThinking } from './kept-thinking.ts';

export const OPENAI_COMPATIBLE: Provider = {
  name: 'openai-compatible',
  flavours: FLAVOUR_NAMES,
  server: null,
  keyHeaders: bearerHeaders,
  lacks: (request, flavour) => flavourNamed(flavour).lacks?.(request) ?? null,
  resume: null,
  encode: (request, { upstreamModel, flavour }) => ({
    type: 'http',
    path: '/chat/completions',
    headers: {},
    body: JSON.stringify(toBody(request, upstreamModel, flavourNamed(flavour))),
  }),
  decoder: (maxEventBytes, flavour) => {
    const { thinkingField, splitsThinking } = flavourNamed(flavour);
    const read = thinkingField === undefined ? readChunk : thinkingReader(thinkingField);
    return new ChatDecoder(maxEventBytes, read, new ChatAnswer({ splitsThinking }));
  },
  failureOfError,
};

function toBody(request: ChatRequest, model: string, flavour: Flavour): JsonObject {
  const body: Record<string, JsonObject[string]> = {
    ...toChatBody(request, model, 'max_tokens', toMessages(request, flavour)),
  };
  for (const name of flavour.drops ?? []) delete body[name];
  for (const [name, theirs] of Object.entries(flavour.renames ?? {})) rename(body, name, theirs);
  if (flavour.scopeField !== undefined && request.cacheScope !== undefined) {
    body[flavour.scopeField] = request.cacheScope;
  }
  return request.continues === true ? { ...body, ...flavour.continuation } : body;
}

function toMessages({ messages, continues }: ChatRequest, flavour: Flavour): readonly JsonObject[] {
  const known = flavour.shortIds === true ? withNineCharacterIds(messages) : messages;
  const field = flavour.thinkingField;
  const encoded = field === undefined ? toChatMessages(known) : withThinking(known, field);
  const marks = continues === true && flavour.marksPrefix === true;
  return encoded.map(({ name, ...message }, at) => ({
    ...message,
    ...(name === undefined || flavour.dropsNames === true ? {} : { name }),
    ...(marks && at === encoded.length - 1 ? { prefix: true } : {}),
  }));
}

function rename(body: Record<string, JsonObject[string]>, name: string, theirs: string): void {
  const value = body[name];
  if (value === undefined) return;
  delete body[name];
  body[theirs] = value;
}
