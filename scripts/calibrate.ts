// `npm run calibrate -- --log <file> [--model <id>] [--out <policy.json>]`: fits the calibration of an edge model to what
// people said in an exported log, as the product does by itself, and says what it is worth and which threshold each
// target would take. `--out` writes a candidate policy for `npm run policy:evaluate`. It changes no configuration.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { seededRandom } from '../classifier/train/seeded-random.ts';
import type { Interval } from '../policy/learning/bootstrap.ts';
import { calibrate, type Calibration, IDENTITY } from '../policy/learning/calibration.ts';
import { brierScore, expectedCalibrationError, type Judged } from '../policy/learning/calibration-error.ts';
import { type CandidatePolicy, parsePolicy, targetOf } from '../policy/learning/candidate-policy.ts';
import { fitCalibration, outOfFold } from '../policy/learning/fit-calibration.ts';
import { type KnobSetting, thresholdFor } from '../policy/learning/knob.ts';
import { type CalibrationLabel, labelsFor, weighLabels } from '../policy/learning/labels.ts';
import type { DecisionLines } from '../policy/learning/parse-log.ts';
import type { PolicyGround } from '../policy/learning/policy-actions.ts';
import { trialsOf } from '../policy/learning/trials.ts';
import { type TrafficEntry, trafficEntryOf } from '../policy/learning/traffic-window.ts';
import { formatProblems } from '../policy/config.ts';
import type { RouteTarget } from '../protocol/route.ts';
import { CONFIG_FILE } from './policy-evaluate.ts';
import { FileProblem, groundOf, readConfig, readLog, readText, runCommand } from './policy-files.ts';

const USAGE = `usage: npm run calibrate -- --log <file.jsonl>
  --model <id>             the edge model; default: the one with most decisions
  --out <policy.json>      write a candidate policy with the calibration
  --target <kind>=<value>  its target: cloud_share, quality or max_usd_per_1k; default: the threshold in the log
  --config <file>          default: edgeways.config.json`;

const SEED = 20261023;

const RESAMPLES = 500;

/** Draws of outcomes from the probabilities themselves, for the error that chance alone makes. */
const CHANCE_DRAWS = 200;

/** A spread of what people ask for; what each costs is printed beside it. */
const SHOWN_TARGETS: readonly RouteTarget[] = [
  { type: 'cloud_share', value: 0.2 },
  { type: 'cloud_share', value: 0.4 },
  { type: 'cloud_share', value: 0.6 },
  { type: 'quality', value: 0.8 },
  { type: 'quality', value: 0.9 },
  { type: 'quality', value: 0.95 },
];

type Figure = { readonly before: Interval; readonly after: Interval };

export type CalibrationReport = {
  readonly model: string;
  readonly traffic: readonly TrafficEntry[];
  readonly labels: readonly CalibrationLabel[];
  readonly calibration: Calibration;
  /** By labels; `after` by calibrations that have not seen them. Null without labels. */
  readonly error: (Figure & { readonly byChance: number }) | null;
  readonly brier: Figure | null;
};

/** @param model - null: the edge model with most decisions */
export function calibrationReport(log: DecisionLines, model: string | null): CalibrationReport {
  const chosen = model ?? busiestModel(log);
  const records = log.records.filter(({ edgeModel }) => edgeModel === chosen);
  const traffic = records.flatMap((record) => trafficEntryOf(record) ?? []);
  if (traffic.length === 0) {
    throw new FileProblem(
      `The log holds no decision of the classifier about "${chosen}". Choose another --model.`,
    );
  }
  const labels = labelsFor(chosen, records, log.feedback);
  const probabilities = traffic.map(({ rawProbability }) => rawProbability);
  const calibration = fitCalibration(labels, probabilities);
  return { model: chosen, traffic, labels, calibration, ...worthOf(labels, probabilities) };
}

function busiestModel({ records }: DecisionLines): string {
  const counts = new Map<string, number>();
  for (const record of records) {
    if (trafficEntryOf(record) !== null)
      counts.set(record.edgeModel, (counts.get(record.edgeModel) ?? 0) + 1);
  }
  const busiest = [...counts].toSorted(([, left], [, right]) => right - left)[0];
  if (busiest === undefined) throw new FileProblem('The log holds no decision of the classifier.');
  return busiest[0];
}

/** Both figures on labels weighted as in the fit: they shall stand for the traffic. */
function worthOf(
  labels: readonly CalibrationLabel[],
  traffic: readonly number[],
): Pick<CalibrationReport, 'error' | 'brier'> {
  if (labels.length === 0) return { error: null, brier: null };
  const weighted = weighLabels(labels, traffic);
  const afterwards = outOfFold(labels, (seen) => fitCalibration(seen, traffic));
  const judgedBy = (probabilityAt: (label: CalibrationLabel, index: number) => number): readonly Judged[] =>
    weighted.map((label, index) => ({
      probability: probabilityAt(label, index),
      outcome: label.edgeGood,
      weight: label.weight,
    }));
  const before = judgedBy(({ rawProbability }) => calibrate(IDENTITY, rawProbability));
  const after = judgedBy((_label, index) => afterwards[index] ?? 0);
  return {
    error: {
      before: intervalOf(before, expectedCalibrationError),
      after: intervalOf(after, expectedCalibrationError),
      byChance: errorByChance(after),
    },
    brier: { before: intervalOf(before, brierScore), after: intervalOf(after, brierScore) },
  };
}

/**
 * 95 % by seeded resamples of the labels. A resample holds some labels twice, which looks like error by itself: what the
 * resamples have more than the labels on average is taken off.
 */
function intervalOf(items: readonly Judged[], figure: (items: readonly Judged[]) => number): Interval {
  const random = seededRandom(SEED);
  const drawn = (): readonly Judged[] =>
    items.flatMap(() => items[Math.floor(random() * items.length)] ?? []);
  const value = figure(items);
  const values = Float64Array.from({ length: RESAMPLES }, () => figure(drawn())).sort();
  const surplus = values.reduce((sum, each) => sum + each, 0) / RESAMPLES - value;
  const at = (share: number): number => Math.max(0, (values[Math.floor(share * RESAMPLES)] ?? 0) - surplus);
  return { value, low: at(0.025), high: at(0.975) };
}

/** The error that a perfect calibration would show on as many labels: what is not above it is no error. */
function errorByChance(items: readonly Judged[]): number {
  const random = seededRandom(SEED);
  let sum = 0;
  for (let draw = 0; draw < CHANCE_DRAWS; draw += 1) {
    sum += expectedCalibrationError(
      items.map((item) => ({ ...item, outcome: random() < item.probability ? 1 : 0 })),
    );
  }
  return sum / CHANCE_DRAWS;
}

export function reportLines(report: CalibrationReport, ground: PolicyGround, now: number): readonly string[] {
  const { model, traffic, labels, calibration, error, brier } = report;
  const setting = (target: RouteTarget, threshold: number): KnobSetting =>
    thresholdFor({ ...ground, target, fixedThreshold: threshold, current: null, traffic, calibration });
  const settings = [
    ['threshold as in the log', setting({ type: 'fixed' }, now)] as const,
    ...SHOWN_TARGETS.map((target) => [targetText(target), setting(target, now)] as const),
  ];
  return [
    `edge model   ${model}: ${traffic.length} decisions of the classifier, ${labels.length} labels`,
    `calibration  ${calibrationText(calibration)}`,
    ...(error === null || brier === null
      ? ['             nobody said anything about the edge yet, so nothing is known of the error']
      : [
          '',
          row('', 'before (95 %)', 'after, on unseen labels'),
          row('ECE', shown(error.before), shown(error.after)),
          row('Brier score', shown(brier.before), shown(brier.after)),
          `a perfect calibration would show an ECE of ${error.byChance.toFixed(3)} on so few labels`,
        ]),
    '',
    row('target', 'threshold', 'cloud share', 'good answers', 'USD per 1,000'),
    ...settings.map(([name, { threshold, expected, isReachable }]) =>
      row(
        isReachable ? name : `${name} (out of reach)`,
        threshold.toFixed(3),
        expected.cloudShare.toFixed(3),
        expected.quality.toFixed(3),
        expected.usdPer1k.toFixed(4),
      ),
    ),
  ];
}

function row(label: string, ...cells: readonly string[]): string {
  const wide = cells.length < 4 ? 26 : 15;
  return `${label.padEnd(34)}${cells.map((cell) => cell.padStart(wide)).join('')}`;
}

function shown({ value, low, high }: Interval): string {
  return `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}

function targetText(target: RouteTarget): string {
  return target.type === 'fixed' ? target.type : `${target.type}=${target.value}`;
}

function calibrationText(calibration: Calibration): string {
  switch (calibration.type) {
    case 'identity':
      return 'none: the probability as it is';
    case 'platt':
      return `logit × ${calibration.slope.toFixed(3)} ${calibration.intercept < 0 ? '−' : '+'} ${Math.abs(calibration.intercept).toFixed(3)}`;
    case 'isotonic':
      return `a rising line through ${calibration.points.length} points`;
  }
}

/** The candidate that `--out` writes: the calibration, and the target that was asked for or the threshold in the log. */
export function candidateFrom(
  { model, calibration }: CalibrationReport,
  target: string | undefined,
  threshold: number,
): CandidatePolicy {
  const [kind = '', value = ''] = target?.split('=') ?? [];
  const aim =
    target === undefined ? { threshold } : { target: { [kind]: value === '' ? undefined : Number(value) } };
  const name = `calibrated-${model.replaceAll(/[^A-Za-z0-9._-]/g, '-')}`.slice(0, 64);
  const policy = parsePolicy({ name, ...aim, calibration });
  if (!policy.ok) throw new FileProblem(`--target\n${formatProblems(policy.refusal)}`);
  return policy.value;
}

/** In the middle of the log. */
function thresholdInForce({ records }: DecisionLines): number {
  const thresholds = records.map(({ threshold }) => threshold).sort((left, right) => left - right);
  return thresholds[thresholds.length >> 1] ?? 0;
}

function main(words: readonly string[]): number {
  const { values } = parseArgs({
    args: [...words],
    options: {
      log: { type: 'string' },
      model: { type: 'string' },
      out: { type: 'string' },
      target: { type: 'string' },
      config: { type: 'string', default: CONFIG_FILE },
    },
  });
  if (values.log === undefined) {
    console.error(USAGE);
    return 2;
  }
  const log = readLog(values.log);
  const config = readConfig(values.config, readText(values.config));
  const ground = groundOf(config, trialsOf(log.records, log.feedback));
  const report = calibrationReport(log, values.model ?? null);
  const threshold = thresholdInForce(log);
  for (const line of reportLines(report, ground, threshold)) console.log(line);
  if (values.out === undefined) return 0;
  const candidate = candidateFrom(report, values.target, threshold);
  writeFileSync(values.out, `${JSON.stringify(candidate, null, 2)}\n`);
  console.log(`\nwrote ${values.out} (${targetText(targetOf(candidate))}). Next: npm run policy:evaluate`);
  return 0;
}

if (process.argv[1] === import.meta.filename) runCommand(() => main(process.argv.slice(2)));
