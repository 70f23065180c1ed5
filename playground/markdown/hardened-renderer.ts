// Turns the tokens of streaming-markdown into elements of a fixed list, through the DOM alone: no HTML is ever parsed, and
// the only attribute that comes from the model is an address that `safeLink` let through. Images become links, so that
// nothing is loaded. Finished blocks are never touched again.

import { type Attr, HREF, LANG, CHECKED, SRC, START, Token } from 'streaming-markdown';
import { codeBlock, nameLanguage } from './code-block.ts';
import { safeLink } from './safe-link.ts';

/** Deeper elements are not made: their text goes into the deepest one. */
const MAX_DEPTH = 32;

/** An image in the text itself may have megabytes. */
const MAX_SHOWN_ADDRESS = 200;

/** Control characters, and what turns the direction of writing. */
const INVISIBLE = /[\p{Cc}\p{Cf}]/gu;

/** What writes backwards: a link that reads `bank.example` would be spelled `elpmaxe.knab`. */
const OVERRIDES = /[\u202D\u202E]/g;

const TAGS: ReadonlyMap<Token, string> = new Map<Token, string>([
  [Token.Paragraph, 'p'],
  // An answer is a part of the page, whose own headings come first.
  [Token.Heading_1, 'h3'],
  [Token.Heading_2, 'h4'],
  [Token.Heading_3, 'h5'],
  [Token.Heading_4, 'h6'],
  [Token.Heading_5, 'h6'],
  [Token.Heading_6, 'h6'],
  [Token.Blockquote, 'blockquote'],
  [Token.Code_Inline, 'code'],
  [Token.Equation_Block, 'code'],
  [Token.Equation_Inline, 'code'],
  [Token.Italic_Ast, 'em'],
  [Token.Italic_Und, 'em'],
  [Token.Strong_Ast, 'strong'],
  [Token.Strong_Und, 'strong'],
  [Token.Strike, 's'],
  [Token.Line_Break, 'br'],
  [Token.Rule, 'hr'],
  [Token.List_Unordered, 'ul'],
  [Token.List_Ordered, 'ol'],
  [Token.List_Item, 'li'],
]);

type Open = {
  readonly token: Token;
  readonly element: Element;
  /** False when its text goes into the element above, because it is too deep. */
  readonly isOwn: boolean;
  readonly hasAddress: boolean;
  /** The underscores of a name such as `snake_case`, which the parser takes for emphasis; '' for everything else. */
  readonly underscores: string;
};

const UNDERSCORES: ReadonlyMap<Token, string> = new Map<Token, string>([
  [Token.Italic_Und, '_'],
  [Token.Strong_Und, '__'],
]);

const INLINE: ReadonlySet<Token> = new Set<Token>([
  Token.Italic_Ast,
  Token.Italic_Und,
  Token.Strong_Ast,
  Token.Strong_Und,
  Token.Strike,
  Token.Link,
]);

export class HardenedRenderer {
  /** streaming-markdown hands it back; everything is in the object itself. */
  readonly data = null;
  readonly #open: Open[];
  #held = '';
  #isUnclosed = false;

  constructor(root: Element) {
    this.#open = [{ token: Token.Document, element: root, isOwn: true, hasAddress: false, underscores: '' }];
  }

  readonly add_token = (_data: null, token: Token): void => {
    this.#release();
    const parent = this.#top().element;
    const underscores = /[\p{L}\p{N}]$/u.test(lastText(parent)) ? (UNDERSCORES.get(token) ?? '') : '';
    const isOwn = underscores === '' && this.#open.length <= MAX_DEPTH;
    appendText(parent, underscores);
    const element = isOwn ? this.#added(parent, token) : parent;
    this.#open.push({ token, element, isOwn, hasAddress: false, underscores });
  };

  readonly end_token = (): void => {
    if (INLINE.has(this.#top().token)) this.#release();
    // Of a block that ends here: its underscore was never closed.
    this.#held = '';
    // The document itself stays open.
    const closed = this.#open.length > 1 ? this.#open.pop() : undefined;
    if (closed === undefined) return;
    this.#held = closed.underscores;
    if (!closed.isOwn || closed.hasAddress) return;
    // `a[0]` is no link: its brackets were only held back to see whether an address follows.
    if (closed.token === Token.Link) closed.element.replaceWith('[', ...closed.element.childNodes, ']');
  };

  readonly add_text = (_data: null, text: string): void => {
    this.#release();
    appendText(this.#top().element, text);
  };

  readonly set_attr = (_data: null, attribute: Attr, value: string): void => {
    const top = this.#top();
    const { token, element } = top;
    if (!top.isOwn) return;
    switch (attribute) {
      case HREF:
      case SRC:
        this.#open[this.#open.length - 1] = {
          ...top,
          hasAddress: true,
          element: this.#isUnclosed
            ? showAsWritten(element, value, token, '')
            : addAddress(element, value, token),
        };
        return;
      case LANG:
        nameLanguage(element, value);
        return;
      case CHECKED:
        if (element instanceof HTMLInputElement) element.checked = true;
        return;
      case START:
        if (element instanceof HTMLOListElement && /^\d{1,9}$/.test(value)) element.start = Number(value);
        return;
    }
  };

  /** @param close - has the parser end an address whose `)` never came: it is shown as it was written, and no link */
  leaveUnclosed(close: () => void): void {
    this.#isUnclosed = true;
    close();
    this.#isUnclosed = false;
  }

  /** The closing underscores of a name, once it is known that they were written. */
  #release(): void {
    appendText(this.#top().element, this.#held);
    this.#held = '';
  }

  #top(): Open {
    const top = this.#open.at(-1);
    if (top === undefined) throw new Error('the document itself was closed');
    return top;
  }

  #added(parent: Element, token: Token): Element {
    switch (token) {
      case Token.Code_Block:
      case Token.Code_Fence: {
        const { block, code } = codeBlock();
        parent.append(block);
        return code;
      }
      case Token.Table: {
        const table = appended(parent, 'div', 'table-scroll');
        table.tabIndex = 0;
        return appended(table, 'table');
      }
      case Token.Table_Row:
        return appended(rowsOf(parent), 'tr');
      case Token.Table_Cell:
        return appended(parent, parent.parentElement?.tagName === 'THEAD' ? 'th' : 'td');
      case Token.Checkbox:
        return checkbox(parent);
      case Token.Link:
      case Token.Raw_URL:
      case Token.Image:
        return appended(parent, 'span', token === Token.Image ? 'image-link' : 'link');
      default:
        return appended(parent, TAGS.get(token) ?? 'span');
    }
  }
}

/**
 * The span turns into a link only here, where its address is known and looked at.
 * @returns where further text goes: that of a plain address comes after the address
 */
function addAddress(element: Element, written: string, token: Token): Element {
  const link = safeLink(written);
  if (link === null)
    return showAsWritten(
      element,
      written.slice(0, MAX_SHOWN_ADDRESS),
      token,
      written.length > MAX_SHOWN_ADDRESS ? '…)' : ')',
    );
  const anchor = document.createElement('a');
  anchor.href = link.href;
  anchor.target = '_blank';
  anchor.rel = 'noopener noreferrer nofollow';
  anchor.append(...element.childNodes);
  element.append(anchor);
  if (token === Token.Raw_URL) return anchor;
  if (anchor.textContent === '') anchor.textContent = token === Token.Image ? 'image' : link.host;
  appended(element, 'span', 'link-host').textContent = ` (${link.host})`;
  return element;
}

/** What is no address that may be followed is shown, not hidden: it may be `call[0](x)`. */
function showAsWritten(element: Element, written: string, token: Token, end: string): Element {
  if (token === Token.Raw_URL) return element;
  element.prepend(token === Token.Image ? '![' : '[');
  element.append(`](${written.replaceAll(INVISIBLE, '\u{fffd}')}${end}`);
  return element;
}

/** The last character, which may be two units long: a pattern over all of a long text would be asked too often. */
function lastText({ lastChild }: Element): string {
  return lastChild instanceof Text ? lastChild.data.slice(-2) : '';
}

/** One text node for each run of text, however many pieces it came in. */
function appendText(element: Element, written: string): void {
  if (written === '') return;
  const text = written.replaceAll(OVERRIDES, '\u{fffd}');
  const { lastChild } = element;
  if (lastChild instanceof Text) lastChild.appendData(text);
  else element.append(text);
}

function rowsOf(table: Element): Element {
  const [head, body] = table.children;
  if (head === undefined) return appended(table, 'thead');
  return body ?? appended(table, 'tbody');
}

function checkbox(parent: Element): Element {
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.disabled = true;
  box.setAttribute('aria-label', 'task');
  parent.append(box);
  parent.classList.add('task');
  return box;
}

function appended(parent: Element, tag: string, className = ''): HTMLElement {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  parent.append(element);
  return element;
}
