// Reads single fields of an upstream's JSON without trusting their type. Anything unexpected reads as absent.

import { isJsonObject, type JsonObject } from '../protocol/json.ts';
import type { Usage } from '../protocol/usage.ts';

/** The object that `text` holds; null when it is not JSON or not an object. */
export function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null; // not JSON is an answer here: the caller decides what it means
  }
}

export function objectField(object: JsonObject, name: string): JsonObject | null {
  const value = object[name];
  return isJsonObject(value) ? value : null;
}

export function arrayField(object: JsonObject, name: string): readonly unknown[] {
  const value: unknown = object[name];
  return Array.isArray(value) ? value : [];
}

/** `''` when the field is not a string. */
export function textField(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === 'string' ? value : '';
}

/** Tool arguments are JSON text; some servers send the object itself. */
export function argumentsField(object: JsonObject): string {
  const value = object['arguments'];
  if (typeof value === 'string') return value;
  return isJsonObject(value) ? JSON.stringify(value) : '';
}

/** OpenAI's `usage` object; null unless it counts both directions. */
export function readUsage(value: unknown): Usage | null {
  if (!isJsonObject(value)) return null;
  const input = countField(value, 'prompt_tokens');
  const output = countField(value, 'completion_tokens');
  if (input === null || output === null) return null;
  const promptDetails = objectField(value, 'prompt_tokens_details');
  const completionDetails = objectField(value, 'completion_tokens_details');
  return {
    input_tokens: input,
    output_tokens: output,
    cached_tokens: (promptDetails && countField(promptDetails, 'cached_tokens')) ?? 0,
    reasoning_tokens: (completionDetails && countField(completionDetails, 'reasoning_tokens')) ?? 0,
    estimated: false,
  };
}

function countField(object: JsonObject, name: string): number | null {
  const value = object[name];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
