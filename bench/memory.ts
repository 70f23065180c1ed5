// What an open stream holds: resident memory of a freshly started workerd with 100 and with 1,000 nearly silent streams,
// less what it held before, per stream.

import type { Workerd } from '../test/support/workerd.ts';
import { l1, quiet } from './loads.ts';
import { pause, residentBytes } from './machine.ts';
import { figure, type Report } from './report.ts';
import type { Stage } from './stage.ts';
import { bare, empty, product, type Target } from './targets.ts';

/** Long enough for all streams to be open and settled when the memory is read. */
const OPEN_MS = 3000;

export async function measureMemory(stage: Stage, report: Report): Promise<void> {
  const passing = empty(stage, 'tmpfs', 'warm');
  const measured = product(stage, 'tmpfs', 'warm');
  const targets = [bare(stage), passing, measured];
  const kib = new Map<Target, readonly [hundred: number, thousand: number]>();
  for (const target of targets) {
    kib.set(target, [await perStreamKib(stage, target, 100), await perStreamKib(stage, target, 1000)]);
  }
  report.section('Memory of an open stream, KiB (resident, of a freshly started workerd)');
  report.table(
    ['', 'at 100', 'at 1,000'],
    targets.map((target) => [target.name, ...(kib.get(target) ?? []).map(figure)]),
  );
  const more = (size: 0 | 1): number =>
    (kib.get(measured)?.[size] ?? NaN) - (kib.get(passing)?.[size] ?? NaN);
  const goal = { sense: 'at_most', unit: 'KiB' } as const;
  const what = 'memory per open stream over the empty object';
  report.goal({ ...goal, rank: 'must', what: `${what}, at 100`, figure: more(0), bound: 100 });
  report.goal({ ...goal, rank: 'must', what: `${what}, at 1,000`, figure: more(1), bound: 100 });
  report.goal({ ...goal, rank: 'next', what: `${what}, at 1,000`, figure: more(1), bound: 35 });
}

async function perStreamKib(stage: Stage, target: Target, streams: number): Promise<number> {
  const workerd: Workerd | null = target.workerd;
  if (workerd === null) return NaN;
  await workerd.restart();
  await stage.run(l1(target, 20), null);
  const before = residentBytes(workerd.pid());
  const load = quiet(target, streams, OPEN_MS);
  const run = stage.run(load, null);
  await pause(load.rampMs + OPEN_MS / 2);
  const during = residentBytes(workerd.pid());
  const result = await run;
  if (result.failures.length > 0) throw new Error(`${target.name}: ${result.failures[0]}`);
  return (during - before) / 1024 / streams;
}
