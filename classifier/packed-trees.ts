// Unpacks the trees of an artefact: nodes in preorder, a letter (letters.ts) for each thing that a node has.
// `train/tree-packer.ts` is the writer.

import { LARGEST, lettersOf, ZERO } from './letters.ts';

/** The letter that marks a leaf. */
export const LEAF = ZERO + LARGEST;

export type PackedTrees = {
  /** Nodes of each tree. */
  readonly sizes: string;
  readonly features: string;
  readonly rights: string;
  readonly cuts: string;
  readonly valueScale: number;
};

/** The values at which nodes ask about each feature, ascending; both sets of trees share them. */
export type Cuts = {
  readonly values: Float32Array;
  /** By a feature's letter: where the letter 0 of its cuts would stand. */
  readonly starts: Int16Array;
};

export type Trees = {
  /** Index of each tree's root node. */
  readonly roots: Uint16Array;
  /** Letters. */
  readonly features: Uint8Array;
  /** Letters: a value at or below the threshold goes to the next node, else so many nodes on. */
  readonly rights: Uint8Array;
  /** Letters: which of the feature's cuts is the threshold. */
  readonly cutLetters: Uint8Array;
  readonly cuts: Cuts;
  /** The tree's estimate at each node, in steps of `valueScale`, so that a step to a child has a value of its own. */
  readonly values: Int8Array;
  readonly valueScale: number;
};

/** @param values one for each node */
export function unpackTrees(packed: PackedTrees, values: Int8Array, cuts: Cuts): Trees {
  let next = 0;
  const roots = Uint16Array.from(lettersOf(packed.sizes), (size) => {
    next += size - ZERO;
    return next - size + ZERO;
  });
  if (next !== packed.features.length || next !== values.length)
    throw new Error('classifier artefact: nodes are missing');
  return {
    roots,
    features: lettersOf(packed.features),
    rights: lettersOf(packed.rights),
    cutLetters: lettersOf(packed.cuts),
    cuts,
    values,
    valueScale: packed.valueScale,
  };
}

/** @param counts a letter for each feature @param values of all features, one after another */
export function unpackCuts(counts: string, values: Float32Array): Cuts {
  const starts = new Int16Array(LEAF);
  let next = -ZERO;
  lettersOf(counts).forEach((count, feature) => {
    starts[ZERO + feature] = next;
    next += count - ZERO;
  });
  if (next + ZERO !== values.length) throw new Error('classifier artefact: cuts are missing');
  return { values, starts };
}
