// A value that fits a JSON Schema, for scripted tool calls and structured answers: the same one every time.
// It knows the keywords that clients use; what it does not know it fills with the simplest value of the type.

import { isJsonObject, type JsonObject, type JsonValue } from '../../protocol/json.ts';

/** Recursive schemas end here. */
const MAX_DEPTH = 8;

/** `text`: what strings are filled with. */
export function exampleOf(schema: JsonObject, text: string): JsonValue {
  return example(schema, { root: schema, text, depth: 0 });
}

type Place = { readonly root: JsonObject; readonly text: string; readonly depth: number };

function example(schema: JsonValue | undefined, place: Place): JsonValue {
  if (!isJsonObject(schema) || place.depth > MAX_DEPTH) return null;
  const inner = { ...place, depth: place.depth + 1 };
  const given = givenValue(schema);
  if (given !== undefined) return given;
  const alternative = firstAlternative(schema, place.root);
  if (alternative !== undefined) return example(alternative, inner);
  switch (typeName(schema)) {
    case 'object':
      return exampleObject(schema, inner);
    case 'array':
      return [example(schema['items'], inner)];
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1;
    case 'boolean':
      return true;
    case 'string':
      return place.text;
    default:
      return null;
  }
}

function givenValue(schema: JsonObject): JsonValue | undefined {
  if (schema['const'] !== undefined) return schema['const'];
  const { enum: choices } = schema;
  return Array.isArray(choices) ? (choices as readonly JsonValue[])[0] : undefined; // isArray loses the element type
}

function firstAlternative(schema: JsonObject, root: JsonObject): JsonValue | undefined {
  for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
    const list = schema[keyword];
    if (Array.isArray(list)) return (list as readonly JsonValue[])[0]; // isArray loses the element type
  }
  const name =
    typeof schema['$ref'] === 'string'
      ? /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(schema['$ref'])?.[1]
      : undefined;
  if (name === undefined) return undefined;
  const definitions = root['$defs'] ?? root['definitions'];
  return isJsonObject(definitions) ? definitions[name] : undefined;
}

function typeName(schema: JsonObject): unknown {
  const { type } = schema;
  if (Array.isArray(type)) return type.find((name) => name !== 'null');
  return type ?? (isJsonObject(schema['properties']) ? 'object' : 'string');
}

function exampleObject(schema: JsonObject, place: Place): JsonObject {
  const { properties } = schema;
  if (!isJsonObject(properties)) return {};
  return Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, example(inner, place)]));
}
