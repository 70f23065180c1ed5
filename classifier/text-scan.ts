// One bounded walk over a prompt: what characters it is made of, which lexicon words it holds and where, and the hash
// buckets of its words. Long prompts are read at their head and tail only, so 100 KB costs what 4 KB costs.
// It counts and judges nothing. One scan object is reused for every prompt: `read` overwrites the previous one.

import { CATEGORIES } from './categories.ts';
import { type LexiconTable, NO_CATEGORY, STEM_LENGTH } from './lexicon-table.ts';
import { countLineShapes, LINE_SHAPE_COUNT } from './line-shapes.ts';
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

/** What is read of a long prompt. 2 + 1 KB hold the instruction wherever people put it; more only costs time. */
const WINDOW = { headChars: 2048, tailChars: 1024 } as const;

/** Where an instruction usually stands: its words count a second time, apart from those of pasted text. */
const INSTRUCTION = { headChars: 320, tailChars: 240 } as const;

/** Words are hashed here only: pasted text further in says little about the task and would drown the instruction. */
const WORDING = { headChars: 768, tailChars: 384 } as const;

/** Every character of the wording zone can end at most three n-grams. */
const MAX_BUCKETS = 3 * (WORDING.headChars + WORDING.tailChars) + 64;

/** A word's first five letters stand for its inflected forms. */
const STEM_CHARS = 5;

const LONG_WORD_CHARS = 9;

export class TextScan {
  /** UTF-16 code units of the whole prompt, and of the part that was read. */
  chars = 0;
  readChars = 0;
  words = 0;
  longWords = 0;
  wordChars = 0;
  numbers = 0;
  longestNumber = 0;
  bucketCount = 0;
  grams = 0;
  readonly lineShapes = new Uint32Array(LINE_SHAPE_COUNT);
  readonly kinds = new Uint32Array(KIND_COUNT);
  readonly categoryCounts = new Uint32Array(CATEGORIES.length);
  readonly instructionCounts = new Uint32Array(CATEGORIES.length);
  readonly buckets = new Uint32Array(MAX_BUCKETS);

  readonly #lexicon: LexiconTable;
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
  #instruction = false;
  #wording = false;

  /** @param bucketBits log2 of the number of hash buckets */
  constructor(bucketBits: number, lexicon: LexiconTable) {
    this.#lexicon = lexicon;
    this.#mask = 2 ** bucketBits - 1;
    this.#seen = new Uint8Array(2 ** bucketBits);
  }

  read(text: string): void {
    this.#reset();
    this.chars = text.length;
    const long = text.length > WINDOW.headChars + WINDOW.tailChars;
    if (long) {
      this.#readPart(text.slice(0, WINDOW.headChars), true, false);
      this.#readPart(text.slice(-WINDOW.tailChars), false, true);
    } else {
      this.#readPart(text, true, true);
    }
  }

  #readPart(part: string, isHead: boolean, isTail: boolean): void {
    this.readChars += part.length;
    countLineShapes(part, this.lineShapes);
    const lowered = part.toLowerCase();
    // Lower-casing can lengthen a text (İ), so capitals are only counted where positions still agree.
    const cased = lowered.length === part.length ? part : lowered;
    const length = lowered.length;
    const instructionEnd = isHead ? INSTRUCTION.headChars : 0;
    const instructionStart = isTail ? length - INSTRUCTION.tailChars : length;
    const wordingEnd = isHead ? WORDING.headChars : 0;
    const wordingStart = isTail ? length - WORDING.tailChars : length;
    for (let index = 0; index < length; index += 1) {
      const code = lowered.charCodeAt(index);
      const kind = kindOf(code);
      if (kind === KIND.invisible) continue;
      const shown = cased.charCodeAt(index) === code ? kind : KIND.upper;
      this.kinds[shown] = (this.kinds[shown] ?? 0) + 1;
      this.#instruction = index < instructionEnd || index >= instructionStart;
      this.#wording = index < wordingEnd || index >= wordingStart;
      this.#readCharacter(code, kind);
    }
    this.#endToken();
    this.#previousWord = 0;
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
    else this.#previousCode = 0;
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
    this.words += 1;
    this.wordChars += this.#length;
    if (this.#length >= LONG_WORD_CHARS) this.longWords += 1;
    const exact = this.#lexicon.categoryOf(this.#hash);
    this.#count(exact === NO_CATEGORY ? this.#stemCategory : exact);
    if (this.#length > STEM_CHARS) this.#addGram(this.#stemHash ^ STEM_SALT);
    this.#addWord(this.#hash);
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
    this.lineShapes.fill(0);
    this.kinds.fill(0);
    this.categoryCounts.fill(0);
    this.instructionCounts.fill(0);
    this.#previousCode = 0;
    this.#codeBefore = 0;
    this.#previousWord = 0;
  }
}
