// How many tokens a text or a request will be, before any tokenizer has seen it: for quotas, context gates and
// cost. An estimate by counting runs of characters in one pass, with no dictionary; reconciled with the
// upstream's own count at release. Work is bounded: long texts are sampled, whatever the body's limit is.

import type { ChatMessage, ChatRequest } from '../protocol/chat-request.ts';
import { textOf } from '../protocol/chat-request.ts';

/** Longer texts are read in windows only: the whole of a 4 MiB body would cost milliseconds on every request. */
const SAMPLED_CHARACTERS = 64 * 1024;
const WINDOWS = 16;

/** Role, separators and turn markers that chat templates add to each message. */
const TOKENS_PER_MESSAGE = 4;

/** A full-size image at the common providers (765 to 1,600); `detail: low` is 85 at OpenAI. */
const TOKENS_PER_IMAGE = 1_000;
const TOKENS_PER_SMALL_IMAGE = 85;

/** Tokens per character of opaque parts' JSON: mostly base64, which tokenizers cannot compress. */
const TOKENS_PER_OPAQUE_CHARACTER = 1 / 3;

// Character classes. Tokens begin where the class changes; within a run they are about this long.
const SPACE = 0;
const LETTER = 1;
const DIGIT = 2;
const MARK = 3;
const ALPHABETIC = 4;
const WIDE = 5;

/** First code unit of the scripts that tokenizers cut into single characters: Thai to Ethiopic excluded, CJK included. */
const WIDE_FROM = 0x2e80;
const LATIN_END = 0x250;

/** The estimate for one text; 0 for `''`. */
export function estimateTextTokens(text: string): number {
  if (text.length <= SAMPLED_CHARACTERS) return Math.ceil(countTokens(text, 0, text.length));
  const windowLength = SAMPLED_CHARACTERS / WINDOWS;
  const stride = (text.length - windowLength) / (WINDOWS - 1);
  let tokens = 0;
  for (let window = 0; window < WINDOWS; window += 1) {
    const from = Math.floor(window * stride);
    tokens += countTokens(text, from, from + windowLength);
  }
  return Math.ceil((tokens * text.length) / SAMPLED_CHARACTERS);
}

/** The estimate for a whole request: messages, tool definitions and the response's schema. */
export function estimateInputTokens(request: ChatRequest): number {
  let tokens = 0;
  for (const message of request.messages) tokens += estimateMessageTokens(message);
  if (request.tools.length > 0) tokens += estimateTextTokens(JSON.stringify(request.tools));
  if (request.responseFormat !== undefined)
    tokens += estimateTextTokens(JSON.stringify(request.responseFormat));
  return tokens;
}

/** The estimate for one message, its role and markers included. */
export function estimateMessageTokens(message: ChatMessage): number {
  let tokens = TOKENS_PER_MESSAGE + estimateTextTokens(textOf(message.content));
  for (const part of message.content) {
    if (part.type === 'image') tokens += part.detail === 'low' ? TOKENS_PER_SMALL_IMAGE : TOKENS_PER_IMAGE;
    if (part.type === 'opaque') {
      tokens += Math.ceil(JSON.stringify(part.raw).length * TOKENS_PER_OPAQUE_CHARACTER);
    }
  }
  if (message.role === 'assistant') {
    for (const call of message.toolCalls)
      tokens += estimateTextTokens(call.name) + estimateTextTokens(call.args);
  }
  return tokens;
}

function countTokens(text: string, from: number, to: number): number {
  let tokens = 0;
  let run = 0;
  let kind = SPACE;
  for (let at = from; at < to; at += 1) {
    const next = kindOf(text.charCodeAt(at));
    if (next !== kind) {
      tokens += tokensOfRun(kind, run);
      kind = next;
      run = 0;
    }
    run += 1;
  }
  return tokens + tokensOfRun(kind, run);
}

function tokensOfRun(kind: number, length: number): number {
  switch (kind) {
    case SPACE:
      // One space joins the next word; indentation is one token of its own.
      return length > 1 ? 1 : 0;
    case LETTER:
      return length <= 6 ? 1 : length / 6;
    case DIGIT:
      return Math.ceil(length / 3);
    case MARK:
      return length <= 2 ? 1 : length / 2;
    case ALPHABETIC:
      return length / 2.5;
    default:
      return length;
  }
}

function kindOf(code: number): number {
  if (code < 0x80) {
    const letter = code | 32;
    if (letter >= 97 && letter <= 122) return LETTER;
    if (code <= 32) return SPACE;
    return code >= 48 && code <= 57 ? DIGIT : MARK;
  }
  if (code < LATIN_END) return LETTER;
  return code < WIDE_FROM ? ALPHABETIC : WIDE;
}
