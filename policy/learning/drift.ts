// Whether a tenant's prompts are still those that its reference was taken from: the population stability index of the
// classifier's own probabilities. Raw ones, because a new calibration is no drift of the prompts.

export type DriftLevel = 'unknown' | 'stable' | 'watch' | 'alarm';

export type Drift = {
  /** Σ (recent − expected) × ln(recent ÷ expected) over the bins; null below the least sample. */
  readonly psi: number | null;
  readonly level: DriftLevel;
  readonly sample: number;
};

const BINS = 10;

/** The usual bounds of the index. */
const WATCH = 0.1;
const ALARM = 0.25;

/** Without any drift the index is about 9 ÷ sample: at 300 that is a third of what is worth a look. */
const LEAST_SAMPLE = 300;

/** Counted on top of every bin, so that an empty one gives a large number and not an infinite one. */
const SMOOTHING = 0.5;

/** @param reference - quantiles of the training mix, or probabilities of the tenant's own older traffic; at least 11 */
export function driftOf(reference: readonly number[], recent: readonly number[]): Drift {
  const sample = recent.length;
  const edges = binEdges(reference);
  if (sample < LEAST_SAMPLE || edges.length === 0) return { psi: null, level: 'unknown', sample };
  const expected = binShares(reference, edges);
  const actual = binShares(recent, edges);
  let psi = 0;
  expected.forEach((share, bin) => {
    const now = actual[bin] ?? 0;
    psi += (now - share) * Math.log(now / share);
  });
  return { psi, level: psi < WATCH ? 'stable' : psi < ALARM ? 'watch' : 'alarm', sample };
}

/** The tenths of the reference. Where many values are equal, tenths coincide and become one wider bin. */
function binEdges(reference: readonly number[]): readonly number[] {
  if (reference.length <= BINS) return [];
  const sorted = reference.toSorted((left, right) => left - right);
  const tenths = Array.from(
    { length: BINS - 1 },
    (_, bin) => sorted[Math.round(((bin + 1) * (sorted.length - 1)) / BINS)] ?? 1,
  );
  return [...new Set(tenths)];
}

function binShares(values: readonly number[], edges: readonly number[]): readonly number[] {
  const counts = Array.from({ length: edges.length + 1 }, () => SMOOTHING);
  for (const value of values) {
    const bin = edges.filter((edge) => edge <= value).length;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const total = values.length + SMOOTHING * counts.length;
  return counts.map((count) => count / total);
}
