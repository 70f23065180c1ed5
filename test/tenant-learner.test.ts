// The promise: what a tenant's traffic teaches follows that traffic, survives a restart unchanged, and its version
// changes exactly when something that decides does.

import { describe, expect, it } from 'vitest';
import type { Label } from '../policy/decisions/decision-store.ts';
import { TenantLearner, type LearnerHistory } from '../policy/decisions/tenant-learner.ts';
import { calibrate, IDENTITY } from '../policy/learning/calibration.ts';
import type { SnapshotQuestion } from '../policy/routing-snapshot.ts';
import type { RouteRecord } from '../protocol/route-record.ts';
import { aRecord } from './support/route-records.ts';
import {
  DRIFTED_MIX,
  PLAIN_MONTH,
  simulateTraffic,
  type SimulatedTraffic,
} from './support/traffic-simulator.ts';

const QUESTION: SnapshotQuestion = {
  target: { type: 'cloud_share', value: 0.3 },
  fixedThreshold: 0.58,
  calibrates: true,
  prior: Array.from({ length: 101 }, (_, at) => at / 100),
  typicalCost: { edgeUsd: 0.0001, cloudUsd: 0.001 },
  cloudQuality: 1,
};

const NOTHING: LearnerHistory = { decisions: [], labels: [], days: [], memory: null };

/** A few days of traffic about an edge model that is worse than the classifier believes. */
const TRAFFIC = simulateTraffic({
  ...PLAIN_MONTH,
  seed: 11,
  days: 4,
  perDay: 1_000,
  edge: { slope: 1, intercept: -1.2 },
});
const NOW_MS = TRAFFIC.records.at(-1)?.atMs ?? 0;

function labelsOf({ records, feedback }: SimulatedTraffic): readonly Label[] {
  const byId = new Map(records.map((record) => [record.id, record]));
  return feedback.flatMap((said) => {
    const decision = byId.get(said.id);
    if (decision === undefined) return [];
    return [{ feedback: said, edgeModel: decision.edgeModel, rawProbability: decision.rawProbability }];
  });
}

const LABELS = labelsOf(TRAFFIC);

/** The share of decisions that a threshold would send to the cloud. */
function cloudShare(records: readonly RouteRecord[], learner: TenantLearner): number {
  const { threshold, calibrations } = learner.snapshot(QUESTION, NOW_MS);
  const edgeModel = records[0]?.edgeModel ?? '';
  const calibration = calibrations[edgeModel] ?? IDENTITY;
  const sent = records.filter(({ rawProbability }) => {
    return calibrate(calibration, rawProbability ?? 0) < (threshold?.value ?? 0);
  });
  return sent.length / records.length;
}

describe('the threshold', () => {
  it('comes from the classifier’s own mix before there is traffic', () => {
    const { threshold, decisions } = new TenantLearner(NOTHING).snapshot(QUESTION, NOW_MS);
    expect([threshold?.basis, decisions]).toEqual(['prior', 0]);
    expect(threshold?.expected.cloudShare).toBeCloseTo(0.3, 2);
  });

  it('gives the share that was asked for on the latest traffic, calibrated or not', () => {
    const plain = new TenantLearner({ ...NOTHING, decisions: TRAFFIC.records });
    const calibrated = new TenantLearner({ ...NOTHING, decisions: TRAFFIC.records, labels: LABELS });
    const latest = TRAFFIC.records.slice(-2_000);
    expect(cloudShare(latest, plain)).toBeCloseTo(0.3, 1);
    expect(Math.abs(cloudShare(latest, calibrated) - 0.3)).toBeLessThanOrEqual(0.02);
    expect(plain.snapshot(QUESTION, NOW_MS).threshold?.basis).toBe('traffic');
  });

  it('is the configured one for a tenant without a target, with what it gives', () => {
    const learner = new TenantLearner({ ...NOTHING, decisions: TRAFFIC.records });
    const { threshold } = learner.snapshot({ ...QUESTION, target: { type: 'fixed' } }, NOW_MS);
    expect([threshold?.value, threshold?.basis]).toEqual([0.58, 'fixed']);
  });
});

describe('a calibration', () => {
  it('moves the probabilities of a worse edge model down, and is left out when it is switched off', () => {
    const learner = new TenantLearner({ ...NOTHING, decisions: TRAFFIC.records, labels: LABELS });
    const on = learner.snapshot(QUESTION, NOW_MS);
    const off = learner.snapshot({ ...QUESTION, calibrates: false }, NOW_MS);
    const [model = ''] = Object.keys(on.calibrations);
    expect(calibrate(on.calibrations[model] ?? IDENTITY, 0.7)).toBeLessThan(0.6);
    expect([(on.labels[model] ?? 0) > 100, off.calibrations]).toEqual([true, {}]);
  });

  it('is made again when five in a hundred labels are new, and not with every one', () => {
    const learner = new TenantLearner({
      ...NOTHING,
      decisions: TRAFFIC.records,
      labels: LABELS.slice(0, 200),
    });
    const versions = [learner.snapshot(QUESTION, NOW_MS).version];
    const fitted = Object.values(learner.snapshot(QUESTION, NOW_MS).labels)[0] ?? 0;
    for (let at = 0; at < fitted * 0.05 + 1; at++) {
      const feedback = { id: `new${at}`, atMs: NOW_MS + at, kind: 'thumbs', reward: 0, edgeGood: 0 } as const;
      learner.learn({ feedback, edgeModel: LABELS[0]?.edgeModel ?? '', rawProbability: 0.9 });
      versions.push(learner.snapshot(QUESTION, NOW_MS).version);
    }
    expect([versions[0], new Set(versions).size]).toEqual([versions[1], 2]);
  });
});

describe('a restart', () => {
  it('changes neither a threshold nor a calibration, though the traffic it reads back is another', () => {
    const before = new TenantLearner({ ...NOTHING, decisions: TRAFFIC.records, labels: LABELS });
    const { version, threshold } = before.snapshot(QUESTION, NOW_MS);
    const after = new TenantLearner({
      decisions: TRAFFIC.records.slice(-1_900),
      labels: LABELS,
      days: [],
      memory: JSON.parse(JSON.stringify(before.memory())) as ReturnType<TenantLearner['memory']>,
    });
    const again = after.snapshot(QUESTION, NOW_MS);
    expect([again.version, again.threshold?.value]).toEqual([version, threshold?.value]);
  });
});

describe('drift', () => {
  const drifted = simulateTraffic({
    ...PLAIN_MONTH,
    seed: 12,
    days: 1,
    perDay: 1_000,
    mixOn: () => DRIFTED_MIX,
  });

  it('is an alarm when the last days were others, and none when they were alike', () => {
    const learner = new TenantLearner({ ...NOTHING, decisions: TRAFFIC.records });
    learner.compareWith([learner.dayQuantiles() ?? []]);
    const calm = learner.snapshot(QUESTION, NOW_MS).drift;
    for (const record of drifted.records) learner.observe({ ...record, atMs: NOW_MS + 1 });
    const { drift } = learner.snapshot(QUESTION, NOW_MS);
    expect([calm.level, calm.against, drift.level]).toEqual(['stable', 'own_traffic', 'alarm']);
  });

  it('is not spoken of before there is enough traffic', () => {
    const learner = new TenantLearner({ ...NOTHING, decisions: TRAFFIC.records.slice(0, 100) });
    expect([learner.snapshot(QUESTION, NOW_MS).drift.level, learner.dayQuantiles()]).toEqual([
      'unknown',
      null,
    ]);
  });
});

it('shares say what was answered by whom, what was held, and for how long', () => {
  const learner = new TenantLearner(NOTHING);
  learner.observe(aRecord('a'));
  learner.observe(aRecord('b', { outcome: { check: { fault: null, heldMs: 100 }, firstTokenMs: 990 } }));
  learner.observe(aRecord('c', { outcome: { shown: 'cloud', check: { fault: 'refusal', heldMs: 301 } } }));
  learner.observe(aRecord('d', { chosen: 'cloud', outcome: { shown: 'cloud', firstTokenMs: 700 } }));
  const { share, decisions, firstTokenMs } = learner.snapshot(QUESTION, NOW_MS);
  expect({ share, decisions, firstTokenMs }).toEqual({
    share: { cloud: 0.5, held: 0.5, escalated: 0.25, addedTtftMs: 201 },
    decisions: 4,
    firstTokenMs: { 'edge-small': 120, 'cloud-large': 700 },
  });
});

it('a model’s first token is the median of its latest answers', () => {
  const learner = new TenantLearner(NOTHING);
  for (const ms of [5_000, 100, 110, 90, 105])
    learner.observe(aRecord(`r${ms}`, { outcome: { firstTokenMs: ms } }));
  const slow = Array.from({ length: 101 }, (_, at) => aRecord(`s${at}`, { outcome: { firstTokenMs: 900 } }));
  const before = learner.snapshot(QUESTION, NOW_MS).firstTokenMs['edge-small'];
  for (const record of slow) learner.observe(record);
  expect([before, learner.snapshot(QUESTION, NOW_MS).firstTokenMs['edge-small']]).toEqual([105, 900]);
});
