// Everything a run needs: the model server, the load generator, and the workerds that are compared, each a process
// of its own. The product and the baselines have one workerd each on tmpfs and one on the disk.

import { fork, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundled, startProduct } from '../test/support/product.ts';
import { startWorkerd, type Workerd } from '../test/support/workerd.ts';
import type { Load, LoadResult } from './load.ts';
import { cpuMs, pause } from './machine.ts';

const SHARED_MEMORY = '/dev/shm';

export type Storage = 'tmpfs' | 'disk';

export type Stage = {
  readonly upstreamPort: number;
  readonly upstreamUrl: string;
  readonly baseline: Readonly<Record<Storage, Workerd>>;
  readonly product: Readonly<Record<Storage, Workerd>>;
  run(load: Load, watched: Workerd | null): Promise<Measured>;
  /** A folder on tmpfs (or on the disk) that goes away with the stage. */
  folder(storage: Storage): Promise<string>;
  dispose(): Promise<void>;
};

/** A load's result; `windowCpuMs` = CPU time of the watched workerd within the load's window. */
export type Measured = LoadResult & { readonly windowCpuMs: number };

export async function buildStage(): Promise<Stage> {
  const folders: string[] = [];
  const folder = async (storage: Storage): Promise<string> => {
    const parent = storage === 'tmpfs' && existsSync(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir();
    const path = await mkdtemp(join(parent, 'edgeways-bench-'));
    folders.push(path);
    return path;
  };
  const upstream = spawn(process.execPath, [fileURLToPath(new URL('upstream.ts', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const upstreamPort = await portOf(upstream);
  const upstreamUrl = `http://127.0.0.1:${upstreamPort}/v1`;
  const generator = fork(new URL('load.ts', import.meta.url));
  const product = async (storage: Storage): Promise<Workerd> =>
    startProduct({
      persistDir: await folder(storage),
      vars: { OPENAI_BASE_URL: upstreamUrl, EDGE_BASE_URL: upstreamUrl },
      config: {},
    });
  const workerds = {
    baseline: {
      tmpfs: await startBaseline(upstreamUrl, await folder('tmpfs')),
      disk: await startBaseline(upstreamUrl, await folder('disk')),
    },
    product: { tmpfs: await product('tmpfs'), disk: await product('disk') },
  };
  return {
    upstreamPort,
    upstreamUrl,
    ...workerds,
    folder,
    run: (load, watched) => runLoad(generator, load, watched),
    dispose: async () => {
      generator.kill();
      upstream.kill();
      const all = [...Object.values(workerds.baseline), ...Object.values(workerds.product)];
      await Promise.all(all.map((workerd) => workerd.dispose()));
      await Promise.all(folders.map((path) => rm(path, { recursive: true, force: true })));
    },
  };
}

async function startBaseline(upstreamUrl: string, persistDir: string): Promise<Workerd> {
  return startWorkerd({
    bundle: await bundled(new URL('workers/baseline.ts', import.meta.url)),
    entry: 'worker.js',
    compatibilityDate: '2026-10-23',
    compatibilityFlags: ['enable_request_signal'],
    vars: { UPSTREAM: upstreamUrl },
    objects: { EMPTY: 'Empty' },
    entrypoints: {},
    persistDir,
    port: 0,
  });
}

async function runLoad(generator: ChildProcess, load: Load, watched: Workerd | null): Promise<Measured> {
  const answered = new Promise<LoadResult>((resolve) => {
    generator.once('message', (result: LoadResult) => resolve(result));
  });
  generator.send(load);
  const [result, windowCpuMs] = await Promise.all([answered, cpuInWindow(load, watched, answered)]);
  return { ...result, windowCpuMs };
}

async function cpuInWindow(load: Load, watched: Workerd | null, answered: Promise<unknown>): Promise<number> {
  if (watched === null) return NaN;
  await pause(load.warmUpMs);
  const startMs = cpuMs(watched.pid());
  await (load.windowEndMs === null ? answered : pause(load.windowEndMs - load.warmUpMs));
  return cpuMs(watched.pid()) - startMs;
}

function portOf(upstream: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    upstream.stdout?.once('data', (line: Buffer) => {
      const told = JSON.parse(line.toString()) as { port: number }; // the first line of bench/upstream.ts
      resolve(told.port);
    });
    upstream.once('exit', (code) => reject(new Error(`the model server exited with ${code}`)));
  });
}
