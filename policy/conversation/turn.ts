// One turn of the person, and what it says about the answers before it. Comparing texts costs more than all the rest
// of a decision, so it is done when somebody asks, once.

import { isComplaint } from './complaint.ts';
import { isSameRequest } from './same-request.ts';
import { turnWords } from './turn-words.ts';

export class Turn {
  /** The person's own words. */
  readonly text: string;
  /** The share of the whole history's characters that stands before this turn, 0..1. */
  readonly historyShare: number;
  readonly #answered: readonly Turn[];
  #words: readonly string[] | null = null;
  #isRepeat: boolean | null = null;
  #isComplaint: boolean | null = null;

  /** @param answered - the turns shortly before this one that have been answered since */
  constructor(text: string, historyShare: number, answered: readonly Turn[]) {
    this.text = text;
    this.historyShare = historyShare;
    this.#answered = answered;
  }

  /** The person says again what an earlier, answered turn said. */
  get isRepeat(): boolean {
    this.#isRepeat ??= this.#answered.some((earlier) => isSameRequest(earlier.#ownWords(), this.#ownWords()));
    return this.#isRepeat;
  }

  /** The person says that the answer just given is wrong or does not work. */
  get isComplaint(): boolean {
    this.#isComplaint ??= this.#answered.length > 0 && isComplaint(this.text, () => this.#ownWords());
    return this.#isComplaint;
  }

  #ownWords(): readonly string[] {
    this.#words ??= turnWords(this.text);
    return this.#words;
  }
}
