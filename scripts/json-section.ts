// Replaces one section of a JSON file as text, so that everything else keeps its bytes: a diff shows what was changed and
// nothing more.

import { isDeepStrictEqual } from 'node:util';

/** `value`: undefined removes the key. Throws when `text` is no JSON object. */
export function withSection(text: string, key: string, value: unknown): string {
  const changed = spliced(text, key, value);
  const expected = { ...asObject(text), [key]: value };
  if (value === undefined) delete expected[key];
  if (!isDeepStrictEqual(asObject(changed), expected)) {
    throw new Error(`the section ${key} could not be replaced without touching the rest: edit it by hand`);
  }
  return changed;
}

export function asObject(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('the file is not a JSON object');
  }
  return { ...value };
}

function spliced(text: string, key: string, value: unknown): string {
  const found = memberOf(text, key);
  const body = value === undefined ? '' : JSON.stringify(value, null, 2).replaceAll('\n', '\n  ');
  if (found !== null && value !== undefined)
    return text.slice(0, found.valueAt) + body + text.slice(found.end);
  if (found !== null) return removed(text, found);
  if (value === undefined) return text;
  const close = text.lastIndexOf('}');
  const before = text.slice(0, close).trimEnd();
  const comma = before.endsWith('{') ? '' : ',';
  return `${before}${comma}\n  ${JSON.stringify(key)}: ${body}\n${text.slice(close)}`;
}

type Member = { readonly keyAt: number; readonly valueAt: number; readonly end: number };

/** With the comma before it or, for the first of several, after it. */
function removed(text: string, { keyAt, end }: Member): string {
  const before = text.slice(0, keyAt).trimEnd();
  const after = text.slice(end);
  if (before.endsWith(',')) return before.slice(0, -1) + after;
  const comma = /^\s*,/.exec(after);
  return comma === null ? before + after : text.slice(0, keyAt) + after.slice(comma[0].length).trimStart();
}

/** Where a member of the outermost object stands. Walks strings and brackets; the text is known to be JSON. */
function memberOf(text: string, key: string): Member | null {
  let depth = 0;
  let keyAt = -1;
  let valueAt = -1;
  for (const { index, 0: token } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g)) {
    if (depth === 1 && valueAt >= 0 && (token === ',' || token === '}')) {
      const end = valueAt + text.slice(valueAt, index).trimEnd().length;
      if (keyAt >= 0 && JSON.parse(keyText(text, keyAt)) === key) return { keyAt, valueAt, end };
      keyAt = -1;
      valueAt = -1;
    }
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (depth === 1 && token === ':')
      valueAt = index + 1 + (/^\s*/.exec(text.slice(index + 1))?.[0].length ?? 0);
    else if (depth === 1 && valueAt < 0 && token.startsWith('"')) keyAt = index;
  }
  return null;
}

function keyText(text: string, at: number): string {
  return /^"(?:[^"\\]|\\.)*"/.exec(text.slice(at))?.[0] ?? '""';
}
