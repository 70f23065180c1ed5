// B16, L256 and L1000: tokens per second, CPU per token and how late a token comes, against the bare Worker.

import { b16, paced } from './loads.ts';
import type { Load } from './load.ts';
import { median } from './machine.ts';
import { figure, type Report } from './report.ts';
import type { Measured, Stage } from './stage.ts';
import { bare, direct, empty, product, type Target } from './targets.ts';

export type Effort = { readonly rounds: number; readonly b16Tokens: number; readonly pacedSeconds: number };

type Figures = {
  readonly tokensPerS: number;
  readonly cpuUsPerToken: number;
  readonly delayP50Ms: number;
  readonly delayP95Ms: number;
};

export async function measureB16(stage: Stage, report: Report, effort: Effort): Promise<void> {
  const targets = [
    direct(stage),
    bare(stage),
    empty(stage, 'tmpfs', 'warm'),
    product(stage, 'tmpfs', 'warm'),
  ];
  const warm = (target: Target): Load => b16(target, effort.b16Tokens / 8);
  await inRounds(stage, targets, warm, 1);
  const figures = await inRounds(stage, targets, (target) => b16(target, effort.b16Tokens), effort.rounds);
  printRates(
    report,
    `B16: 16 streams as fast as they go, ${effort.b16Tokens.toLocaleString('en-US')} tokens each`,
    targets,
    figures,
  );
  const share = ratio(figures, targets[3], targets[1], 'tokensPerS');
  const goal = { sense: 'at_least', unit: '', what: 'B16, tokens/s over the floor', figure: share } as const;
  report.goal({ ...goal, rank: 'must', bound: 0.5 });
  report.goal({ ...goal, rank: 'next', bound: 0.9 });
}

export async function measureL256(stage: Stage, report: Report, effort: Effort): Promise<void> {
  const targets = [bare(stage), empty(stage, 'tmpfs', 'warm'), product(stage, 'tmpfs', 'warm')];
  const figures = await inRounds(
    stage,
    targets,
    (target) => paced(target, 256, effort.pacedSeconds),
    effort.rounds,
  );
  printRates(report, 'L256: 256 streams, 50 tokens/s each (12,800 asked)', targets, figures);
  const cpu = ratio(figures, targets[2], targets[0], 'cpuUsPerToken');
  report.goal({
    rank: 'next',
    sense: 'at_most',
    unit: '',
    what: 'L256, CPU per token over the floor',
    figure: cpu,
    bound: 1.8,
  });
}

export async function measureL1000(stage: Stage, report: Report, effort: Effort): Promise<void> {
  const floor = bare(stage);
  const measured = product(stage, 'tmpfs', 'warm');
  const loadOf = (target: Target): Load => paced(target, 1000, effort.pacedSeconds);
  const compared = [floor, empty(stage, 'tmpfs', 'warm'), measured];
  // Once each: the first shows that the load generator keeps up, the second has no goal (its fsync is this machine's).
  const aside = [direct(stage), product(stage, 'disk', 'warm')];
  const targets = [...compared, ...aside];
  const figures = new Map([
    ...(await inRounds(stage, compared, loadOf, effort.rounds)),
    ...(await inRounds(stage, aside, loadOf, 1)),
  ]);
  printRates(report, 'L1000: 1,000 streams, 50 tokens/s each (50,000 asked)', targets, figures);
  const share = ratio(figures, measured, floor, 'tokensPerS');
  const tokens = {
    sense: 'at_least',
    unit: '',
    what: 'L1000, tmpfs, tokens/s over the floor',
    figure: share,
  } as const;
  report.goal({ ...tokens, rank: 'must', bound: 0.5 });
  report.goal({ ...tokens, rank: 'next', bound: 0.9 });
  const lateMs = figures.get(measured)?.delayP95Ms ?? NaN;
  report.goal({
    rank: 'next',
    sense: 'at_most',
    unit: 'ms',
    what: 'L1000, tmpfs, p95 delay of a token',
    figure: lateMs,
    bound: 250,
  });
}

async function inRounds(
  stage: Stage,
  targets: readonly Target[],
  loadOf: (target: Target) => Load,
  rounds: number,
): Promise<Map<Target, Figures>> {
  const all = new Map<Target, Figures[]>();
  for (let round = 0; round < rounds; round++) {
    for (const target of round % 2 === 0 ? targets : [...targets].reverse()) {
      all.set(target, [...(all.get(target) ?? []), await once(stage, target, loadOf(target))]);
    }
  }
  return new Map([...all].map(([target, runs]) => [target, medians(runs)]));
}

async function once(stage: Stage, target: Target, load: Load): Promise<Figures> {
  const result = await stage.run(load, target.workerd);
  if (result.failures.length > 0) {
    process.stdout.write(
      `  ! ${target.name}: ${result.failures.length} failures, first: ${result.failures[0]}\n`,
    );
    // What this load left running would be part of the next one's figures.
    await target.workerd?.restart();
  }
  return figuresOf(result, load);
}

function figuresOf(result: Measured, load: Load): Figures {
  const seconds = load.windowEndMs === null ? null : (load.windowEndMs - load.warmUpMs) / 1000;
  const tokens = seconds === null ? result.tokens : result.tokensPerS * seconds;
  return {
    tokensPerS: result.tokensPerS,
    cpuUsPerToken: (result.windowCpuMs * 1000) / tokens,
    delayP50Ms: result.delayMs?.p50 ?? NaN,
    delayP95Ms: result.delayMs?.p95 ?? NaN,
  };
}

function medians(runs: readonly Figures[]): Figures {
  const of = (key: keyof Figures): number => median(runs.map((run) => run[key]));
  return {
    tokensPerS: of('tokensPerS'),
    cpuUsPerToken: of('cpuUsPerToken'),
    delayP50Ms: of('delayP50Ms'),
    delayP95Ms: of('delayP95Ms'),
  };
}

function printRates(
  report: Report,
  title: string,
  targets: readonly Target[],
  figures: Map<Target, Figures>,
): void {
  report.section(title);
  const floor = targets.find((target) => target.name.includes('floor'));
  report.table(
    ['', 'tokens/s', 'over the floor', 'CPU µs/token', 'delay p50 ms', 'delay p95 ms'],
    targets.map((target) => {
      const row = figures.get(target);
      if (row === undefined) return [target.name];
      const share = ratio(figures, target, floor, 'tokensPerS');
      return [
        target.name,
        ...[row.tokensPerS, share, row.cpuUsPerToken, row.delayP50Ms, row.delayP95Ms].map(figure),
      ];
    }),
  );
}

function ratio(
  figures: Map<Target, Figures>,
  of: Target | undefined,
  over: Target | undefined,
  key: keyof Figures,
): number {
  if (of === undefined || over === undefined) return NaN;
  return (figures.get(of)?.[key] ?? NaN) / (figures.get(over)?.[key] ?? NaN);
}
