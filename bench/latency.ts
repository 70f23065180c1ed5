// L1: what is added to the time to the first token, for conversations that exist and for new ones, on tmpfs and on the
// disk; and what the first request after a start pays.

import type { Workerd } from '../test/support/workerd.ts';
import type { LoadResult } from './load.ts';
import { l1, warmUp } from './loads.ts';
import { median, quantile } from './machine.ts';
import { figure, type Report } from './report.ts';
import type { Stage } from './stage.ts';
import { bare, direct, empty, product, type Target } from './targets.ts';

/** Before the first figure, for each target: an isolate in use has compiled what is called often. */
const WARM_UP_STREAMS = 150;

export type Effort = { readonly rounds: number; readonly streams: number };

export async function measureLatency(stage: Stage, report: Report, effort: Effort): Promise<void> {
  const floor = bare(stage);
  const emptyNew = empty(stage, 'disk', 'new');
  const warm = product(stage, 'tmpfs', 'warm');
  const fresh = product(stage, 'disk', 'new');
  const targets = [
    direct(stage),
    floor,
    empty(stage, 'tmpfs', 'warm'),
    empty(stage, 'tmpfs', 'new'),
    emptyNew,
    warm,
    product(stage, 'tmpfs', 'new'),
    product(stage, 'disk', 'warm'),
    fresh,
  ];
  const added = await inRounds(stage, targets, effort);
  const p50 = (target: Target): number => median(added.get(target) ?? []);
  report.section(`L1: added time to first token, ms (${effort.rounds * effort.streams} streams each)`);
  report.table(
    ['', 'p50', 'p95', 'over the floor, p50'],
    targets.map((target) => {
      const values = added.get(target) ?? [];
      return [
        target.name,
        figure(median(values)),
        figure(quantile(values, 0.95)),
        figure(p50(target) - p50(floor)),
      ];
    }),
  );
  const overFloor = p50(warm) - p50(floor);
  const overEmpty = p50(fresh) - p50(emptyNew);
  const ttft = { sense: 'at_most', unit: 'ms' } as const;
  report.goal({
    ...ttft,
    rank: 'must',
    what: 'TTFT, warm, tmpfs, over the floor',
    figure: overFloor,
    bound: 0.7,
  });
  report.goal({
    ...ttft,
    rank: 'next',
    what: 'TTFT, warm, tmpfs, over the floor',
    figure: overFloor,
    bound: 0.5,
  });
  report.goal({
    ...ttft,
    rank: 'must',
    what: 'TTFT, new, disk, over an empty new object',
    figure: overEmpty,
    bound: 3,
  });
  report.goal({
    ...ttft,
    rank: 'next',
    what: 'TTFT, new, disk, over an empty new object',
    figure: overEmpty,
    bound: 1,
  });
  await measureCold(stage, report, effort.rounds);
}

/** Every round asks every target, so that a slow minute of the machine is everyone's. */
async function inRounds(
  stage: Stage,
  targets: readonly Target[],
  effort: Effort,
): Promise<Map<Target, number[]>> {
  const added = new Map<Target, number[]>();
  for (const target of targets) checked(target, await stage.run(warmUp(target, WARM_UP_STREAMS), null));
  for (let round = 0; round < effort.rounds; round++) {
    for (const target of targets) {
      const result = checked(target, await stage.run(l1(target, effort.streams), null));
      added.set(target, [...(added.get(target) ?? []), ...result.addedTtftMs]);
    }
  }
  return added;
}

function checked(target: Target, result: LoadResult): LoadResult {
  if (result.failures.length > 0) throw new Error(`${target.name}: ${result.failures[0]}`);
  return result;
}

async function measureCold(stage: Stage, report: Report, rounds: number): Promise<void> {
  const afterStart = async (workerd: Workerd, target: Target): Promise<number> => {
    const values: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await workerd.restart();
      values.push(...(await stage.run(l1(target, 1), null)).addedTtftMs);
    }
    return median(values);
  };
  const floorMs = await afterStart(stage.baseline.tmpfs, bare(stage));
  const productMs = await afterStart(stage.product.tmpfs, product(stage, 'tmpfs', 'new'));
  report.line(
    `first request after a start: edgeways ${figure(productMs)} ms, bare Worker ${figure(floorMs)} ms`,
  );
  const cold = { sense: 'at_most', unit: 'ms', rank: 'must' } as const;
  report.goal({ ...cold, what: 'TTFT of the first request after a start', figure: productMs, bound: 25 });
}
