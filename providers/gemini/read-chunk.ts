// One `GenerateContentResponse` → the answer it belongs to. Only candidate 0 is read: more are never asked for.

import type { FailureCode } from '../../protocol/events.ts';
import { isJsonObject, type JsonObject } from '../../protocol/json.ts';
import type { ChatAnswer } from '../chat-answer.ts';
import { arrayField, nestsTooDeep, objectField, textField } from '../json-fields.ts';
import { failureOfStatus } from '../provider.ts';

/** `ofCall`: it signs the function call just read; else the text. */
type OnSignature = (signature: string, ofCall: boolean) => void;

export function readChunk(chunk: JsonObject, answer: ChatAnswer, onSignature: OnSignature): void {
  const { error } = chunk;
  if (error !== undefined && error !== null) {
    answer.fail(isJsonObject(error) ? failureOfError(error) : 'upstream_failed');
    return;
  }
  readUsage(objectField(chunk, 'usageMetadata'), answer);
  if (textField(objectField(chunk, 'promptFeedback') ?? {}, 'blockReason') !== '')
    answer.finish('content_filter');
  for (const candidate of arrayField(chunk, 'candidates')) {
    const isRead = isJsonObject(candidate) && (candidate['index'] ?? 0) === 0;
    if (isRead) readCandidate(candidate, answer, onSignature);
  }
}

function readCandidate(candidate: JsonObject, answer: ChatAnswer, onSignature: OnSignature): void {
  for (const part of arrayField(objectField(candidate, 'content') ?? {}, 'parts')) {
    if (isJsonObject(part) && !answer.ended) readPart(part, answer, onSignature);
  }
  readReason(textField(candidate, 'finishReason'), answer);
}

function readPart(part: JsonObject, answer: ChatAnswer, onSignature: OnSignature): void {
  const call = objectField(part, 'functionCall');
  const text = textField(part, 'text');
  if (call !== null) readCall(call, answer);
  else if (part['thought'] === true) answer.thinking(text);
  else answer.text(text);
  const signature = textField(part, 'thoughtSignature');
  if (signature !== '' && !answer.ended) onSignature(signature, call !== null);
}

/** Calls come whole. A function without parameters may come without arguments. */
function readCall(call: JsonObject, answer: ChatAnswer): void {
  const name = textField(call, 'name');
  const args = objectField(call, 'args') ?? {};
  if (name === '' || nestsTooDeep(args)) answer.fail('upstream_malformed');
  else answer.toolCall({ index: null, id: textField(call, 'id'), name, args: JSON.stringify(args) });
}

/** Repeated on every chunk while the counts grow. A count of zero is left out, but no prompt has none. */
function readUsage(usage: JsonObject | null, answer: ChatAnswer): void {
  if (usage === null) return;
  const count = (name: string): number => {
    const value = usage[name];
    return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
  };
  const input_tokens = count('promptTokenCount');
  if (input_tokens === 0) return;
  const reasoning_tokens = count('thoughtsTokenCount');
  answer.usage({
    input_tokens,
    output_tokens: count('candidatesTokenCount') + reasoning_tokens,
    cached_tokens: count('cachedContentTokenCount'),
    reasoning_tokens,
    estimated: false,
  });
}

function readReason(reason: string, answer: ChatAnswer): void {
  if (answer.ended || reason === '') return;
  if (reason === 'STOP') answer.finish('stop');
  else if (reason === 'MAX_TOKENS') answer.finish('length');
  else if (/SAFETY|RECITATION|BLOCKLIST|PROHIBITED|SPII/.test(reason)) answer.finish('content_filter');
  else
    answer.fail(
      /^(?:MALFORMED|UNEXPECTED|TOO_MANY)_/.test(reason) ? 'upstream_malformed' : 'upstream_failed',
    );
}

/** Google's names beside its HTTP statuses, for errors that have only the name. */
const STATUSES = new Map([
  ['INVALID_ARGUMENT', 400],
  ['FAILED_PRECONDITION', 400],
  ['UNAUTHENTICATED', 401],
  ['PERMISSION_DENIED', 403],
  ['NOT_FOUND', 404],
  ['RESOURCE_EXHAUSTED', 429],
  ['DEADLINE_EXCEEDED', 504],
]);

function failureOfError(error: JsonObject): FailureCode {
  const { code } = error;
  const status = STATUSES.get(textField(error, 'status')) ?? (typeof code === 'number' ? code : 500);
  return status < 400 ? 'upstream_failed' : failureOfStatus(status);
}
