// The files that calibration and evaluation read, each refused with what is wrong and how to mend it, and what the
// deployment's configuration says where a policy file says nothing.

import { readFileSync } from 'node:fs';
import { DEFAULT_THRESHOLD } from '../classifier/threshold.ts';
import { TRAFFIC_PRIOR } from '../classifier/traffic-prior.ts';
import { type Config, formatProblems, parseConfig } from '../policy/config.ts';
import { type CandidatePolicy, parsePolicy } from '../policy/learning/candidate-policy.ts';
import { type DecisionLines, parseLog } from '../policy/learning/parse-log.ts';
import type { PolicyGround } from '../policy/learning/policy-actions.ts';
import type { Trial } from '../policy/learning/trials.ts';
import { snapshotQuestion } from '../policy/snapshot-question.ts';

/** What the person who called can mend; printed without a stack. */
export class FileProblem extends Error {}

export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new FileProblem(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}

export function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FileProblem(`${file} is no JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

export function readLog(file: string): DecisionLines {
  const log = parseLog(readText(file));
  if (!log.ok) throw new FileProblem(`${file}:${log.refusal.line} ${log.refusal.message}.`);
  if (log.value.records.length === 0) {
    throw new FileProblem(`${file} holds no decision. Export it with GET /v1/decisions.`);
  }
  return log.value;
}

export function readPolicy(file: string): CandidatePolicy {
  const policy = parsePolicy(parseJson(file, readText(file)));
  if (!policy.ok) throw new FileProblem(`${file}\n${formatProblems(policy.refusal)}`);
  return policy.value;
}

export function readConfig(file: string, text: string): Config {
  const config = parseConfig(parseJson(file, text));
  if (!config.ok) throw new FileProblem(`${file}\n${formatProblems(config.refusal)}`);
  return config.value;
}

/** `trials`: where none was checked, no policy is taken to check any unless its own file says so. */
export function groundOf(config: Config, trials: readonly Trial[]): PolicyGround {
  const { routing } = config;
  const question = snapshotQuestion(
    { config, tenant: null },
    { prior: TRAFFIC_PRIOR, threshold: DEFAULT_THRESHOLD },
  );
  const isChecked = routing.stages.answer_check && trials.some(({ action }) => action === 'check');
  return {
    prior: question.prior,
    typicalCost: question.typicalCost,
    cloudQuality: question.cloudQuality,
    band: isChecked ? routing.answer_check.band : 0,
  };
}

/** Runs a command: 2 for what the person who called has to mend, with its words and no stack. */
export function runCommand(main: () => number): void {
  try {
    process.exitCode = main();
  } catch (error) {
    const isTheirs = error instanceof FileProblem || (error instanceof TypeError && 'code' in error);
    console.error(isTheirs ? error.message : error);
    process.exitCode = 2;
  }
}
