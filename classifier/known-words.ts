// Which words training has met often enough to know: one bit per hash. A word outside is sometimes taken for a known one
// (bits are shared), so only the share over a whole text means anything; see unfamiliar.ts.

import { bucketOf } from './token-hash.ts';

/** 2^16 bits: about a quarter of them are set, and the artefact holds 8 KB. */
export const KNOWN_WORD_BITS = 16;

export const KNOWN_WORD_BYTES = 2 ** KNOWN_WORD_BITS / 8;

/** Keeps these bits independent of the wording's buckets. */
const SALT = 0x3c6ef372;

export class KnownWords {
  /** The share of bits set: how often a word nobody has met is taken for a known one. */
  readonly density: number;
  readonly #bits: Uint8Array;

  /** @param bits `KNOWN_WORD_BYTES` bytes @param density the share of them that is set */
  constructor(bits: Uint8Array, density: number) {
    this.#bits = bits;
    this.density = density;
  }

  has(hash: number): boolean {
    const bit = knownWordBit(hash);
    return (((this.#bits[bit >>> 3] ?? 0) >>> (bit & 7)) & 1) === 1;
  }
}

export function knownWordBit(hash: number): number {
  return bucketOf(hash ^ SALT, 2 ** KNOWN_WORD_BITS - 1);
}
