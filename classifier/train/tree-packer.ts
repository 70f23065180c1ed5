// Packs boosted trees as `classifier/packed-trees.ts` unpacks them. Quantises node values to int8, thresholds to float32.

import { FEATURES } from '../features.ts';
import { LARGEST, toLetter } from '../letters.ts';
import type { PackedTrees } from '../packed-trees.ts';
import type { TreeNode } from './boosted-trees.ts';

type FeatureCuts = readonly (readonly number[])[];

/** For each feature the values at which a node of these trees asks about it, ascending, each once. */
export function cutsOf(trees: readonly TreeNode[]): FeatureCuts {
  const cuts = FEATURES.map(() => new Set<number>());
  for (const { split } of trees.flatMap(preorder))
    if (split !== undefined) cuts[split.feature]?.add(Math.fround(split.threshold));
  return cuts.map((each) => [...each].toSorted((left, right) => left - right));
}

export function packCuts(cuts: FeatureCuts): { readonly counts: string; readonly values: Uint8Array } {
  return {
    counts: cuts.map(({ length }) => toLetter(length)).join(''),
    values: new Uint8Array(Float32Array.from(cuts.flat()).buffer),
  };
}

export function packTrees(
  trees: readonly TreeNode[],
  cuts: FeatureCuts,
): { readonly packed: PackedTrees; readonly values: Uint8Array } {
  const nodes = trees.flatMap(preorder);
  const valueScale = nodes.reduce((largest, { value }) => Math.max(largest, Math.abs(value)), 1e-9) / 127;
  const each = (numberOf: (node: TreeNode) => number): string => nodes.map(numberOf).map(toLetter).join('');
  return {
    packed: {
      sizes: trees.map((tree) => toLetter(preorder(tree).length)).join(''),
      features: each(({ split }) => split?.feature ?? LARGEST),
      rights: each(({ split }) => (split === undefined ? 0 : 1 + preorder(split.low).length)),
      cuts: each(({ split }) =>
        split === undefined ? 0 : (cuts[split.feature] ?? []).indexOf(Math.fround(split.threshold)),
      ),
      valueScale,
    },
    // Two's complement: the reader takes these bytes for an Int8Array.
    values: Uint8Array.from(nodes, ({ value }) => Math.round(value / valueScale) & 255),
  };
}

/** A node's low child follows it, and the high one all of that. */
function preorder(tree: TreeNode): readonly TreeNode[] {
  return tree.split === undefined
    ? [tree]
    : [tree, ...preorder(tree.split.low), ...preorder(tree.split.high)];
}
