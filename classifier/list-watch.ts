// Tells lists of words from sentences while the words go by. A stretch without function words, some of it from the
// lexicon, is a list: people stuff such lists into prompts to sway the route. It says so; taking back is the scan's task.

import { DEMANDING_CATEGORIES, EVERYDAY_CATEGORIES } from './categories.ts';
import { isFunctionWord } from './function-words.ts';

/** So many words without a function word between them are no sentence in any language of the lists. */
const LIST_WORDS = 6;

/** With fewer lexicon words among them the list cannot sway anything: names, goods, file names. */
const LEXICON_WORDS = 3;

/** A longer list has been recognised long before. */
const MAX_REMEMBERED = 64;

/** What the word that ended last did: nothing, begin a stretch, make it a list, or lengthen the list. */
export type ListStep = 'none' | 'begins' | 'becomes' | 'goes on';

export class ListWatch {
  /** The categories of the stretch's lexicon words; `remembered` of them came before the last word. */
  readonly categories = new Uint8Array(MAX_REMEMBERED);
  remembered = 0;
  #words = 0;
  #lexiconWords = 0;

  /** Whatever comes next begins a new stretch. */
  reset(): void {
    this.#words = 0;
    this.#lexiconWords = 0;
  }

  /** @param hash of the whole word @param category its lexicon category, or a larger number */
  step(hash: number, category: number): ListStep {
    if (isFunctionWord(hash)) {
      this.reset();
      return 'none';
    }
    const wasList = this.#isList();
    this.remembered = Math.min(MAX_REMEMBERED, this.#lexiconWords);
    if (category < DEMANDING_CATEGORIES + EVERYDAY_CATEGORIES) {
      if (this.#lexiconWords < MAX_REMEMBERED) this.categories[this.#lexiconWords] = category;
      this.#lexiconWords += 1;
    }
    this.#words += 1;
    if (this.#isList()) return wasList ? 'goes on' : 'becomes';
    return this.#words === 1 ? 'begins' : 'none';
  }

  #isList(): boolean {
    return this.#words >= LIST_WORDS && this.#lexiconWords >= LEXICON_WORDS;
  }
}
