// The out-of-domain guard: says when a text is so unlike what training saw that its probability means little. A language
// nobody trained on, noise, encoded bytes. Such a text is never called easy: its logit is capped on the cautious side.

import type { Model } from './model.ts';

/** Fewer words say nothing about a language: "ok", a name, a greeting. From `SURE_WORDS` on the benefit of the doubt ends. */
const LEAST_WORDS = 6;
const SURE_WORDS = 10;

/** So many characters with hardly a word among them are no language at all. */
const WORDLESS_CHARS = 48;
const WORDLESS_CHARS_PER_WORD = 24;

/** logit of 0.45: below the default threshold, and inside the band where an answer check looks twice. */
const CAUTIOUS_LOGIT = Math.log(0.45 / 0.55);

/**
 * Words nobody has met are taken for known ones as often as bits are set. A text is unfamiliar when it holds no more known
 * words than that, give or take a standard deviation: take for short texts, give for others.
 */
export function isUnfamiliar({ scan, knownDensity }: Pick<Model, 'scan' | 'knownDensity'>): boolean {
  const { knowableWords, knownWords, readChars } = scan;
  if (readChars >= WORDLESS_CHARS && knowableWords * WORDLESS_CHARS_PER_WORD < readChars) return true;
  if (knowableWords < LEAST_WORDS) return false;
  const chance = Math.sqrt(knownDensity * (1 - knownDensity) * knowableWords);
  return knownWords <= knownDensity * knowableWords + (knowableWords < SURE_WORDS ? -chance : chance);
}

/** What the guard adds to a logit: nothing to a hard prompt, and to an easy one what brings it down. Never above 0. */
export function caution(model: Model, logit: number): number {
  return isUnfamiliar(model) ? Math.min(0, CAUTIOUS_LOGIT - logit) : 0;
}
