// Decisions and what was said about them → labels "was the edge good enough?", and how much each counts.
// Invariant: a decision gives at most one label. Whoever spoke most clearly is believed: a person's word before a
// judge's, a judge's before the guess that somebody who asks again was not content.

import type { FeedbackRecord, RouteRecord } from '../../protocol/route-record.ts';

export type CalibrationLabel = {
  readonly rawProbability: number;
  /** 0..1 */
  readonly edgeGood: number;
  readonly weight: number;
};

/** Clearest first. */
const KINDS: readonly FeedbackRecord['kind'][] = ['preferred_tier', 'thumbs', 'judge', 'regenerate'];

/** People also ask again out of curiosity, or because the first question was badly put. */
const REGENERATE_WEIGHT = 0.5;

/** Bins of equal traffic in which the share of labelled decisions is compared. */
const BINS = 10;

/** A label that stood for more of the traffic than this many would carry the fit alone; below its inverse it would be lost. */
const MOST_WEIGHT = 4;

/** Few labels: rare ones weighed up are mostly noise. At this many labels the weights count by their root. */
const HALF_TRUST = 1_000;

export function reliabilityOf({ kind }: Pick<FeedbackRecord, 'kind'>): number {
  return kind === 'regenerate' ? REGENERATE_WEIGHT : 1;
}

/** The one word on each stream that counts, by stream id. Of one kind the latest counts; equally late, the last. */
export function clearestFeedback(
  feedback: readonly FeedbackRecord[],
  counts: (record: FeedbackRecord) => boolean,
): ReadonlyMap<string, FeedbackRecord> {
  const clearest = new Map<string, FeedbackRecord>();
  for (const record of feedback) {
    const known = clearest.get(record.id);
    if (counts(record) && (known === undefined || outweighs(record, known))) clearest.set(record.id, record);
  }
  return clearest;
}

function outweighs(record: FeedbackRecord, known: FeedbackRecord): boolean {
  const [own, other] = [KINDS.indexOf(record.kind), KINDS.indexOf(known.kind)];
  return own === other ? record.atMs >= known.atMs : own < other;
}

/** Labels of one edge model, in the order of the decisions. */
export function labelsFor(
  edgeModel: string,
  decisions: readonly Pick<RouteRecord, 'id' | 'edgeModel' | 'rawProbability'>[],
  feedback: readonly FeedbackRecord[],
): readonly CalibrationLabel[] {
  const said = clearestFeedback(feedback, ({ edgeGood }) => edgeGood !== null);
  return decisions.flatMap(({ id, edgeModel: model, rawProbability }) => {
    const record = said.get(id);
    if (model !== edgeModel || rawProbability === null || record === undefined || record.edgeGood === null)
      return [];
    return [{ rawProbability, edgeGood: record.edgeGood, weight: reliabilityOf(record) }];
  });
}

/**
 * Labels weighted so that they stand for the traffic. Most of them come from where the edge answers, which is where its
 * probability is high; below the threshold only exploration and judged samples give any. Each label is weighted by one
 * over the chance that a decision like it was labelled (share of the traffic over share of the labels, by tenths of the
 * traffic), bounded, and all of them scaled to the number of equal labels that they are worth.
 */
export function weighLabels(
  labels: readonly CalibrationLabel[],
  trafficProbabilities: readonly number[],
): readonly CalibrationLabel[] {
  if (labels.length === 0 || trafficProbabilities.length < BINS) return labels;
  const sorted = trafficProbabilities.toSorted((left, right) => left - right);
  const edges = Array.from(
    { length: BINS - 1 },
    (_, bin) => sorted[Math.floor(((bin + 1) * sorted.length) / BINS)] ?? 1,
  );
  const binOf = (probability: number): number => edges.filter((edge) => edge <= probability).length;
  const traffic = shares(sorted.map((probability) => ({ bin: binOf(probability), weight: 1 })));
  const labelled = shares(
    labels.map(({ rawProbability, weight }) => ({ bin: binOf(rawProbability), weight })),
  );
  const trust = labels.length / (labels.length + HALF_TRUST);
  const stands = labels.map(({ rawProbability }) => {
    const bin = binOf(rawProbability);
    const rarity = (traffic[bin] ?? 0) / (labelled[bin] ?? 1);
    return Math.min(MOST_WEIGHT, Math.max(1 / MOST_WEIGHT, rarity)) ** trust;
  });
  let [sum, squares] = [0, 0];
  labels.forEach(({ weight }, index) => {
    const each = stands[index] ?? 0;
    sum += weight * each;
    squares += weight * each * each;
  });
  const scale = squares === 0 ? 0 : sum / squares;
  return labels.map((label, index) => ({ ...label, weight: label.weight * (stands[index] ?? 0) * scale }));
}

function shares(items: readonly { readonly bin: number; readonly weight: number }[]): Float64Array {
  const sums = new Float64Array(BINS);
  let total = 0;
  for (const { bin, weight } of items) {
    sums[bin] = (sums[bin] ?? 0) + weight;
    total += weight;
  }
  return sums.map((sum) => sum / total);
}
