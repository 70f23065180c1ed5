// Cuts a growing text into whole sentences for screen readers: read out token by token, an answer is noise.

/** A sentence ends at a mark that is followed by space, or at a line that ends. */
const SENTENCE_END = /[.!?…。！？]["'”’)\]]*(?=\s)|\n+/gu;

export class Sentences {
  #said = 0;

  /** What is new and whole, or all the rest when the text is complete; '' when there is nothing to say yet. */
  next(text: string, isComplete: boolean): string {
    // A text that was taken back is not said twice.
    if (text.length < this.#said) this.#said = text.length;
    const fresh = text.slice(this.#said);
    const end = isComplete ? fresh.length : lastEnd(fresh);
    this.#said += end;
    return fresh.slice(0, end).trim();
  }
}

function lastEnd(text: string): number {
  let end = 0;
  for (const match of text.matchAll(SENTENCE_END)) end = match.index + match[0].length;
  return end;
}
