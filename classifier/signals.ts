// The shares of a logit as a short list a person can read: named, signed, largest first, and complete. What does not fit
// is summed up under one name, so that the list always adds up to the logit (less the model's intercept).

import type { Model } from './model.ts';

/** `weight`: signed contribution to the logit of P(edge is good enough); positive speaks for the edge. */
export type Signal = { readonly name: string; readonly weight: number };

export const MAX_SIGNALS = 8;

/** The shares that are not among the first; the name of the last resort. */
export const REST_SIGNAL = 'all others';

/** Below this a share of the logit moves the probability by less than a thousandth: noise, not a reason. */
const LEAST_WEIGHT = 0.004;

/** The shares of the text scored last, by signal name. */
export function featureSignals({ signalNames, signalOf, contributions }: Model): readonly Signal[] {
  const weights = new Float64Array(signalNames.length);
  contributions.forEach((share, feature) => {
    const signal = signalOf[feature] ?? 0;
    weights[signal] = (weights[signal] ?? 0) + share;
  });
  return signalNames.map((name, index) => ({ name, weight: weights[index] ?? 0 }));
}

/** The strongest of them and the sum of the rest: at most `MAX_SIGNALS`, none twice. */
export function strongest(signals: readonly Signal[]): readonly Signal[] {
  const telling = signals.filter(({ weight }) => Math.abs(weight) >= LEAST_WEIGHT).sort(bySize);
  const named = telling.slice(0, MAX_SIGNALS - 1);
  const shown = named.reduce((sum, { weight }) => sum + weight, 0);
  const rest = signals.reduce((sum, { weight }) => sum + weight, 0) - shown;
  return Math.abs(rest) < 1e-12 ? named : [...named, { name: REST_SIGNAL, weight: rest }].sort(bySize);
}

function bySize(left: Signal, right: Signal): number {
  return Math.abs(right.weight) - Math.abs(left.weight);
}
