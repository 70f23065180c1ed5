// Thinking that a server leaves inside the text: between <think> and </think> at the very start of an answer, as
// reasoning models write it when nobody parses it for them. Later tags are text: the answer may be about them.
// Invariant: nothing is lost but the tags and the white space around them, however the text is cut into pieces.

const OPEN = '<think>';
const CLOSE = '</think>';

/** White space before the tag that is waited for; more of it is an answer that starts with white space. */
const MAX_HELD_START = 64;

export type SplitText = { readonly thinking: string; readonly text: string };

export class ThinkTags {
  #place: 'start' | 'thinking' | 'seam' | 'text' = 'start';
  /** What may be the beginning of a tag. */
  #held = '';

  /** What is certain after one more piece of the text. */
  take(piece: string): SplitText {
    this.#held += piece;
    if (this.#place === 'start' && !this.#started()) return { thinking: '', text: '' };
    const thinking = this.#place === 'thinking' ? this.#thinking() : '';
    if (this.#place === 'thinking') return { thinking, text: '' };
    if (this.#place === 'seam') this.#held = this.#held.trimStart();
    if (this.#held !== '') this.#place = 'text';
    return { thinking, text: this.#release() };
  }

  /** What was still held when the answer ended. */
  rest(): SplitText {
    const isThinking = this.#place === 'thinking';
    const held = this.#release();
    return isThinking ? { thinking: held, text: '' } : { thinking: '', text: held };
  }

  #started(): boolean {
    const start = this.#held.trimStart();
    if (OPEN.startsWith(start) && this.#held.length <= MAX_HELD_START) return false;
    const opens = start.startsWith(OPEN);
    this.#place = opens ? 'thinking' : 'text';
    if (opens) this.#held = start.slice(OPEN.length);
    return true;
  }

  #thinking(): string {
    const held = this.#release();
    const close = held.indexOf(CLOSE);
    if (close >= 0) {
      this.#place = 'seam';
      this.#held = held.slice(close + CLOSE.length);
      return held.slice(0, close);
    }
    this.#held = held.slice(held.length - openTail(held));
    return held.slice(0, held.length - this.#held.length);
  }

  #release(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }
}

/** How many of the last characters may be the beginning of the closing tag. */
function openTail(text: string): number {
  for (let length = Math.min(CLOSE.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(CLOSE.slice(0, length))) return length;
  }
  return 0;
}
