// What a tenant's own traffic has taught, as the Worker uses it for the next decisions and GET /v1/routing shows it.
// Invariant: plain JSON, and nothing of a request in it. `version` changes exactly when the threshold or a
// calibration does: both decide, so both belong to a decision's policy version.

import type { RouteTarget } from '../protocol/route.ts';
import type { RouteShares } from './decisions/traffic-statistics.ts';
import type { Calibration } from './learning/calibration.ts';
import type { Drift } from './learning/drift.ts';
import type { KnobSetting } from './learning/knob.ts';
import type { Mix } from './learning/traffic-cuts.ts';

/** What the configuration says, and the tenant's object cannot know. */
export type SnapshotQuestion = Pick<Mix, 'prior' | 'typicalCost' | 'cloudQuality'> & {
  readonly target: RouteTarget;
  /** In force for the target `fixed`. */
  readonly fixedThreshold: number;
  /** False: probabilities are taken as the classifier gives them. */
  readonly calibrates: boolean;
};

export type SnapshotThreshold = Omit<KnobSetting, 'threshold'> & { readonly value: number };

export type RoutingSnapshot = {
  readonly version: string;
  /** Null only when there is neither traffic nor a prior to take quantiles of. */
  readonly threshold: SnapshotThreshold | null;
  /** By edge model; one that is missing has not been judged by anybody yet. */
  readonly calibrations: Readonly<Record<string, Calibration>>;
  /** How many labels each calibration was made from. */
  readonly labels: Readonly<Record<string, number>>;
  /** Median milliseconds to the first token, by model. */
  readonly firstTokenMs: Readonly<Record<string, number>>;
  /** `against`: the tenant's own last days, or the classifier's training mix as long as there are none. */
  readonly drift: Drift & { readonly against: 'own_traffic' | 'training_mix' };
  readonly share: RouteShares;
  /** Decisions that the shares are about. */
  readonly decisions: number;
};

/** @param snapshot - everything but its version */
export function versioned(snapshot: Omit<RoutingSnapshot, 'version'>): RoutingSnapshot {
  const { threshold, calibrations } = snapshot;
  const models = Object.entries(calibrations).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return { version: fingerprint(JSON.stringify([threshold?.value ?? null, models])), ...snapshot };
}

/** FNV-1a, 32 bits. It tells versions of one tenant apart; nobody gains by making two of them look the same. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
