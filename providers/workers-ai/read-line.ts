// One line of a Workers AI stream → the answer it belongs to. An older model's line has no finish reason: its
// `[DONE]` alone says that the answer is whole.

import { isJsonObject, type JsonObject } from '../../protocol/json.ts';
import type { ChatAnswer } from '../chat-answer.ts';
import { readChunk, readToolCall } from '../chat-chunk.ts';
import { arrayField, nestsTooDeep, readUsage, textField } from '../json-fields.ts';
import { failureOfBinding } from './failure-of-binding.ts';

export function readLine(line: JsonObject, answer: ChatAnswer): void {
  const errors = arrayField(line, 'errors');
  if (errors.length > 0) {
    answer.fail(failureOfBinding(describe(errors[0])));
    return;
  }
  if (line['choices'] !== undefined || line['error'] !== undefined) {
    readChunk(line, answer);
    return;
  }
  if (nestsTooDeep(line['response'])) answer.fail('upstream_malformed');
  else answer.text(responseText(line['response']));
  for (const call of arrayField(line, 'tool_calls')) if (isJsonObject(call)) readToolCall(call, answer);
  answer.usage(readUsage(line['usage']));
}

/** A token that looks like a number or a whole JSON answer comes unquoted. */
function responseText(response: unknown): string {
  if (typeof response === 'string') return response;
  return response === undefined || response === null ? '' : JSON.stringify(response);
}

function describe(error: unknown): string {
  if (!isJsonObject(error)) return '';
  const { code } = error;
  return `${typeof code === 'number' ? code : textField(error, 'code')}: ${textField(error, 'message')}`;
}
