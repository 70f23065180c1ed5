// Whether a draft is the JSON that the request demands: the whole text, because the client parses the whole text.

import { isJsonObject, type JsonObject, type JsonValue } from '../../protocol/json.ts';
import { satisfies } from './json-schema.ts';

/** `undefined` when the text is no JSON. */
export function parsedJson(text: string): JsonValue | undefined {
  try {
    // JSON.parse gives nothing but JSON values.
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined; // what it is instead does not matter
  }
}

export function isDemandedJson(responseFormat: JsonObject, text: string): boolean {
  const value = parsedJson(text);
  if (value === undefined) return false;
  if (responseFormat['type'] === 'json_object') return isJsonObject(value);
  const { json_schema: named } = responseFormat;
  if (!isJsonObject(named)) return true;
  // Some clients send the schema itself where OpenAI has a name around it.
  return satisfies(value, named['schema'] ?? (named['name'] === undefined ? named : true));
}
