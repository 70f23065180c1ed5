// Brings what a fresh clone lacks: the packages of the lockfile, and with them the Node that the tools need.
// Runs on the system's Node (20 or newer), so it is plain JavaScript without dependencies.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const BIN = path.join(ROOT, 'node_modules', '.bin');

/** The tools refuse older ones. */
const LEAST_NODE = [22, 12];

/** Installs when node_modules is missing or was made from another lockfile. */
export function installWhatIsMissing() {
  const lockfile = createHash('sha256')
    .update(readFileSync(path.join(ROOT, 'package-lock.json')))
    .digest('hex');
  const stamp = path.join(ROOT, 'node_modules', '.lockfile-sha256');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfile) return;
  console.error('Installing packages (npm ci) …');
  const installed = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
  if (installed.status !== 0) fail('npm ci failed. Is the network there? Its message is above.');
  writeFileSync(stamp, lockfile);
}

/** The Node that came with the packages, else the one that runs now, if it is new enough. */
export function newNode() {
  const packaged = path.join(BIN, 'node');
  if (existsSync(packaged) && spawnSync(packaged, ['--version']).status === 0) return packaged;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return process.execPath;
  return fail(
    `Node ${LEAST_NODE.join('.')} or newer is needed; this is ${process.versions.node}, and none came with the packages for ${process.platform} ${process.arch}.`,
  );
}

/** Environment in which tools find each other and tell nobody about it. */
export function toolEnvironment() {
  return {
    ...process.env,
    PATH: `${path.dirname(newNode())}${path.delimiter}${BIN}${path.delimiter}${process.env.PATH ?? ''}`,
    WRANGLER_SEND_METRICS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    NO_UPDATE_NOTIFIER: '1',
  };
}

/** A package's command line program, run by the new Node. */
export function spawnTool(script, args, options = {}) {
  return spawn(newNode(), [path.join(ROOT, script), ...args], {
    cwd: ROOT,
    env: toolEnvironment(),
    stdio: 'inherit',
    ...options,
  });
}

/** Resolves to the exit code. `priority`: of the process and of those that it starts, as in `os.setPriority`. */
export function runTool(script, args, { priority = null, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawnTool(script, args, options);
    child.on('exit', (code, signal) => resolve(code ?? (signal === null ? 0 : 1)));
    if (priority !== null && child.pid !== undefined) setPriority(child.pid, priority);
  });
}

export function fail(message) {
  console.error(message);
  process.exit(1);
}
