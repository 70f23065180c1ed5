// Finds how much of the beginning of a continuation repeats what was already said. Every place near the end of the said
// text, and its very start, is followed unit by unit for as long as the continuation says the same; a place that is
// followed to the end is an overlap. Coincidence and genuine repetition ("ha ha ha", equal rows, refrains) end there
// too, so an overlap counts only when it is long enough for where it stands, and when no other place fits as well.

import { WINDOW_UNITS } from './anchor.ts';
import { beforeUnits, squeezed } from './squeezed.ts';

/** Scripts that are written without spaces; a character of theirs says about as much as two letters. */
const WIDE = /[\u2e80-\ud7af\uf900-\ufaff]/g;

/**
 * White space at the seam says that the text goes on, its absence that something begins again, the more so when that was
 * asked for. Less is enough for a word that was cut, but not for a doubled syllable.
 */
const LEAST_UNITS = {
  anchor: { glued: 12, word: 3 },
  prefill: { glued: 16, word: 6 },
  apart: 24,
  line: 80,
} as const;

const LETTERS = /^[\p{Lu}\p{Ll}]{3}/u;

/** More than chance has in common. */
const PERIOD_UNITS = 3;

export type Start = {
  /** Where in a continuation a repetition may begin. */
  readonly at: number;
  /** What comes before it is no part of the answer, whether something is repeated behind it or not. */
  readonly isCertain: boolean;
  /** Places that count whatever their length, and alone when the start is not certain. */
  readonly sure: readonly number[];
};

export class OverlapSearch {
  readonly #said: string;
  readonly #looseEnd: string;
  readonly #kind: 'prefill' | 'anchor';
  /** `said` without white space; places are positions in it. */
  readonly units: string;
  readonly #places: readonly number[];

  /** @param said - without its loose end, which is given apart */
  constructor(said: string, looseEnd: string, kind: 'prefill' | 'anchor') {
    this.#said = said;
    this.#looseEnd = looseEnd;
    this.#kind = kind;
    this.units = squeezed(said);
    const first = this.units.length - squeezed(said.slice(-WINDOW_UNITS)).length;
    const places = Array.from({ length: this.units.length - first }, (_, at) => first + at);
    this.#places = first === 0 ? places : [0, ...places];
  }

  /** How many units at the beginning of the text are a repetition; null for none, `open` while that cannot be told. */
  find(text: string, isComplete: boolean, { sure, isCertain }: Start): number | 'open' | null {
    const units = squeezed(text);
    let open = this.#places;
    let ended = 0;
    let word: number | null = null;
    for (let at = 1; at <= units.length; at += 1) {
      const place = this.units.length - at;
      const fitting = open.filter((other) => this.units[other + at - 1] === units[at - 1]);
      open = fitting.filter((other) => other !== place);
      if (open.length === fitting.length) continue;
      if (sure.includes(place)) return at;
      // A shorter overlap of half the length: the text repeats itself.
      if (isCertain && ended * 2 < at && !this.#isPeriod(place)) {
        if (open.length === 0 && this.#isNoCoincidence(place, text)) return at;
        if (this.#isWord(place, text)) word = at;
      }
      ended = at;
    }
    return open.length > 0 && !isComplete ? 'open' : word;
  }

  /** How many units of the text are the same as from `place` on. */
  common(place: number, text: string): number {
    const units = squeezed(text);
    let at = 0;
    while (at < units.length && units[at] === this.units[place + at]) at += 1;
    return at;
  }

  /** What comes before the place stands at the end too: then it is the next of several equal rows that goes on. */
  #isPeriod(place: number): boolean {
    const end = this.units.slice(-PERIOD_UNITS);
    return end.length === PERIOD_UNITS && this.units.endsWith(end, place);
  }

  #isNoCoincidence(place: number, text: string): boolean {
    const overlap = this.units.slice(place);
    const weight = overlap.length + (overlap.match(WIDE)?.length ?? 0);
    const isGlued = this.#touches(text) && overlap.slice(-1).match(WIDE) === null;
    const least = isGlued ? LEAST_UNITS[this.#kind].glued : LEAST_UNITS.apart;
    return weight >= least && (weight >= LEAST_UNITS.line || !this.#isWholeLine(place, text));
  }

  /** A word that was cut and is begun again, or the few words before it. */
  #isWord(place: number, text: string): boolean {
    const start = this.#startOf(place);
    const words = this.#said.slice(start);
    const isAtWord = /^$|\s/.test(this.#said.charAt(start - 1)) && LETTERS.test(words);
    return (
      isAtWord &&
      words.length >= LEAST_UNITS[this.#kind].word &&
      this.#touches(text) &&
      text.startsWith(words)
    );
  }

  #touches(text: string): boolean {
    return this.#looseEnd === '' && /^\S/.test(text);
  }

  /** One line said once more, if it is not a long one, is a row, a verse or a bracket rather than a model that begins again. */
  #isWholeLine(place: number, text: string): boolean {
    if (!this.#looseEnd.includes('\n') && !/^\s*\n/.test(text)) return false;
    const start = this.#startOf(place);
    const isLineStart = /(?:^|\n)[^\S\n]*$/.test(this.#said.slice(Math.max(0, start - 100), start));
    return isLineStart && !this.#said.slice(start).includes('\n');
  }

  #startOf(place: number): number {
    return beforeUnits(this.#said, this.units.length - place);
  }
}
