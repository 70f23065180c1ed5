// The pieces from which the configuration's schema is put together: bounded numbers, names, and objects that
// take known keys only. Every one carries the sentence that an editor shows. It knows no field of the file.

import * as v from 'valibot';

/** Travels in the response header `x-edgeways-model`, so header-safe ASCII without spaces. */
const NAME = /^[A-Za-z0-9@][A-Za-z0-9._:/@-]{0,127}$/;

/** A unit, a sentence for the editor, and the bounds outside of which a value is a slip of the keyboard. */
export function whole(description: string, min: number, max: number) {
  return v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max), v.description(description));
}

/** A number that need not be whole, with the same. */
export function between(description: string, min: number, max: number) {
  return v.pipe(v.number(), v.minValue(min), v.maxValue(max), v.description(description));
}

export function flag(description: string) {
  return v.pipe(v.boolean(), v.description(description));
}

export function name(description: string) {
  return v.pipe(v.string(), v.regex(NAME), v.description(description));
}

/** An object that takes these keys only. A section with a default for every key may be left out as a whole. */
export function section<const Entries extends v.ObjectEntries>(entries: Entries) {
  const known = Object.keys(entries).join(', ');
  return v.strictObject(entries, (issue) =>
    issue.expected === 'never' ? `unknown key; known here: ${known}` : `${issue.expected} is missing`,
  );
}

/** The same, with a sentence on the section itself. */
export function describedSection<const Entries extends v.ObjectEntries>(
  description: string,
  entries: Entries,
) {
  return v.pipe(section(entries), v.description(description));
}
