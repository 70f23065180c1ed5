// Rows of the training mix that were held out: ranking and calibration of the shipped classifier, and the ranking of
// the baselines beside it. Measured labels are shown apart from labels that somebody assumed.

import { DEFAULT_THRESHOLD } from '../threshold.ts';
import {
  aucInterval,
  brierInterval,
  calibrationInterval,
  shareInterval,
  type Judged,
} from './agreement-metrics.ts';
import { BASELINES, type Baseline } from './baselines.ts';
import { Bootstrap } from './bootstrap.ts';
import type { Goal, Judgement, Section } from './evaluation-section.ts';
import { figure, share, table } from './evaluation-table.ts';
import { edgeLabel, isHeldOut, readScored, type Scored } from './rows.ts';

const GOAL = { leastAuc: 0.82, mostError: 0.02 } as const;

/** The goal is two hundredths, and models come within a thousandth of it. */
const ERROR_DIGITS = 4;

const NOTES: readonly string[] = [
  'ECE: 15 bins of equal mass, against the soft labels. Resampling tends to add to it, so its interval leans to the right.',
  'Sent and right: at each router’s own default. AUC and right ask whether the label is at least one half.',
];

type Set = {
  readonly name: string;
  readonly rows: readonly Scored[];
  /** Goals are set for rows like those trained on. */
  readonly hasGoals: boolean;
};

export function mixSection({ folder, edgeProbability }: Judgement): Section {
  const test = readScored(folder, 'iid_test');
  const mix = test.filter((scored) => !isHeldOut(scored));
  const sets: readonly Set[] = [
    { name: 'held-out rows of the mix', rows: mix, hasGoals: true },
    {
      name: 'measured labels only',
      rows: mix.filter(({ labelType }) => !labelType.startsWith('assumed')),
      hasGoals: true,
    },
    { name: 'tasks never trained on (mmlu, gsm8k)', rows: test.filter(isHeldOut), hasGoals: false },
  ];
  const parts = sets.map((set) => judgeSet(set, edgeProbability));
  const heading = ['set', 'router', 'AUC', 'ECE', 'Brier score', 'sent to the cloud', 'right'];
  return {
    lines: [
      `### Held-out rows, threshold ${DEFAULT_THRESHOLD}`,
      '',
      ...NOTES,
      '',
      ...table([heading, ...parts.flatMap(({ rows }) => rows)]),
    ],
    goals: parts.flatMap(({ goals }) => goals),
  };
}

function judgeSet(
  { name, rows, hasGoals }: Set,
  edgeProbability: (text: string) => number,
): { readonly rows: readonly (readonly string[])[]; readonly goals: readonly Goal[] } {
  const bootstrap = new Bootstrap(rows.length);
  const judged = judge(rows, edgeProbability);
  const auc = aucInterval(judged, bootstrap);
  const error = calibrationInterval(judged, bootstrap);
  const set = `${name} (${rows.length})`;
  const product = [
    set,
    'edgeways',
    figure(auc),
    figure(error, ERROR_DIGITS),
    figure(brierInterval(judged, bootstrap)),
    ...decisionCells(rows, (text) => edgeProbability(text) < DEFAULT_THRESHOLD),
  ];
  const goals = [
    { goal: `iid AUC ≥ ${GOAL.leastAuc}, ${name}`, value: figure(auc), met: auc.value >= GOAL.leastAuc },
    {
      goal: `iid ECE ≤ ${GOAL.mostError}, ${name}`,
      value: figure(error, ERROR_DIGITS),
      met: error.value <= GOAL.mostError,
    },
  ];
  return {
    rows: [product, ...BASELINES.map((baseline) => [set, ...baselineCells(rows, baseline, bootstrap)])],
    goals: hasGoals ? goals : [],
  };
}

function baselineCells(
  rows: readonly Scored[],
  { name, demand, sendsToCloud }: Baseline,
  bootstrap: Bootstrap,
): readonly string[] {
  const auc = aucInterval(
    judge(rows, (text) => -demand(text)),
    bootstrap,
  );
  const decisions = sendsToCloud === undefined ? ['–', '–'] : decisionCells(rows, sendsToCloud);
  return [name, figure(auc), '–', '–', ...decisions];
}

function decisionCells(rows: readonly Scored[], sendsToCloud: (text: string) => boolean): readonly string[] {
  const decided = rows.map((scored) => ({
    isCloud: sendsToCloud(scored.prompt),
    needsCloud: edgeLabel(scored) < 0.5,
  }));
  return [
    share(shareInterval(decided, ({ isCloud }) => isCloud)),
    share(shareInterval(decided, ({ isCloud, needsCloud }) => isCloud === needsCloud)),
  ];
}

function judge(rows: readonly Scored[], probability: (text: string) => number): readonly Judged[] {
  return rows.map((scored) => ({ probability: probability(scored.prompt), label: edgeLabel(scored) }));
}
