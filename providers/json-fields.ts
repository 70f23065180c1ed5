// Reads single fields of an upstream's JSON without trusting their type. Anything unexpected reads as absent.

import { isJsonObject, type JsonObject } from '../protocol/json.ts';
import { nestsDeeper } from '../protocol/nesting.ts';
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

/** As deep as requests may nest. JSON is parsed at any depth, but written by recursion: more would exhaust the stack. */
const MAX_LEVELS = 64;

export function nestsTooDeep(value: unknown): boolean {
  return typeof value === 'object' && nestsDeeper(value, MAX_LEVELS);
}

/** What a model wrote for a tool, or a tool answered; null when it is no object that can be passed on as one. */
export function parseWritable(text: string): JsonObject | null {
  const object = parseObject(text);
  return nestsTooDeep(object) ? null : object;
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

/**
 * OpenAI's `usage` object; null unless it counts both directions, and when it counts
 * nothing at all, as servers do that do not count. Its newer API names them `input` and `output`.
 */
export function readUsage(value: unknown, inputName = 'prompt', outputName = 'completion'): Usage | null {
  if (!isJsonObject(value)) return null;
  const input = countField(value, `${inputName}_tokens`);
  const output = countField(value, `${outputName}_tokens`);
  if (input === null || output === null || input + output === 0) return null;
  const inputDetails = objectField(value, `${inputName}_tokens_details`);
  const outputDetails = objectField(value, `${outputName}_tokens_details`);
  const cached = inputDetails && countField(inputDetails, 'cached_tokens');
  return {
    input_tokens: input,
    output_tokens: output,
    // DeepSeek counts its cache beside the prompt.
    cached_tokens: cached ?? countField(value, 'prompt_cache_hit_tokens') ?? 0,
    reasoning_tokens: (outputDetails && countField(outputDetails, 'reasoning_tokens')) ?? 0,
    estimated: false,
  };
}

export function countField(object: JsonObject, name: string): number | null {
  const value = object[name];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
