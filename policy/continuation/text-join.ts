// Decides where in the beginning of a continuation the new text starts: behind the words that the model was asked to repeat,
// behind whatever else it repeats, behind an introduction or a code fence that was opened again, or at once.
// Pure: the same beginning gives the same decision.

import { anchorOf } from './anchor.ts';
import { fenceLineAt, openBlockIn } from './code-fence.ts';
import { introductionsOf, isRefusal, mayBeIntroduction } from './introduction.ts';
import { OverlapSearch, type Start } from './overlap.ts';
import { afterUnits, squeezed } from './squeezed.ts';

/** Position of the new text, or why there is none. */
export type TextJoin = number | 'wait' | 'diverged' | 'refused';

/** So much of the answer's own beginning is an answer that was begun again. A refrain may be as long as the smaller one. */
const RESTART_UNITS = { anchor: 24, prefill: 64 } as const;

/** So much of the asked words and then others: they were repeated with changes. */
const ANCHOR_UNITS = 12;

/** Fewer of the asked words prove nothing behind what may be a line of the answer. */
const INTRODUCED_UNITS = 8;

/** A restart in other words is followed until its last words come, about where they came before, or well beyond. */
const DETOUR = { share: 0.25, distance: 40, units: 2_000 } as const;

export class JoinSearch {
  readonly #kind: 'prefill' | 'anchor';
  readonly #overlap: OverlapSearch;
  readonly #anchor: string;
  /** The place of the asked words, where they were asked for. */
  readonly #asked: readonly number[];
  /** The place of the code block that is open; null when none is. */
  readonly #blockAt: number | null;
  readonly #isInLine: boolean;

  /** @param said - without its loose end */
  constructor(said: string, looseEnd: string, kind: 'prefill' | 'anchor') {
    this.#kind = kind;
    this.#overlap = new OverlapSearch(said, looseEnd, kind);
    this.#anchor = squeezed(anchorOf(said));
    this.#asked = kind === 'anchor' ? [this.#overlap.units.length - this.#anchor.length] : [];
    const block = openBlockIn(said + looseEnd);
    this.#blockAt = block === null ? null : squeezed(said.slice(0, block)).length;
    this.#isInLine = !looseEnd.includes('\n');
  }

  find(text: string, isComplete: boolean): TextJoin {
    const from = thoughtsIn(text) ?? (isComplete ? text.length : null);
    if (from === null) return 'wait';
    const join = this.#findBehind(text.slice(from), isComplete);
    return typeof join === 'number' ? from + join : join;
  }

  #findBehind(text: string, isComplete: boolean): TextJoin {
    const starts = this.#startsIn(text);
    for (const start of starts) {
      const units = this.#overlap.find(text.slice(start.at), isComplete, start);
      if (units === 'open') return 'wait';
      if (units !== null) return afterUnits(text, start.at, units);
    }
    const bare = starts.findLast(({ isCertain }) => isCertain)?.at ?? 0;
    return this.#detour(text, bare, isComplete) ?? this.#plain(text, bare, isComplete);
  }

  #startsIn(text: string): readonly Start[] {
    const first = { at: 0, isCertain: true, sure: this.#askedAt(text, 0) };
    const introduced = introductionsOf(text).map(({ end, isCertain }) => {
      const isLong = isCertain || this.#anchor.length >= INTRODUCED_UNITS;
      return { at: end, isCertain, sure: isLong ? this.#askedAt(text, end) : [] };
    });
    const starts = [first, ...introduced];
    return [...starts, ...starts.flatMap((start) => this.#fenced(text, start))];
  }

  /** White space comes before what goes on; nobody begins again with it. */
  #askedAt(text: string, at: number): readonly number[] {
    return /\s/.test(text.charAt(at)) ? [] : this.#asked;
  }

  /** The block that was cut is opened again. */
  #fenced(text: string, start: Start): readonly Start[] {
    const fence = this.#blockAt === null ? null : fenceLineAt(text, start.at);
    if (fence === null || this.#blockAt === null) return [];
    // A bare fence on a line of its own closes the block, unless the block's text comes again.
    const isCertain = start.isCertain && (fence.hasLabel || (this.#isInLine && !/^\s/.test(text)));
    const asked = this.#askedAt(text, fence.end);
    return [{ at: fence.end, isCertain, sure: isCertain ? [...asked, this.#blockAt] : asked }];
  }

  #plain(text: string, at: number, isComplete: boolean): TextJoin {
    const isCutFence = this.#blockAt !== null && /^\s*[`~]{1,3}[^\n]{0,40}$/.test(text.slice(at));
    if (!isComplete && (isCutFence || mayBeIntroduction(text, this.#kind === 'anchor'))) return 'wait';
    return isRefusal(text, isComplete) ? 'refused' : at;
  }

  /** The answer was begun again, or its last words were repeated, and then went another way. */
  #detour(text: string, bare: number, isComplete: boolean): TextJoin | null {
    const { units } = this.#overlap;
    if (/^\s/.test(text)) return null;
    if (![0, bare].some((at) => this.#overlap.common(0, text.slice(at)) >= RESTART_UNITS[this.#kind]))
      return this.#asked.some((at) => this.#overlap.common(at, text) >= ANCHOR_UNITS) ? 'diverged' : null;
    const end = squeezed(text).indexOf(this.#anchor) + this.#anchor.length;
    const reach = DETOUR.distance + units.length * DETOUR.share;
    if (end >= this.#anchor.length && Math.abs(end - units.length) <= reach) return afterUnits(text, 0, end);
    return isComplete || squeezed(text).length > units.length + reach + DETOUR.units ? 'diverged' : 'wait';
  }
}

/** The length of the thoughts that some models write into their text; null while they go on. */
function thoughtsIn(text: string): number | null {
  if (!/^\s*<think>/.test(text)) return 0;
  const end = /<\/think>\n*/.exec(text);
  return end === null ? null : end.index + end[0].length;
}
