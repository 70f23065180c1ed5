// What one tenant's decisions and labels teach: calibrations, the threshold for a target, drift, shares.
// Invariants: it is bounded; a calibration is fitted again only when enough new labels came, also after a restart, so
// that the version of a policy means something. It stores nothing: its object does, with `memory`.

import type { RouteRecord } from '../../protocol/route-record.ts';
import type { RouteTarget } from '../../protocol/route.ts';
import { IDENTITY, type Calibration } from '../learning/calibration.ts';
import { driftOf } from '../learning/drift.ts';
import { fitCalibration } from '../learning/fit-calibration.ts';
import { thresholdFor } from '../learning/knob.ts';
import { labelsFor, type CalibrationLabel } from '../learning/labels.ts';
import { reliabilityCurve, type ReliabilityBin } from '../learning/reliability.ts';
import {
  versioned,
  type RoutingSnapshot,
  type SnapshotQuestion,
  type SnapshotThreshold,
} from '../routing-snapshot.ts';
import type { Label } from './decision-store.ts';
import { TrafficStatistics } from './traffic-statistics.ts';

/** Labels that calibrations are made from; older ones tell of a model and of people as they were. */
export const MAX_FIT_LABELS = 2_000;

/** A calibration is fitted again when its labels changed by this share: the first ones count at once, later ones in groups. */
const REFIT_SHARE = 0.05;

/** Decisions that drift is looked for in: some hours of a busy tenant, a week of a quiet one. */
const RECENT = 500;

/** What a day leaves behind to be compared with later. */
const DAY_QUANTILES = 100;
const LEAST_FOR_A_DAY = 300;

/** Settings remembered for their steadiness: a target of the deployment, one of the tenant, and changes of both. */
const MAX_TARGETS = 8;

type Fitted = {
  readonly calibration: Calibration;
  readonly labels: number;
  /** When the last of them was given. */
  readonly untilMs: number;
};

/** What cannot be learnt again from decisions and labels alone: what was in force. */
export type LearnerMemory = {
  readonly fitted: readonly (readonly [model: string, fitted: Fitted])[];
  readonly thresholds: readonly (readonly [target: string, threshold: number])[];
};

export type LearnerHistory = {
  /** Oldest first. */
  readonly decisions: readonly RouteRecord[];
  readonly labels: readonly Label[];
  /** Quantiles of the probabilities of the last days. */
  readonly days: readonly (readonly number[])[];
  /** Null for a tenant that was never asked about. */
  readonly memory: LearnerMemory | null;
};

export class TenantLearner {
  readonly #statistics = new TrafficStatistics();
  /** By stream and kind, oldest first. */
  readonly #labels = new Map<string, Label>();
  readonly #fitted: Map<string, Fitted>;
  readonly #thresholds: Map<string, number>;
  #days: readonly (readonly number[])[];

  constructor(history: LearnerHistory) {
    this.#days = history.days;
    this.#fitted = new Map(history.memory?.fitted);
    this.#thresholds = new Map(history.memory?.thresholds);
    for (const decision of history.decisions) this.#statistics.add(decision);
    for (const label of history.labels) this.learn(label);
  }

  observe(decision: RouteRecord): void {
    this.#statistics.add(decision);
  }

  learn(label: Label): void {
    const name = `${label.feedback.id} ${label.feedback.kind}`;
    this.#labels.delete(name);
    this.#labels.set(name, label);
    if (this.#labels.size <= MAX_FIT_LABELS) return;
    const oldest = this.#labels.keys().next();
    if (oldest.done !== true) this.#labels.delete(oldest.value);
  }

  snapshot(question: SnapshotQuestion, nowMs: number): RoutingSnapshot {
    this.#statistics.prune(nowMs);
    const fitted = question.calibrates ? this.#calibrated() : new Map<string, Fitted>();
    const { decisions } = this.#statistics;
    return versioned({
      threshold: this.#threshold(question, fitted),
      calibrations: Object.fromEntries([...fitted].map(([model, { calibration }]) => [model, calibration])),
      labels: Object.fromEntries([...fitted].map(([model, { labels }]) => [model, labels])),
      firstTokenMs: this.#statistics.firstTokenMs(),
      drift: this.#drift(question.prior),
      share: this.#statistics.shares(),
      decisions,
    });
  }

  /** What was promised beside what people and judges said, by the calibrations as they are now. */
  reliability(): readonly ReliabilityBin[] {
    const byModel = Map.groupBy(this.#labels.values(), ({ edgeModel }) => edgeModel);
    return reliabilityCurve(
      [...byModel].map(([model, labels]) => {
        const calibration = this.#fitted.get(model)?.calibration ?? IDENTITY;
        return { calibration, labels: fittingOf(model, labels) };
      }),
    );
  }

  /** Quantiles of the traffic as it is, for the days to come; null while there is too little. */
  dayQuantiles(): readonly number[] | null {
    const sorted = this.#statistics.probabilities().toSorted((left, right) => left - right);
    if (sorted.length < LEAST_FOR_A_DAY) return null;
    return Array.from({ length: DAY_QUANTILES + 1 }, (_, at) => {
      return sorted[Math.round((at * (sorted.length - 1)) / DAY_QUANTILES)] ?? 0;
    });
  }

  compareWith(days: readonly (readonly number[])[]): void {
    this.#days = days;
  }

  memory(): LearnerMemory {
    return { fitted: [...this.#fitted], thresholds: [...this.#thresholds] };
  }

  #calibrated(): ReadonlyMap<string, Fitted> {
    const byModel = Map.groupBy(this.#labels.values(), ({ edgeModel }) => edgeModel);
    for (const model of this.#fitted.keys()) if (!byModel.has(model)) this.#fitted.delete(model);
    for (const [model, labels] of byModel) {
      const before = this.#fitted.get(model);
      if (before === undefined || isOutgrown(before, labels))
        this.#fitted.set(model, this.#fit(model, labels));
    }
    return this.#fitted;
  }

  #fit(model: string, labels: readonly Label[]): Fitted {
    const fitting = fittingOf(model, labels);
    const traffic = this.#statistics.trafficOf(model).map(({ rawProbability }) => rawProbability);
    const untilMs = Math.max(...labels.map(({ feedback }) => feedback.atMs));
    return { calibration: fitCalibration(fitting, traffic), labels: fitting.length, untilMs };
  }

  /** By the busiest edge model's traffic: a threshold on calibrated probabilities means the same for every model. */
  #threshold(question: SnapshotQuestion, fitted: ReadonlyMap<string, Fitted>): SnapshotThreshold | null {
    const [model = ''] = this.#statistics.edgeModels;
    const traffic = this.#statistics.trafficOf(model);
    if (traffic.length === 0 && question.prior.length === 0) return null;
    const name = targetName(question.target);
    const calibration = fitted.get(model)?.calibration ?? IDENTITY;
    const current = this.#thresholds.get(name) ?? null;
    const { threshold: value, ...setting } = thresholdFor({ ...question, traffic, calibration, current });
    this.#thresholds.set(name, value);
    if (this.#thresholds.size > MAX_TARGETS)
      this.#thresholds.delete(this.#thresholds.keys().next().value ?? '');
    return { value, ...setting };
  }

  #drift(prior: readonly number[]): RoutingSnapshot['drift'] {
    const own = this.#days.flat();
    const recent = this.#statistics.probabilities().slice(-RECENT);
    return own.length > 0
      ? { ...driftOf(own, recent), against: 'own_traffic' }
      : { ...driftOf(prior, recent), against: 'training_mix' };
  }
}

function isOutgrown({ labels: fittedLabels, untilMs }: Fitted, labels: readonly Label[]): boolean {
  const newer = labels.filter(({ feedback }) => feedback.atMs > untilMs).length;
  return newer > 0 && newer >= REFIT_SHARE * fittedLabels;
}

function targetName(target: RouteTarget): string {
  return target.type === 'fixed' ? target.type : `${target.type} ${target.value}`;
}

/** One label a decision. */
function fittingOf(model: string, labels: readonly Label[]): readonly CalibrationLabel[] {
  const decisions = new Map(
    labels.map(({ feedback: { id }, edgeModel, rawProbability }) => [id, { id, edgeModel, rawProbability }]),
  );
  const feedback = labels.map((label) => label.feedback);
  return labelsFor(model, [...decisions.values()], feedback);
}
