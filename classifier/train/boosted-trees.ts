// Gradient-boosted trees over binned dense features, on top of a given start, for soft labels (logits) or plain values.
// Every node keeps its own estimate, so a path's steps can be credited to features. Fully deterministic: ties go to the
// lower feature and the lower bin.

export type TreeNode = {
  readonly value: number;
  readonly split:
    | {
        readonly feature: number;
        readonly threshold: number;
        readonly low: TreeNode;
        readonly high: TreeNode;
      }
    | undefined;
};

export type BoostingRows = {
  /** Row-major: `features` values for each row. */
  readonly values: Float32Array;
  readonly features: number;
  readonly labels: Float64Array;
  readonly weights: Float64Array;
  /** What the trees start from: logits for `logistic`, values for `squared`. */
  readonly starts: Float64Array;
};

export type BoostingOptions = {
  readonly loss: 'logistic' | 'squared';
  readonly trees: number;
  readonly depth: number;
  readonly rate: number;
  readonly leastWeight: number;
  readonly shrinkage: number;
};

const MAX_BINS = 32;

type Binned = { readonly bins: Uint8Array; readonly edges: readonly Float32Array[] };

export function trainTrees(rows: BoostingRows, options: BoostingOptions): readonly TreeNode[] {
  const count = rows.labels.length;
  const binned = binFeatures(rows);
  const logits = rows.starts.slice();
  const gradients = new Float64Array(count);
  const curvatures = new Float64Array(count);
  const trees: TreeNode[] = [];
  const all = Uint32Array.from({ length: count }, (_, index) => index);
  for (let tree = 0; tree < options.trees; tree += 1) {
    for (let row = 0; row < count; row += 1) {
      const estimate = logits[row] ?? 0;
      const probability = options.loss === 'logistic' ? 1 / (1 + Math.exp(-estimate)) : estimate;
      const slope = options.loss === 'logistic' ? Math.max(probability * (1 - probability), 1e-4) : 1;
      const weight = rows.weights[row] ?? 0;
      gradients[row] = weight * ((rows.labels[row] ?? 0) - probability);
      curvatures[row] = weight * slope;
    }
    const grower = new TreeGrower(binned, rows.features, { gradients, curvatures, logits }, options);
    trees.push(grower.grow(all, options.depth, 0));
  }
  return trees;
}

type Targets = {
  readonly gradients: Float64Array;
  readonly curvatures: Float64Array;
  readonly logits: Float64Array;
};

class TreeGrower {
  readonly #binned: Binned;
  readonly #features: number;
  readonly #targets: Targets;
  readonly #options: BoostingOptions;

  constructor(binned: Binned, features: number, targets: Targets, options: BoostingOptions) {
    this.#binned = binned;
    this.#features = features;
    this.#targets = targets;
    this.#options = options;
  }

  /** Grows the node over `rows` and, at the leaves, moves the rows' logits. `value` of the root is 0 by convention. */
  grow(rows: Uint32Array, depth: number, value: number): TreeNode {
    const best = depth === 0 ? undefined : this.#bestSplit(rows);
    if (best === undefined) {
      for (const row of rows) this.#targets.logits[row] = (this.#targets.logits[row] ?? 0) + value;
      return { value, split: undefined };
    }
    const isLow = (row: number): boolean =>
      (this.#binned.bins[row * this.#features + best.feature] ?? 0) <= best.bin;
    const low = rows.filter(isLow);
    const high = rows.filter((row) => !isLow(row));
    const threshold = this.#binned.edges[best.feature]?.[best.bin] ?? 0;
    return {
      value,
      split: {
        feature: best.feature,
        threshold,
        low: this.grow(low, depth - 1, this.#estimate(low)),
        high: this.grow(high, depth - 1, this.#estimate(high)),
      },
    };
  }

  #estimate(rows: Uint32Array): number {
    let gradient = 0;
    let curvature = this.#options.shrinkage;
    for (const row of rows) {
      gradient += this.#targets.gradients[row] ?? 0;
      curvature += this.#targets.curvatures[row] ?? 0;
    }
    return (this.#options.rate * gradient) / curvature;
  }

  #bestSplit(rows: Uint32Array): { readonly feature: number; readonly bin: number } | undefined {
    const gradients = new Float64Array(this.#features * MAX_BINS);
    const curvatures = new Float64Array(this.#features * MAX_BINS);
    this.#fillHistograms(rows, gradients, curvatures);
    let best: { readonly feature: number; readonly bin: number } | undefined;
    let bestGain = 1e-6;
    for (let feature = 0; feature < this.#features; feature += 1) {
      const from = feature * MAX_BINS;
      const split = this.#bestBin(
        gradients.subarray(from, from + MAX_BINS),
        curvatures.subarray(from, from + MAX_BINS),
      );
      if (split.gain <= bestGain) continue;
      bestGain = split.gain;
      best = { feature, bin: split.bin };
    }
    return best;
  }

  #fillHistograms(rows: Uint32Array, gradients: Float64Array, curvatures: Float64Array): void {
    for (const row of rows) {
      const gradient = this.#targets.gradients[row] ?? 0;
      const curvature = this.#targets.curvatures[row] ?? 0;
      for (let feature = 0; feature < this.#features; feature += 1) {
        const cell = feature * MAX_BINS + (this.#binned.bins[row * this.#features + feature] ?? 0);
        gradients[cell] = (gradients[cell] ?? 0) + gradient;
        curvatures[cell] = (curvatures[cell] ?? 0) + curvature;
      }
    }
  }

  #bestBin(
    gradients: Float64Array,
    curvatures: Float64Array,
  ): { readonly gain: number; readonly bin: number } {
    const { shrinkage, leastWeight } = this.#options;
    const allGradient = gradients.reduce((sum, value) => sum + value, 0);
    const allCurvature = curvatures.reduce((sum, value) => sum + value, 0);
    const parent = (allGradient * allGradient) / (allCurvature + shrinkage);
    let best = { gain: 0, bin: 0 };
    let gradient = 0;
    let curvature = 0;
    for (let bin = 0; bin < MAX_BINS - 1; bin += 1) {
      gradient += gradients[bin] ?? 0;
      curvature += curvatures[bin] ?? 0;
      const rest = allCurvature - curvature;
      if (curvature < leastWeight || rest < leastWeight) continue;
      const other = allGradient - gradient;
      const gain =
        (gradient * gradient) / (curvature + shrinkage) + (other * other) / (rest + shrinkage) - parent;
      if (gain > best.gain) best = { gain, bin };
    }
    return best;
  }
}

/** Quantile bins: the value of bin b is ≤ edges[b]; the last bin has no edge. */
function binFeatures({ values, features, labels }: BoostingRows): Binned {
  const rows = labels.length;
  const bins = new Uint8Array(rows * features);
  const edges: Float32Array[] = [];
  for (let feature = 0; feature < features; feature += 1) {
    const column = Float32Array.from({ length: rows }, (_, row) => values[row * features + feature] ?? 0);
    const featureEdges = quantileEdges(column.slice().sort());
    edges.push(featureEdges);
    for (let row = 0; row < rows; row += 1)
      bins[row * features + feature] = binOf(featureEdges, column[row] ?? 0);
  }
  return { bins, edges };
}

function quantileEdges(sorted: Float32Array): Float32Array {
  const edges: number[] = [];
  for (let quantile = 1; quantile < MAX_BINS; quantile += 1) {
    const value = sorted[Math.floor((quantile * sorted.length) / MAX_BINS)] ?? 0;
    if (value < (sorted.at(-1) ?? 0) && value !== edges.at(-1)) edges.push(value);
  }
  // Rare counts vanish between quantiles; a cut above each small count keeps them usable.
  for (const value of [0, 1, 2, 4])
    if (value < (sorted.at(-1) ?? 0) && !edges.includes(value)) edges.push(value);
  return Float32Array.from(edges.sort((left, right) => left - right).slice(0, MAX_BINS - 1));
}

function binOf(edges: Float32Array, value: number): number {
  let bin = 0;
  while (bin < edges.length && value > (edges[bin] ?? 0)) bin += 1;
  return bin;
}
