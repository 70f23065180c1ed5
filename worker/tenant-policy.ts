// The policy in force for one tenant: configuration, artefact and what its own traffic has taught, with the hash that
// names it. Made again only when what was learnt changes; nothing of a request is held.

import { ARTEFACT_SHA256 } from '../classifier/artefact.ts';
import { DEFAULT_THRESHOLD } from '../classifier/threshold.ts';
import { TRAFFIC_PRIOR } from '../classifier/traffic-prior.ts';
import type { RouteTarget } from '../protocol/route.ts';
import type { Config, TenantConfig } from '../policy/config.ts';
import { calibrate, IDENTITY } from '../policy/learning/calibration.ts';
import { thresholdFor } from '../policy/learning/knob.ts';
import { policyDocument } from '../policy/policy-version.ts';
import { configuredTarget } from '../policy/route/route-target.ts';
import type { RoutingSnapshot, SnapshotQuestion } from '../policy/routing-snapshot.ts';
import { snapshotQuestion } from '../policy/snapshot-question.ts';
import { toHex } from './encoding.ts';

export type TenantPolicy = {
  readonly target: RouteTarget;
  readonly threshold: number;
  /** First 12 hex digits of the SHA-256 of everything that decides. */
  readonly version: string;
  readonly calibrated: (raw: number, edgeModel: string) => number;
  readonly firstTokenMs: (model: string) => number | null;
};

type Scope = { readonly config: Config; readonly tenant: TenantConfig | null };

type Known = { readonly learnt: string; readonly hash: string; readonly threshold: number };

/** Tenants whose hash is kept; more than an isolate serves at a time, and making one again costs microseconds. */
const MAX_TENANTS = 10_000;

/** Enough to tell policies apart in a log; nobody can choose them. */
const VERSION_DIGITS = 12;

export class TenantPolicies {
  readonly #known = new Map<string, Known>();

  /** @param snapshot - null: nothing was learnt yet, or it is not known here */
  async policyOf(
    scope: Scope & { readonly tenantId: string },
    snapshot: RoutingSnapshot | null,
  ): Promise<TenantPolicy> {
    const learnt = snapshot?.version ?? '';
    const { tenantId, config } = scope;
    const kept = this.#known.get(tenantId);
    const known = kept?.learnt === learnt ? kept : await makeKnown(scope, snapshot);
    if (known !== kept) this.#keep(tenantId, known);
    return {
      target: configuredTarget(scope),
      threshold: known.threshold,
      version: known.hash,
      calibrated: (raw, model) => {
        const calibration = snapshot?.calibrations[model];
        return calibration === undefined || !config.routing.calibrate ? raw : calibrate(calibration, raw);
      },
      firstTokenMs: (model) => snapshot?.firstTokenMs[model] ?? null,
    };
  }

  #keep(tenantId: string, known: Known): void {
    if (this.#known.size >= MAX_TENANTS) this.#known.clear();
    this.#known.set(tenantId, known);
  }
}

/** What the tenant's object is asked; the classifier's own mix stands in until there is traffic. */
export function questionOf(scope: Scope): SnapshotQuestion {
  return snapshotQuestion(scope, { prior: TRAFFIC_PRIOR, threshold: DEFAULT_THRESHOLD });
}

async function makeKnown(scope: Scope, snapshot: RoutingSnapshot | null): Promise<Known> {
  const { config, tenant } = scope;
  const threshold = snapshot?.threshold?.value ?? priorThreshold(scope);
  const calibrationVersion = inForce(threshold, snapshot);
  const document = policyDocument({ config, tenant, artefactSha: ARTEFACT_SHA256, calibrationVersion });
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(document));
  const hash = toHex(new Uint8Array(digest)).slice(0, VERSION_DIGITS);
  return { learnt: snapshot?.version ?? '', hash, threshold };
}

/** What of the learnt decides: a snapshot that teaches nothing new is no new policy. */
function inForce(threshold: number, snapshot: RoutingSnapshot | null): string {
  const calibrations = Object.entries(snapshot?.calibrations ?? {})
    .filter(([, calibration]) => calibration.type !== 'identity')
    .toSorted(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify([threshold, calibrations]);
}

function priorThreshold(scope: Scope): number {
  const question = questionOf(scope);
  return thresholdFor({ ...question, traffic: [], calibration: IDENTITY, current: null }).threshold;
}
