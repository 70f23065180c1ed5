// Which of many literal phrases are in a text, found in one pass (Aho and Corasick, 1975): a trie of all phrases, in
// which every node also knows the longest suffix of itself that begins a phrase. Each character moves one step
// down or some steps back up, and never more steps up than it went down before, so the time is linear in the text
// whatever text and phrases are. There is nothing to backtrack: no input can make it slow.

/** Phrases by their number. `asWord`: found with neither letter nor digit on either side. */
export type FoundPhrases = { readonly anywhere: ReadonlySet<number>; readonly asWord: ReadonlySet<number> };

const ROOT = 0;

/** Larger than every UTF-16 code unit, so that node and code unit make one key. */
const CODES = 0x10000;

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

type Edge = { readonly from: number; readonly code: number; readonly to: number; readonly depth: number };

export class PhraseMatcher {
  readonly #children = new Map<number, number>();
  /** By node: the longest proper suffix that is a node. */
  readonly #suffixes: number[] = [ROOT];
  /** By node: the nearest node, itself included, among its suffixes at which a phrase ends; else ROOT. */
  readonly #endings: number[] = [ROOT];
  /** By node: the numbers of the phrase that ends there; several when it was given several times. */
  readonly #numbers: number[][] = [[]];
  readonly #lengths: readonly number[];

  /** @param phrases - none empty */
  constructor(phrases: readonly string[]) {
    this.#lengths = phrases.map((phrase) => phrase.length);
    const edges: Edge[] = [];
    phrases.forEach((phrase, number) => this.#grow(phrase, number, edges));
    // Suffixes are shorter than what they belong to, so shallow nodes are linked first.
    for (const edge of edges.sort((left, right) => left.depth - right.depth)) this.#link(edge);
  }

  find(text: string): FoundPhrases {
    const anywhere = new Set<number>();
    const asWord = new Set<number>();
    let node = ROOT;
    for (let at = 0; at < text.length; at += 1) {
      node = this.#step(node, text.charCodeAt(at));
      let ending = this.#endings[node] ?? ROOT;
      while (ending !== ROOT) {
        this.#note(ending, text, at + 1, { anywhere, asWord });
        ending = this.#endings[this.#suffixes[ending] ?? ROOT] ?? ROOT;
      }
    }
    return { anywhere, asWord };
  }

  #note(
    node: number,
    text: string,
    end: number,
    found: { anywhere: Set<number>; asWord: Set<number> },
  ): void {
    const numbers = this.#numbers[node] ?? [];
    const [first] = numbers;
    // Found as a word is all there is to find: a phrase that fills the text is looked at once.
    if (first === undefined || found.asWord.has(first)) return;
    const asWord = isWord(text, end - (this.#lengths[first] ?? 0), end);
    for (const number of numbers) {
      found.anywhere.add(number);
      if (asWord) found.asWord.add(number);
    }
  }

  #grow(phrase: string, number: number, edges: Edge[]): void {
    let node = ROOT;
    for (let at = 0; at < phrase.length; at += 1) {
      const code = phrase.charCodeAt(at);
      let child = this.#children.get(node * CODES + code);
      if (child === undefined) {
        child = this.#numbers.push([]) - 1;
        this.#children.set(node * CODES + code, child);
        edges.push({ from: node, code, to: child, depth: at });
      }
      node = child;
    }
    this.#numbers[node]?.push(number);
  }

  #link({ from, code, to }: Edge): void {
    const suffix = from === ROOT ? ROOT : this.#step(this.#suffixes[from] ?? ROOT, code);
    this.#suffixes[to] = suffix;
    this.#endings[to] = this.#numbers[to]?.length === 0 ? (this.#endings[suffix] ?? ROOT) : to;
  }

  #step(from: number, code: number): number {
    let node = from;
    for (;;) {
      const child = this.#children.get(node * CODES + code);
      if (child !== undefined) return child;
      if (node === ROOT) return ROOT;
      node = this.#suffixes[node] ?? ROOT;
    }
  }
}

function isWord(text: string, from: number, to: number): boolean {
  // Whole characters: a letter outside the first plane is two code units, and half of it is no letter.
  const before = text.slice(Math.max(0, from - 2), from);
  const after = String.fromCodePoint(text.codePointAt(to) ?? 32);
  return !LETTER_OR_DIGIT.test([...before].at(-1) ?? ' ') && !LETTER_OR_DIGIT.test(after);
}
