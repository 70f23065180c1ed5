// The part of a draft's text that a user reads as the answer. Some models write their thoughts into the text, inside
// `<think>…</think>` at its start: thoughts hedge, refuse and change language without meaning anything.
// Fed piece by piece or whole, it gives the same text.

const OPEN = '<think>';
const CLOSE = '</think>';

export class ShownText {
  readonly #maxUnits: number;
  #state: 'unknown' | 'thinking' | 'shown' = 'unknown';
  /** What cannot be told yet: the start of the text, or the end of the thoughts, where a tag may be cut. */
  #pending = '';
  #text = '';

  /** @param maxUnits - what is kept of the shown text */
  constructor(maxUnits: number) {
    this.#maxUnits = maxUnits;
  }

  get text(): string {
    return this.#state === 'unknown' ? this.#pending : this.#text;
  }

  get isThinking(): boolean {
    return this.#state === 'thinking';
  }

  take(delta: string): void {
    if (this.#state === 'shown') {
      this.#show(delta);
      return;
    }
    this.#pending += delta;
    if (this.#state === 'unknown') this.#start();
    if (this.#state === 'thinking') this.#skipThoughts();
  }

  #start(): void {
    const start = this.#pending.trimStart();
    if (start.length < OPEN.length && OPEN.startsWith(start)) {
      this.#pending = start;
    } else if (start.startsWith(OPEN)) {
      this.#state = 'thinking';
    } else {
      this.#state = 'shown';
      this.#show(start);
    }
  }

  #skipThoughts(): void {
    const close = this.#pending.indexOf(CLOSE);
    if (close < 0) {
      this.#pending = this.#pending.slice(-CLOSE.length);
      return;
    }
    this.#state = 'shown';
    this.#show(this.#pending.slice(close + CLOSE.length));
  }

  #show(delta: string): void {
    const room = this.#maxUnits - this.#text.length;
    if (room <= 0) return;
    const start = this.#text === '' ? delta.trimStart() : delta;
    this.#text += start.slice(0, room);
  }
}
