// `npm run simulate:month [-- --seeds 50]`: months of simulated traffic with known truth, played through calibration, the
// offline evaluation of policies, the knob and the drift alarm. Prints what they came to, held against the truth. The
// traffic is made up: it shows that the methods work as they should, not how well they do on anybody's traffic.

import { parseArgs } from 'node:util';
import {
  OVERRATED_EDGE,
  playCalibration,
  playDrift,
  playKnob,
  playPolicies,
  type PolicyPlay,
  UNDERRATED_EDGE,
} from '../test/support/simulated-month.ts';
import { type Month, PLAIN_MONTH, simulateTraffic } from '../test/support/traffic-simulator.ts';

const TARGET_ERROR = 0.05;
const TARGET_SHARE = 0.4;

type World = {
  readonly name: string;
  readonly month: Omit<Month, 'seed'>;
  /** Thresholds of candidates that are worse than the policy in force. */
  readonly worse: readonly number[];
};

const WORLDS: readonly World[] = [
  { name: 'edge model worse than believed', month: OVERRATED_EDGE, worse: [0.3, 0.45] },
  { name: 'edge model better than believed', month: UNDERRATED_EDGE, worse: [0.75, 0.85] },
];

function playWorld({ name, month, worse }: World, seeds: number): void {
  const errors = { before: [], people: [], judge: [], complaints: [] } as Record<string, number[]>;
  const plays: PolicyPlay[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) {
    const traffic = simulateTraffic({ ...month, seed });
    const people = playCalibration(traffic);
    errors['before']?.push(people.before);
    errors['people']?.push(people.after);
    errors['judge']?.push(playCalibration(traffic, 'people and judge').after);
    const complaining = simulateTraffic({ ...month, seed, days: 5, complaints: 2 });
    errors['complaints']?.push(playCalibration(complaining).after);
    plays.push(...playPolicies(traffic, people.calibration, worse));
  }
  console.log(`\n${name}: ${seeds} months of ${month.days * month.perDay} decisions each`);
  console.log(row('expected calibration error', 'mean', 'worst', `months ≤ ${TARGET_ERROR}`));
  printError('before', errors['before'] ?? []);
  printError('after 200 labels of people', errors['people'] ?? []);
  printError('after 200, judged samples among them', errors['judge'] ?? []);
  printError('after 200, bad answers reported twice as often', errors['complaints'] ?? []);
  console.log(row('candidate policy', 'true gain', 'promoted', 'refused', '95 % holds truth'));
  for (const candidate of new Set(plays.map((play) => play.name))) {
    printCandidate(
      candidate,
      plays.filter((play) => play.name === candidate),
    );
  }
}

function printError(name: string, errors: readonly number[]): void {
  const within = errors.filter((error) => error <= TARGET_ERROR).length;
  console.log(
    row(
      `  ${name}`,
      mean(errors).toFixed(3),
      Math.max(...errors).toFixed(3),
      `${within} of ${errors.length}`,
    ),
  );
}

function printCandidate(name: string, plays: readonly PolicyPlay[]): void {
  const promoted = plays.filter(({ verdict }) => verdict.type === 'promote').length;
  const holds = plays.filter(({ low, gain, high }) => low <= gain && gain <= high).length;
  const gain = mean(plays.map((play) => play.gain)).toFixed(4);
  const of = plays.length;
  console.log(
    row(`  ${name}`, gain, `${promoted} of ${of}`, `${of - promoted} of ${of}`, `${holds} of ${of}`),
  );
}

function playWeeks(seeds: number): void {
  const knobs = Array.from({ length: seeds }, (_, at) => playKnob(at + 1, TARGET_SHARE));
  const drifts = Array.from({ length: seeds }, (_, at) => playDrift(at + 1));
  console.log(`\nknob at cloud_share ${TARGET_SHARE} while the mix changes day by day: ${seeds} months`);
  console.log(row('week', 'cloud share', 'farthest month', 'rolling, farthest', 'moves'));
  for (const week of [0, 1, 2, 3]) {
    const plays = knobs.flatMap((knob) => knob[week] ?? []);
    const off = plays.map(({ cloudShare }) => Math.abs(cloudShare - TARGET_SHARE));
    console.log(
      row(
        `  ${week + 1}`,
        mean(plays.map((play) => play.cloudShare)).toFixed(3),
        Math.max(...off).toFixed(3),
        Math.max(...plays.map((play) => play.farthest)).toFixed(3),
        mean(plays.map((play) => play.moves)).toFixed(1),
      ),
    );
  }
  console.log(`\ndrift against the first week; another mix in week 5: ${seeds} times`);
  console.log(row('week', 'mean PSI', 'stable', 'watch', 'alarm'));
  for (const week of [0, 1, 2, 3]) {
    const plays = drifts.flatMap((drift) => drift[week] ?? []);
    const count = (level: string): string => String(plays.filter((play) => play.level === level).length);
    console.log(
      row(
        `  ${week + 2}`,
        mean(plays.map(({ psi }) => psi)).toFixed(3),
        count('stable'),
        count('watch'),
        count('alarm'),
      ),
    );
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function row(label: string, ...cells: readonly string[]): string {
  return `${label.padEnd(50)}${cells.map((cell) => cell.padStart(17)).join('')}`;
}

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '20' } } });
const seeds = Number(values.seeds);
if (!Number.isInteger(seeds) || seeds < 1) {
  console.error('usage: npm run simulate:month [-- --seeds <whole number>]');
  process.exitCode = 2;
} else {
  const { exploration, feedbackShare, judgeShare } = PLAIN_MONTH;
  console.log(
    `left to chance: ${exploration}; answers that somebody speaks about: ${feedbackShare}, that a judge sees: ${judgeShare}`,
  );
  for (const world of WORLDS) playWorld(world, seeds);
  playWeeks(seeds);
}
