// Whether a value satisfies a JSON Schema, by the keywords that requests use: types, properties, items, enums, bounds,
// combinations and local references. `pattern` and `format` are not looked at: a client's pattern could be made to run for
// hours, and a value that only breaks those is still of the right form. Depth and steps are bounded; what would
// go beyond them, and what the schema says in other words, counts as satisfied.

import { isJsonObject, type JsonObject, type JsonValue } from '../../protocol/json.ts';

const MAX_DEPTH = 48;
const MAX_STEPS = 20_000;

export function satisfies(value: JsonValue, schema: JsonValue): boolean {
  return new SchemaCheck(schema).holds(value, schema, 0);
}

/** JSON's own equality: the order of keys says nothing. */
export function isSameJson(left: JsonValue, right: JsonValue): boolean {
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((each, at) => isSameJson(each, right[at] ?? null));
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return left === right;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isSameJson(left[key] ?? null, right[key] ?? null))
  );
}

class SchemaCheck {
  readonly #root: JsonValue;
  #steps = 0;

  constructor(root: JsonValue) {
    this.#root = root;
  }

  holds(value: JsonValue, schema: JsonValue, depth: number): boolean {
    if (schema === false) return false;
    this.#steps += 1;
    if (isJsonObject(schema) && schema['nullable'] === true && value === null) return true;
    if (!isJsonObject(schema) || depth > MAX_DEPTH || this.#steps > MAX_STEPS) return true;
    const each = (inner: JsonValue, rule: JsonValue): boolean => this.holds(inner, rule, depth + 1);
    if (!holdsPlainly(value, schema) || !this.#holdsCombined(value, schema, depth)) return false;
    if (Array.isArray(value)) return holdsItems(value, schema, each);
    return !isJsonObject(value) || holdsProperties(value, schema, each);
  }

  #holdsCombined(value: JsonValue, schema: JsonObject, depth: number): boolean {
    const holds = (rule: JsonValue): boolean => this.holds(value, rule, depth + 1);
    const { $ref: reference, allOf, anyOf, oneOf } = schema;
    return (
      (typeof reference !== 'string' || holds(this.#target(reference))) &&
      (!Array.isArray(allOf) || allOf.every(holds)) &&
      (!Array.isArray(anyOf) || anyOf.some(holds)) &&
      (!Array.isArray(oneOf) || oneOf.filter(holds).length === 1)
    );
  }

  /** `#/$defs/name` and the like; anything else is not ours to fetch and allows everything. */
  #target(reference: string): JsonValue {
    if (!reference.startsWith('#')) return true;
    let target: JsonValue | undefined = this.#root;
    for (const part of reference.split('/').slice(1)) {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      if (!isJsonObject(target) || !Object.hasOwn(target, key)) return true;
      target = target[key];
    }
    return target ?? true;
  }
}

function holdsPlainly(value: JsonValue, schema: JsonObject): boolean {
  const { type, enum: choices, const: only } = schema;
  const types = Array.isArray(type) ? type : [type];
  if (type !== undefined && !types.some((name) => isOfType(value, name))) return false;
  if (Array.isArray(choices) && !choices.some((choice) => isSameJson(choice, value))) return false;
  if (only !== undefined && !isSameJson(only, value)) return false;
  if (typeof value === 'number') return holdsNumber(value, schema);
  // Schemas count characters, not code units.
  return typeof value !== 'string' || holdsCount(() => [...value].length, schema, 'Length');
}

function isOfType(value: JsonValue, name: JsonValue | undefined): boolean {
  switch (name) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isJsonObject(value);
    case 'integer':
      return Number.isInteger(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === name;
    default:
      return true;
  }
}

const BOUNDS: readonly (readonly [keyword: string, holds: (value: number, bound: number) => boolean])[] = [
  ['minimum', (value, bound) => value >= bound],
  ['maximum', (value, bound) => value <= bound],
  ['exclusiveMinimum', (value, bound) => value > bound],
  ['exclusiveMaximum', (value, bound) => value < bound],
];

function holdsNumber(value: number, schema: JsonObject): boolean {
  return BOUNDS.every(([keyword, holds]) => {
    const bound = schema[keyword];
    return typeof bound !== 'number' || holds(value, bound);
  });
}

function holdsCount(
  count: () => number,
  schema: JsonObject,
  noun: 'Length' | 'Items' | 'Properties',
): boolean {
  const { [`min${noun}`]: least, [`max${noun}`]: most } = schema;
  if (typeof least !== 'number' && typeof most !== 'number') return true;
  const found = count();
  return (typeof least !== 'number' || found >= least) && (typeof most !== 'number' || found <= most);
}

type Each = (inner: JsonValue, rule: JsonValue) => boolean;

function holdsItems(values: readonly JsonValue[], schema: JsonObject, each: Each): boolean {
  const prefix: readonly JsonValue[] = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : [];
  const rest = schema['items'] ?? true;
  return (
    holdsCount(() => values.length, schema, 'Items') &&
    values.every((value, at) => each(value, prefix[at] ?? rest))
  );
}

function holdsProperties(value: JsonObject, schema: JsonObject, each: Each): boolean {
  const { properties, required, additionalProperties: rest = true } = schema;
  if (
    Array.isArray(required) &&
    required.some((key) => typeof key === 'string' && !Object.hasOwn(value, key))
  ) {
    return false;
  }
  if (!holdsCount(() => Object.keys(value).length, schema, 'Properties')) return false;
  const known: JsonObject = isJsonObject(properties) ? properties : {};
  const hasPatterns = schema['patternProperties'] !== undefined;
  return Object.entries(value).every(([key, inner]) => {
    if (Object.hasOwn(known, key)) return each(inner, known[key] ?? true);
    return hasPatterns || each(inner, rest);
  });
}
