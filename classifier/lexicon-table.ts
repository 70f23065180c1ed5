// The lexicon as one open-addressed hash table: a look-up for every letter of a prompt has to cost a load, not a string.
// Words and stems share the table, told apart by a salt. It is filled once and then only read.

/** Four times the number of entries at least, so that a word outside the lists is mostly refused by the first slot. */
const SLOTS = 16_384;

/** Stems shorter or longer than this are not looked for. */
export const STEM_LENGTH = { least: 3, most: 9 } as const;

export const NO_CATEGORY = 255;

export class LexiconTable {
  readonly #hashes = new Int32Array(SLOTS);
  readonly #categories = new Uint8Array(SLOTS).fill(NO_CATEGORY);

  /**
   * @param hashes of words, and of stems xor `STEM_SALT`; none twice
   * @param categories each hash's number in `CATEGORIES`
   */
  constructor(hashes: Int32Array, categories: Uint8Array) {
    for (let entry = 0; entry < hashes.length; entry += 1) {
      const hash = hashes[entry] ?? 0;
      const slot = slotOf(this.#hashes, this.#categories, hash);
      this.#hashes[slot] = hash;
      this.#categories[slot] = categories[entry] ?? NO_CATEGORY;
    }
  }

  /** The category of a whole word's hash, or of a stem's hash xor `STEM_SALT`; else `NO_CATEGORY`. */
  categoryOf(hash: number): number {
    return this.#categories[slotOf(this.#hashes, this.#categories, hash)] ?? NO_CATEGORY;
  }
}

function slotOf(hashes: Int32Array, categories: Uint8Array, hash: number): number {
  let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  while (categories[slot] !== NO_CATEGORY && hashes[slot] !== hash) slot = (slot + 1) & (SLOTS - 1);
  return slot;
}
