// One `chat.completion.chunk`, or a whole completion, → the answer it belongs to. Only known fields are read; everything else that a
// server adds is ignored. Only choice 0 is read: more than one is never asked for.

import { isJsonObject, type JsonObject } from '../protocol/json.ts';
import type { ChatAnswer } from './chat-answer.ts';
import {
  argumentsField,
  arrayField,
  nestsTooDeep,
  objectField,
  readUsage,
  textField,
} from './json-fields.ts';
import { failureOfError } from './upstream-failure.ts';

export function readChunk(chunk: JsonObject, answer: ChatAnswer): void {
  const { error, usage } = chunk;
  if (error !== undefined && error !== null) {
    answer.fail(failureOfError(error));
    return;
  }
  for (const choice of arrayField(chunk, 'choices')) {
    if (isJsonObject(choice) && (choice['index'] ?? 0) === 0) readChoice(choice, answer);
  }
  // Groq puts it into a field of its own as well, and gives only that one when it was not asked.
  answer.usage(readUsage(usage) ?? readUsage(objectField(chunk, 'x_groq')?.['usage']));
}

function readChoice(choice: JsonObject, answer: ChatAnswer): void {
  const { error } = choice;
  if (error !== undefined && error !== null) {
    answer.fail(failureOfError(error));
    return;
  }
  const delta = objectField(choice, 'delta') ?? objectField(choice, 'message');
  answer.logprobs(readLogprobs(choice)); // before the text they are about
  if (delta !== null) readDelta(delta, answer);
  const reason = choice['finish_reason'];
  if (typeof reason === 'string' && reason !== '') answer.finish(reason);
}

/** Of the chosen tokens; what else a server tells of the alternatives is not read. */
function readLogprobs(choice: JsonObject): readonly number[] {
  const logprobs = objectField(choice, 'logprobs');
  if (logprobs === null) return [];
  return arrayField(logprobs, 'content').flatMap((token) => {
    const value = isJsonObject(token) ? token['logprob'] : null;
    return typeof value === 'number' && Number.isFinite(value) ? [value] : [];
  });
}

function readDelta(delta: JsonObject, answer: ChatAnswer): void {
  // Some servers send both names with the same text.
  const thinking = textField(delta, 'reasoning_content') || textField(delta, 'reasoning');
  answer.thinking(thinking);
  answer.text(textField(delta, 'content'));
  for (const part of arrayField(delta, 'content')) if (isJsonObject(part)) readPart(part, answer);
  // A model that refuses a structured answer says why here; to the person it is the answer.
  answer.text(textField(delta, 'refusal'));
  if (delta['tool_calls'] === undefined) return;
  for (const call of arrayField(delta, 'tool_calls')) if (isJsonObject(call)) readToolCall(call, answer);
}

/** Of Mistral's reasoning models, which send content as parts while they think. */
function readPart(part: JsonObject, answer: ChatAnswer): void {
  for (const piece of arrayField(part, 'thinking')) {
    if (isJsonObject(piece)) answer.thinking(textField(piece, 'text'));
  }
  answer.text(textField(part, 'text'));
}

/** Also the whole calls of Workers AI's older models, which have name and arguments at the top. */
export function readToolCall(call: JsonObject, answer: ChatAnswer): void {
  const inner = objectField(call, 'function') ?? call;
  const index = call['index'];
  if (nestsTooDeep(inner['arguments'])) return answer.fail('upstream_malformed');
  answer.toolCall({
    index: typeof index === 'number' && Number.isSafeInteger(index) ? index : null,
    id: textField(call, 'id'),
    name: textField(inner, 'name'),
    args: argumentsField(inner),
  });
}
