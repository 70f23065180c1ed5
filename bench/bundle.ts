// What wrangler says of the bundle and of the Worker's start-up. Its profile is of this machine, as it says itself.

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median } from './machine.ts';
import { figure, type Report } from './report.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

export async function measureBundle(report: Report, times: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'edgeways-bench-'));
  const built = await wrangler('deploy', '--env', 'production', '--dry-run', '--outdir', folder);
  const gzipKib = numberAfter(built, /gzip: ([\d.]+) KiB/);
  const active: number[] = [];
  for (let round = 0; round < times; round++) {
    const told = await wrangler('check', 'startup', '--outfile', join(folder, 'startup.cpuprofile'));
    active.push(numberAfter(told, /Active: ([\d.]+) ms/));
  }
  await rm(folder, { recursive: true, force: true });
  report.section('Worker');
  report.line(
    `bundle ${figure(gzipKib)} KiB gzip (production), start-up ${figure(median(active))} ms active (wrangler check startup)`,
  );
  const goal = { sense: 'at_most', rank: 'must' } as const;
  report.goal({ ...goal, unit: 'KiB', what: 'production bundle, gzip', figure: gzipKib, bound: 200 });
  report.goal({ ...goal, unit: 'ms', what: 'Worker start-up', figure: median(active), bound: 10 });
}

async function wrangler(...args: readonly string[]): Promise<string> {
  // Not the command in .bin: that one would run on the Node of the system, which may be too old for wrangler.
  const script = join(ROOT, 'node_modules', 'wrangler', 'bin', 'wrangler.js');
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' };
  const { stdout } = await run(process.execPath, [script, ...args], { cwd: ROOT, env });
  return stdout;
}

function numberAfter(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? NaN);
}
