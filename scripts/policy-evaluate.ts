// `npm run policy:evaluate -- --log <file> --candidate <policy.json> [--current <policy.json>]`: what a candidate policy
// would have earned, estimated from a log of decisions, and whether it may replace the policy in force. Exit code 0: it
// may; 1: it may not; 2: the call or a file is wrong. It changes nothing.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../classifier/train/seeded-random.ts';
import type { Config } from '../policy/config.ts';
import type { Interval } from '../policy/learning/bootstrap.ts';
import type { CandidatePolicy } from '../policy/learning/candidate-policy.ts';
import { evidenceOf } from '../policy/learning/evidence.ts';
import {
  type Estimate,
  type Evaluation,
  evaluatePolicies,
  usdPerGoodAnswer,
} from '../policy/learning/off-policy.ts';
import type { DecisionLines } from '../policy/learning/parse-log.ts';
import { candidateOn, loggedPolicy, type Policy } from '../policy/learning/policy-actions.ts';
import { judgePromotion, type Verdict } from '../policy/learning/promotion.ts';
import { trialsOf } from '../policy/learning/trials.ts';
import {
  FileProblem,
  groundOf,
  readConfig,
  readLog,
  readPolicy,
  readText,
  runCommand,
} from './policy-files.ts';

export const CONFIG_FILE = join(import.meta.dirname, '..', 'edgeways.config.json');

const USAGE = `usage: npm run policy:evaluate -- --log <file.jsonl> --candidate <policy.json>
  --current <policy.json>       compare with this policy; default: the one that wrote the log
  --usd-per-good-answer <usd>   what one more good answer may cost; default: what the policy in force pays for it
  --config <file>               default: edgeways.config.json`;

/** Any will do, as long as it is always the same. */
const SEED = 20261023;

export const EVALUATION_OPTIONS = {
  log: { type: 'string' },
  candidate: { type: 'string' },
  current: { type: 'string' },
  'usd-per-good-answer': { type: 'string' },
  config: { type: 'string', default: CONFIG_FILE },
} as const;

export type EvaluationFiles = {
  readonly log: DecisionLines;
  readonly candidate: CandidatePolicy;
  /** Null: the policy that wrote the log. */
  readonly current: CandidatePolicy | null;
  readonly config: Config;
  /** Null: as the policy in force pays. */
  readonly usdPerGood: number | null;
};

export type Judged = {
  readonly candidate: Policy;
  readonly current: Policy;
  readonly usdPerGood: number;
  readonly evaluation: Evaluation;
  readonly verdict: Verdict;
};

export function judgeCandidate({ log, candidate, current, config, usdPerGood }: EvaluationFiles): Judged {
  const trials = trialsOf(log.records, log.feedback);
  if (trials.length === 0) {
    throw new FileProblem('The log holds no decision of the classifier, and only those can be evaluated.');
  }
  const ground = groundOf(config, trials);
  const ours = candidateOn(trials, candidate, ground);
  const theirs = current === null ? loggedPolicy(trials, ground.band) : candidateOn(trials, current, ground);
  const evidence = evidenceOf(trials);
  const worth = usdPerGood ?? usdPerGoodAnswer(evidence, theirs, ground.cloudQuality);
  const evaluation = evaluatePolicies({
    evidence,
    candidate: ours,
    current: theirs,
    usdPerGood: worth,
    random: seededRandom(SEED),
  });
  return {
    candidate: ours,
    current: theirs,
    usdPerGood: worth,
    evaluation,
    verdict: judgePromotion(evaluation),
  };
}

export function evaluationLines({
  candidate,
  current,
  usdPerGood,
  evaluation,
  verdict,
}: Judged): readonly string[] {
  const { trials, certain, support, estimates } = evaluation;
  const moved = support.actions.map(
    ({ action, moved: requests, taken, known }) =>
      `  ${requests} more to ${action}: the log took it ${taken} times there, and knows ${known} of the answers`,
  );
  return [
    `candidate  ${candidate.name}, threshold ${candidate.threshold.toFixed(3)}`,
    `in force   ${current.name}, threshold ${current.threshold.toFixed(3)}`,
    `counted    ${trials} decisions; ${certain} that nothing was left to chance in are not`,
    `differ on  ${support.differing}, worth ${support.effectiveSample.toFixed(0)} by weight`,
    ...moved,
    Number.isFinite(usdPerGood)
      ? `value      good answers − cost ÷ ${usdPerGood.toPrecision(3)} USD, the price of one more good answer`
      : 'value      good answers; money does not count, for the policy in force buys none with it',
    '',
    row('', 'good answers', 'USD per 1,000', 'value', '   difference in value (95 %)'),
    ...estimateLines('IPS', estimates.ips),
    ...estimateLines('SNIPS', estimates.snips),
    ...estimateLines('DR', estimates.dr),
    '',
    verdictLine(verdict),
  ];
}

function estimateLines(name: string, { candidate, current, difference }: Estimate): readonly string[] {
  return (
    [
      [`${name} candidate`, candidate],
      [`${name} in force`, current],
    ] as const
  ).map(([label, { reward, costUsd, value }], at) =>
    row(
      label,
      reward.value.toFixed(4),
      (1000 * costUsd.value).toFixed(4),
      value.value.toFixed(4),
      at === 0 ? shown(difference.value) : '',
    ),
  );
}

function row(...cells: readonly string[]): string {
  const [label = '', ...rest] = cells;
  return `${label.padEnd(16)}${rest.map((cell) => cell.padStart(15)).join('')}`.trimEnd();
}

function shown({ value, low, high }: Interval): string {
  return `   ${value.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)})`;
}

function verdictLine(verdict: Verdict): string {
  if (verdict.type === 'promote') return `promote: ${verdict.sentence}`;
  const more =
    verdict.moreDecisions === null
      ? ''
      : ` About ${verdict.moreDecisions} more decisions like these may settle it.`;
  return `refuse (${verdict.reason}): ${verdict.sentence}${more}`;
}

export type EvaluationValues = {
  readonly log?: string;
  readonly candidate?: string;
  readonly current?: string;
  readonly 'usd-per-good-answer'?: string;
  readonly config: string;
};

/** The files that the words name; null when a needed one is not named. */
export function openFiles(values: EvaluationValues): EvaluationFiles | null {
  const { log, candidate, current, config, 'usd-per-good-answer': usd } = values;
  if (log === undefined || candidate === undefined) return null;
  const usdPerGood = usd === undefined ? null : Number(usd);
  if (usdPerGood !== null && !(usdPerGood > 0)) {
    throw new FileProblem('--usd-per-good-answer must be a number above 0.');
  }
  return {
    log: readLog(log),
    candidate: readPolicy(candidate),
    current: current === undefined ? null : readPolicy(current),
    config: readConfig(config, readText(config)),
    usdPerGood,
  };
}

export type Evaluated = {
  readonly config: string;
  readonly candidate: CandidatePolicy;
  readonly verdict: Verdict;
};

/** Judges what the words name and prints how; null, after the usage, when a needed file is not named. */
export function evaluate(words: readonly string[], usage: string): Evaluated | null {
  const { values } = parseArgs({ args: [...words], options: EVALUATION_OPTIONS });
  const files = openFiles(values);
  if (files === null) {
    console.error(usage);
    return null;
  }
  const judged = judgeCandidate(files);
  for (const line of evaluationLines(judged)) console.log(line);
  return { config: values.config, candidate: files.candidate, verdict: judged.verdict };
}

function main(words: readonly string[]): number {
  const evaluated = evaluate(words, USAGE);
  if (evaluated === null) return 2;
  return evaluated.verdict.type === 'promote' ? 0 : 1;
}

if (process.argv[1] === import.meta.filename) runCommand(() => main(process.argv.slice(2)));
