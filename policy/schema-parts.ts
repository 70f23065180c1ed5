// The pieces from which the configuration's schema is put together: bounded numbers, names, and objects that
// take known keys only. Every one carries the sentence that an editor shows. It knows no field of the file.

import * as v from 'valibot';

/** Travels in the response header `x-edgeways-model`, so header-safe ASCII without spaces. */
const NAME = /^[A-Za-z0-9@][A-Za-z0-9._:/@-]{0,127}$/;

/** Set by the production build (`wrangler.toml`), which has no editor to show anything to. */
declare const WITHOUT_SENTENCES: boolean | undefined;

export type Sentence = string | undefined;

/**
 * What an editor shows at a key. Every sentence passes through here, because a bundler drops calls of a function
 * that the build has left empty, and their arguments with them.
 */
export function sentence(text: string): Sentence {
  if (typeof WITHOUT_SENTENCES === 'undefined') return text;
  return undefined;
}

export function described<Input>(description: Sentence): v.DescriptionAction<Input, string> {
  return v.description(description ?? '');
}

/** A unit, a sentence for the editor, and the bounds outside of which a value is a slip of the keyboard. */
export function whole(description: Sentence, min: number, max: number) {
  return v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max), described(description));
}

/** A number that need not be whole, with the same. */
export function between(description: Sentence, min: number, max: number) {
  return v.pipe(v.number(), v.minValue(min), v.maxValue(max), described(description));
}

export function flag(description: Sentence) {
  return v.pipe(v.boolean(), described(description));
}

export function name(description: Sentence) {
  return v.pipe(v.string(), v.regex(NAME), described(description));
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
  description: Sentence,
  entries: Entries,
) {
  return v.pipe(section(entries), described(description));
}
