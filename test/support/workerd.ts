// Runs one worker bundle on the real workerd, as `workerd serve` does when self-hosted: an own child process
// whose pid is known, so that a test can kill it and start it again on the same storage and port.
// It knows nothing of the product; `product.ts` does.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';

export type WorkerdOptions = {
  /** Folder with the bundle; `entry` is one of its files, all others ship as modules beside it. */
  readonly bundle: string;
  readonly entry: string;
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
  readonly vars: Readonly<Record<string, string>>;
  /** Binding name → class name. */
  readonly objects: Readonly<Record<string, string>>;
  /** Binding name → entrypoint of the same worker. */
  readonly entrypoints: Readonly<Record<string, string>>;
  /** Where the objects' SQLite files live; null = a temporary folder removed by `dispose`. */
  readonly persistDir: string | null;
  /** 0 = any free port, kept over restarts. */
  readonly port: number;
  /** Where lines of the worker's console go; default: kept, see `output`. */
  readonly onOutput?: (text: string) => void;
};

export type Workerd = {
  readonly url: string;
  readonly port: number;
  readonly persistDir: string;
  pid(): number;
  /** Everything workerd printed so far, newest 64 KiB. */
  output(): string;
  kill9(): Promise<void>;
  /** Starts it again on the same storage and port; kills it first when it runs. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
};

const MAX_OUTPUT = 64 * 1024;

export async function startWorkerd(options: WorkerdOptions): Promise<Workerd> {
  const scratch = await mkdtemp(join(tmpdir(), 'edgeways-workerd-'));
  const persistDir = options.persistDir ?? join(scratch, 'objects');
  await mkdir(persistDir, { recursive: true });
  const config = join(scratch, 'config.capnp');
  await writeFile(config, await describe(options, persistDir));
  let output = '';
  const keep = (text: string): void => {
    output = (output + text).slice(-MAX_OUTPUT);
    options.onOutput?.(text);
  };
  let running = await launch(config, options.port, keep);
  const { port } = running;
  const end = async (): Promise<void> => {
    if (running.child.exitCode !== null || running.child.signalCode !== null) return;
    const exited = once(running.child, 'exit');
    running.child.kill('SIGKILL');
    await exited;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    persistDir,
    pid: () => running.child.pid ?? -1,
    output: () => output,
    kill9: end,
    restart: async () => {
      await end();
      running = await launch(config, port, keep);
    },
    dispose: async () => {
      await end();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

type Running = { readonly child: ChildProcess; readonly port: number };

async function launch(config: string, port: number, keep: (text: string) => void): Promise<Running> {
  const binary = workerdBinary();
  const child = spawn(
    binary,
    ['serve', config, '--experimental', `--socket-addr=http=127.0.0.1:${port}`, '--control-fd=3'],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  );
  child.stdout?.on('data', (bytes: Buffer) => keep(bytes.toString()));
  child.stderr?.on('data', (bytes: Buffer) => keep(bytes.toString()));
  const exitWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', exitWithUs);
  child.once('exit', () => process.off('exit', exitWithUs));
  return { child, port: await listening(child) };
}

/** workerd tells the port on its control pipe once the socket accepts: no polling. */
function listening(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const control = child.stdio[3];
    if (control === null || control === undefined) throw new Error('workerd has no control pipe');
    let told = '';
    control.on('data', (bytes: Buffer) => {
      told += bytes.toString();
      const port = /"event":"listen","socket":"http","port":(\d+)/.exec(told)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    child.once('exit', (code) => reject(new Error(`workerd exited with ${code} before it listened`)));
    child.once('error', reject);
  });
}

let binary: string | null = null;

function workerdBinary(): string {
  if (binary !== null) return binary;
  // workerd is not a dependency of ours: the one that miniflare brings is the one wrangler runs.
  const fromMiniflare = createRequire(createRequire(import.meta.url).resolve('miniflare'));
  const found: unknown = fromMiniflare('workerd');
  const path: unknown = typeof found === 'object' && found !== null ? Reflect.get(found, 'default') : found;
  if (typeof path !== 'string') throw new Error('the workerd package did not tell its binary');
  binary = path;
  return path;
}

async function describe(options: WorkerdOptions, persistDir: string): Promise<string> {
  const modules = await Promise.all(await moduleList(options.bundle, options.entry));
  const bindings = [
    ...Object.entries(options.vars).map(([name, value]) => `(name = ${quote(name)}, text = ${quote(value)})`),
    ...Object.entries(options.objects).map(
      ([name, className]) => `(name = ${quote(name)}, durableObjectNamespace = ${quote(className)})`,
    ),
    ...Object.entries(options.entrypoints).map(
      ([name, entrypoint]) =>
        `(name = ${quote(name)}, service = (name = "main", entrypoint = ${quote(entrypoint)}))`,
    ),
  ];
  const namespaces = [...new Set(Object.values(options.objects))].map(
    (className) =>
      `(className = ${quote(className)}, uniqueKey = ${quote(`edgeways-${className}`)}, enableSql = true)`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "objects", disk = (path = ${quote(persistDir)}, writable = true)),
    (name = "internet", network = (allow = ["public", "private", "local"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [${modules.join(', ')}],
  compatibilityDate = ${quote(options.compatibilityDate)},
  compatibilityFlags = [${options.compatibilityFlags.map(quote).join(', ')}],
  bindings = [${bindings.join(', ')}],
  durableObjectNamespaces = [${namespaces.join(', ')}],
  durableObjectStorage = (localDisk = "objects"),
  globalOutbound = "internet",
);
`;
}

async function moduleList(bundle: string, entry: string): Promise<Promise<string>[]> {
  const files = (await readdir(bundle)).filter((file) => file !== entry);
  const shipped = files.filter((file) => MODULE_KINDS[extname(file)] !== undefined);
  return [entry, ...shipped].map(async (file) => {
    const kind = MODULE_KINDS[extname(file)] ?? 'esModule';
    const path = join(bundle, file);
    // `embed` takes no absolute path outside the import path, so text goes in as text.
    const body =
      kind === 'esModule' || kind === 'text' ? quote(await readFile(path, 'utf8')) : `0x"${await hex(path)}"`;
    return `(name = ${quote(basename(file))}, ${kind} = ${body})`;
  });
}

const MODULE_KINDS: Readonly<Record<string, string>> = {
  '.js': 'esModule',
  '.mjs': 'esModule',
  '.txt': 'text',
  '.bin': 'data',
  '.wasm': 'wasm',
};

async function hex(path: string): Promise<string> {
  return (await readFile(path)).toString('hex');
}

/** A Cap'n Proto text literal: every byte outside printable ASCII as an octal escape of its UTF-8. */
function quote(text: string): string {
  let literal = '';
  for (const byte of Buffer.from(text)) {
    if (byte === 0x22 || byte === 0x5c) literal += `\\${String.fromCharCode(byte)}`;
    else if (byte >= 0x20 && byte < 0x7f) literal += String.fromCharCode(byte);
    else literal += `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return `"${literal}"`;
}
