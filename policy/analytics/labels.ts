// A decision's reasons as labels that are counted: names without numbers, of which there are few.

import type { RouteSignal } from '../../protocol/route.ts';

/** What stood in says little about why: the reason before it does. */
const STOOD_IN = /^(?:failover|hedge|continued):/;

/** As many as the header names. */
export const MAX_SIGNALS = 3;

export function reasonLabel(reasons: readonly string[]): string {
  const first = reasons.find((reason) => !STOOD_IN.test(reason)) ?? '';
  return first.startsWith('classifier ') ? 'classifier' : first;
}

/** Signed: `+` speaks for the edge. */
export function signalLabels(signals: readonly RouteSignal[]): readonly string[] {
  return signals.slice(0, MAX_SIGNALS).map(({ name, weight }) => (weight < 0 ? '-' : '+') + name);
}
