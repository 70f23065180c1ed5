// Draws a growing Markdown text into an element: each call adds what is new and touches nothing that is finished.
// A text that the parser chokes on goes on as plain text, because a shown answer beats a nice one.

import { parser, parser_end, parser_write, Token } from 'streaming-markdown';
import { HardenedRenderer } from './hardened-renderer.ts';

/** An address that is still open after so much is none. */
const MAX_ADDRESS = 2_048;

/** So short that an address without an end is found before the parser, which goes through it anew for each character, takes long. */
const PIECES = /\n?[^\n]{1,1000}|\n/gu;

export class MarkdownWriter {
  readonly #root: Element;
  readonly #renderer: HardenedRenderer;
  #parser: ReturnType<typeof parser>;
  #written = 0;
  #isPlain = false;
  #isEnded = false;

  constructor(root: Element) {
    this.#root = root;
    root.replaceChildren();
    this.#renderer = new HardenedRenderer(root);
    this.#parser = parser(this.#renderer);
  }

  /** @param text - the whole text so far: what was written before is its beginning */
  show(text: string, isComplete: boolean): void {
    if (this.#isEnded) return;
    const fresh = text.slice(this.#written);
    this.#written = text.length;
    this.#write(fresh);
    if (!isComplete) return;
    this.#isEnded = true;
    if (!this.#isPlain) this.#attempt(() => this.#finish(), '');
  }

  #write(fresh: string): void {
    if (fresh === '') return;
    for (const piece of fresh.match(PIECES) ?? []) {
      if (this.#isPlain) this.#root.append(piece);
      else this.#attempt(() => this.#parse(piece), piece);
    }
  }

  #parse(piece: string): void {
    if (piece.startsWith('\n') || this.#parser.pending.length > MAX_ADDRESS) this.#endAddress();
    parser_write(this.#parser, piece);
  }

  #finish(): void {
    this.#endAddress();
    parser_end(this.#parser);
  }

  /** The parser waits for the `)` of `a[0](b` to the end of the answer, and would show nothing that comes before it. */
  #endAddress(): void {
    const { token, pending } = this.#parser;
    if ((token !== Token.Link && token !== Token.Image) || !pending.startsWith('](')) return;
    this.#renderer.leaveUnclosed(() => parser_write(this.#parser, ')'));
  }

  #attempt(write: () => void, fresh: string): void {
    try {
      write();
    } catch {
      // A depth or a shape that the parser was not made for: from here on the text is shown as it is.
      this.#isPlain = true;
      this.#root.append(fresh);
    }
  }
}
