// One bounded walk over the analysis copy of a prompt: what characters it is made of, which lexicon words it holds and
// where, how many of its words training knew, and the hash buckets of its words. It counts and judges nothing.
// One scan object is reused for every prompt: `read` overwrites the previous one. Repeats add nothing: padding, lists of
// lexicon words and the same word again must not outweigh the task.

import { CATEGORIES } from './categories.ts';
import type { KnownWords } from './known-words.ts';
import { type LexiconTable, NO_CATEGORY, STEM_LENGTH } from './lexicon-table.ts';
import { countLineShapes, LINE_SHAPE_COUNT } from './line-shapes.ts';
import { ListWatch } from './list-watch.ts';
import {
  bucketOf,
  HASH_START,
  hashStep,
  KIND,
  KIND_COUNT,
  kindOf,
  NUMBER_SALT,
  PAIR_SALT,
  STEM_SALT,
} from './token-hash.ts';

/** Where an instruction usually stands: its words count a second time, apart from those of pasted text. */
export const INSTRUCTION = { openingChars: 320, closingChars: 240 } as const;

/** Words are hashed here only: pasted text further in says little about the task and would drown the instruction. */
const WORDING = { openingChars: 768, closingChars: 640 } as const;

/** Every character of the wording zone can end at most three n-grams. */
const MAX_BUCKETS = 3 * (WORDING.openingChars + WORDING.closingChars) + 64;

/** A word's first five letters stand for its inflected forms. */
const STEM_CHARS = 5;

const LONG_WORD_CHARS = 9;

/** With fewer words than this outside, the list is the prompt. */
const LEAST_WORDS_BESIDE_LIST = 1;

/** A sentence is weighed by itself when it holds so many n-grams; so many sentences at most. */
const LEAST_SENTENCE_GRAMS = 6;
const MAX_SENTENCES = 96;

/** Of a run of the same sign (dots, dashes, blanks) so many are counted: an ellipsis is a stop, a ruler is none more. */
const MAX_REPEATS = 2;

export class TextScan {
  /** UTF-16 code units of the copy, and of them those that were counted. */
  chars = 0;
  readChars = 0;
  words = 0;
  longWords = 0;
  wordChars = 0;
  numbers = 0;
  longestNumber = 0;
  /** Words (or characters of unspaced scripts) that could have been known, and those that were. */
  knowableWords = 0;
  knownWords = 0;
  bucketCount = 0;
  grams = 0;
  /** `buckets` up to `openingEnd` come from the opening, those from `closingStart` on only from the closing. */
  openingEnd = 0;
  closingStart = 0;
  readonly lineShapes = new Uint32Array(LINE_SHAPE_COUNT);
  readonly kinds = new Uint32Array(KIND_COUNT);
  readonly categoryCounts = new Uint32Array(CATEGORIES.length);
  readonly instructionCounts = new Uint32Array(CATEGORIES.length);
  readonly buckets = new Uint32Array(MAX_BUCKETS);
  /** Where in `buckets` each sentence ends, as far as sentences are long enough to be weighed. */
  sentenceCount = 0;
  readonly sentenceEnds = new Uint32Array(MAX_SENTENCES);

  readonly #lexicon: LexiconTable;
  readonly #known: Pick<KnownWords, 'has'>;
  readonly #mask: number;
  readonly #seen: Uint8Array;
  #hash = HASH_START;
  #length = 0;
  #digits = 0;
  #stemCategory = NO_CATEGORY;
  #stemHash = 0;
  #previousWord = 0;
  #previousCode = 0;
  #codeBefore = 0;
  readonly #list = new ListWatch();
  /** What had been counted when the stretch began that may become a list. */
  #beforeList = { buckets: 0, readChars: 0, words: 0, wordChars: 0, longWords: 0 };
  #keepsLists = false;
  #tookBack = false;
  #instruction = true;
  #wording = false;

  /** @param bucketBits log2 of the number of hash buckets */
  constructor(bucketBits: number, lexicon: LexiconTable, known: Pick<KnownWords, 'has'>) {
    this.#lexicon = lexicon;
    this.#known = known;
    this.#mask = 2 ** bucketBits - 1;
    this.#seen = new Uint8Array(2 ** bucketBits);
  }

  /** @param text as `analysisText` makes it */
  read(text: string): void {
    this.#keepsLists = false;
    this.#readAll(text);
    if (this.#tookBack && this.words < LEAST_WORDS_BESIDE_LIST) {
      this.#keepsLists = true;
      this.#readAll(text);
    }
  }

  #readAll(text: string): void {
    this.#reset();
    this.chars = text.length;
    countLineShapes(text, this.lineShapes);
    const opening = Math.min(text.length, INSTRUCTION.openingChars);
    const closing = Math.max(0, text.length - INSTRUCTION.closingChars);
    const [first, second] = opening < closing ? [opening, closing] : [closing, opening];
    this.#readPart(text, 0, first);
    if (first === opening) this.openingEnd = this.bucketCount;
    if (first === closing) this.closingStart = this.bucketCount;
    // Between the two lies pasted text, or, when they overlap, what belongs to both.
    this.#instruction = closing <= opening;
    this.#readPart(text, first, second);
    if (second === opening) this.openingEnd = this.bucketCount;
    if (second === closing) this.closingStart = this.bucketCount;
    this.#instruction = true;
    this.#readPart(text, second, text.length);
    this.#endToken();
    this.#endSentence();
    // The last word ends behind the last character.
    if (opening === text.length) this.openingEnd = this.bucketCount;
  }

  #readPart(text: string, start: number, end: number): void {
    const wordingStart = text.length - WORDING.closingChars;
    let lastCode = 0;
    let repeats = 0;
    for (let index = start; index < end; index += 1) {
      const code = text.charCodeAt(index);
      const kind = kindOf(code);
      if (kind === KIND.lower) {
        repeats = 0;
      } else {
        repeats = code === lastCode && kind !== KIND.digit && kind !== KIND.unspaced ? repeats + 1 : 0;
        if (repeats >= MAX_REPEATS) continue;
      }
      lastCode = code;
      this.readChars += 1;
      this.kinds[kind] = (this.kinds[kind] ?? 0) + 1;
      this.#wording = index < WORDING.openingChars || index >= wordingStart;
      this.#readCharacter(code, kind);
    }
  }

  #readCharacter(code: number, kind: number): void {
    if (kind === KIND.lower || kind === KIND.wideLetter) {
      if (this.#digits > 0) this.#endToken();
      this.#readLetter(code);
      return;
    }
    if (kind === KIND.digit) {
      if (this.#length > 0) this.#readLetter(code);
      else this.#digits += 1;
      return;
    }
    if (this.#length > 0 || this.#digits > 0) this.#endToken();
    if (kind === KIND.unspaced) this.#readUnspaced(code);
    else this.#readSign(kind);
  }

  #readSign(kind: number): void {
    this.#previousCode = 0;
    switch (kind) {
      case KIND.stop:
      case KIND.question:
      case KIND.newline:
        this.#endSentence();
        return;
      case KIND.codeSign:
      case KIND.parenthesis:
      case KIND.mathSign:
        // Names in code stand side by side without being a list.
        this.#list.reset();
        return;
      default:
    }
  }

  #readLetter(code: number): void {
    this.#previousCode = 0;
    this.#hash = hashStep(this.#hash, code);
    this.#length += 1;
    const length = this.#length;
    if (length < STEM_LENGTH.least || length > STEM_LENGTH.most) return;
    const category = this.#lexicon.categoryOf(this.#hash ^ STEM_SALT);
    if (category !== NO_CATEGORY) this.#stemCategory = category;
    if (length === STEM_CHARS) this.#stemHash = this.#hash;
  }

  #readUnspaced(code: number): void {
    this.#recognise(hashStep(HASH_START, code));
    if (this.#previousCode !== 0) {
      const pair = hashStep(hashStep(HASH_START, this.#previousCode), code);
      this.#count(this.#lexicon.categoryOf(pair));
      this.#addGram(pair);
      this.words += 1;
      if (this.#codeBefore !== 0) {
        const run = hashStep(hashStep(hashStep(HASH_START, this.#codeBefore), this.#previousCode), code);
        this.#count(this.#lexicon.categoryOf(run));
        this.#addGram(run);
      }
    }
    this.#codeBefore = this.#previousCode;
    this.#previousCode = code;
  }

  #endToken(): void {
    if (this.#digits > 0) this.#endNumber();
    else if (this.#length > 0) this.#endWord();
    this.#hash = HASH_START;
    this.#length = 0;
    this.#digits = 0;
    this.#stemCategory = NO_CATEGORY;
    this.#stemHash = 0;
  }

  #endNumber(): void {
    this.numbers += 1;
    this.longestNumber = Math.max(this.longestNumber, this.#digits);
    // A number is known by its size only: the digits themselves would teach the model single exam items.
    this.#addWord(NUMBER_SALT + Math.min(this.#digits, 4));
  }

  #endWord(): void {
    this.#recognise(this.#hash);
    const exact = this.#lexicon.categoryOf(this.#hash);
    const category = exact === NO_CATEGORY ? this.#stemCategory : exact;
    if (this.#isListed(this.#hash, category)) return;
    this.words += 1;
    this.wordChars += this.#length;
    if (this.#length >= LONG_WORD_CHARS) this.longWords += 1;
    this.#count(category);
    if (this.#length > STEM_CHARS) this.#addGram(this.#stemHash ^ STEM_SALT);
    this.#addWord(this.#hash);
  }

  /** Whether the word that ends here belongs to a list; a list is taken back once it is one. */
  #isListed(hash: number, category: number): boolean {
    if (this.#keepsLists) return false;
    const step = this.#list.step(hash, category);
    if (step === 'begins') this.#beginStretch();
    if (step === 'becomes') this.#takeBack();
    if (step !== 'becomes' && step !== 'goes on') return false;
    this.readChars = this.#beforeList.readChars;
    return true;
  }

  #beginStretch(): void {
    const before = this.#beforeList;
    before.buckets = this.bucketCount;
    before.readChars = this.readChars - this.#length;
    before.words = this.words;
    before.wordChars = this.wordChars;
    before.longWords = this.longWords;
  }

  #takeBack(): void {
    this.#tookBack = true;
    const before = this.#beforeList;
    for (let index = before.buckets; index < this.bucketCount; index += 1)
      this.#seen[this.buckets[index] ?? 0] = 0;
    this.bucketCount = Math.min(this.bucketCount, before.buckets);
    this.words = before.words;
    this.wordChars = before.wordChars;
    this.longWords = before.longWords;
    this.openingEnd = Math.min(this.openingEnd, this.bucketCount);
    this.closingStart = Math.min(this.closingStart, this.bucketCount);
    while (this.#lastSentenceEnd() > this.bucketCount) this.sentenceCount -= 1;
    for (const category of this.#list.categories.subarray(0, this.#list.remembered)) {
      this.categoryCounts[category] = Math.max(0, (this.categoryCounts[category] ?? 0) - 1);
      this.instructionCounts[category] = Math.max(0, (this.instructionCounts[category] ?? 0) - 1);
    }
  }

  #endSentence(): void {
    this.#list.reset();
    if (this.sentenceCount === MAX_SENTENCES) return;
    if (this.bucketCount < this.#lastSentenceEnd() + LEAST_SENTENCE_GRAMS) return;
    this.sentenceEnds[this.sentenceCount] = this.bucketCount;
    this.sentenceCount += 1;
  }

  #lastSentenceEnd(): number {
    return this.sentenceCount === 0 ? 0 : (this.sentenceEnds[this.sentenceCount - 1] ?? 0);
  }

  #recognise(hash: number): void {
    this.knowableWords += 1;
    if (this.#known.has(hash)) this.knownWords += 1;
  }

  #addWord(hash: number): void {
    this.#addGram(hash);
    this.#addGram(Math.imul(this.#previousWord, 31) ^ hash ^ PAIR_SALT);
    this.#previousWord = hash;
  }

  #count(category: number): void {
    if (category === NO_CATEGORY) return;
    this.categoryCounts[category] = (this.categoryCounts[category] ?? 0) + 1;
    if (this.#instruction) this.instructionCounts[category] = (this.instructionCounts[category] ?? 0) + 1;
  }

  #addGram(hash: number): void {
    if (!this.#wording || this.bucketCount === MAX_BUCKETS) return;
    this.grams += 1;
    const bucket = bucketOf(hash, this.#mask);
    if (this.#seen[bucket] === 1) return;
    this.#seen[bucket] = 1;
    this.buckets[this.bucketCount] = bucket;
    this.bucketCount += 1;
  }

  #reset(): void {
    for (let index = 0; index < this.bucketCount; index += 1) this.#seen[this.buckets[index] ?? 0] = 0;
    this.bucketCount = 0;
    this.grams = 0;
    this.readChars = 0;
    this.words = 0;
    this.longWords = 0;
    this.wordChars = 0;
    this.numbers = 0;
    this.longestNumber = 0;
    this.knowableWords = 0;
    this.knownWords = 0;
    this.lineShapes.fill(0);
    this.kinds.fill(0);
    this.categoryCounts.fill(0);
    this.instructionCounts.fill(0);
    this.#previousCode = 0;
    this.#codeBefore = 0;
    this.#previousWord = 0;
    this.#list.reset();
    this.#tookBack = false;
    this.sentenceCount = 0;
    this.openingEnd = 0;
    this.closingStart = 0;
    this.#instruction = true;
  }
}
