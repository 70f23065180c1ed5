// `npm start`: installs what is missing and serves the product on this machine, offline, without an account
// and without keys. Ctrl-C stops everything it started.

import { randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, existsSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fail, installWhatIsMissing, ROOT, spawnTool } from './toolchain.mjs';

const HOST = '127.0.0.1';
const DEFAULT_PORT = 8787;

/** Starting takes about three seconds; a slow disk may take ten times that. */
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 100;

const port = portOf(process.argv.slice(2));
if (await isTaken(port)) {
  fail(`Port ${port} is in use. Stop what listens there, or choose another: npm start -- --port ${port + 1}`);
}
installWhatIsMissing();
ensureSecret();

const log = [];
const server = spawnTool(
  'node_modules/wrangler/bin/wrangler.js',
  [
    'dev',
    '--ip',
    HOST,
    '--port',
    String(port),
    '--show-interactive-dev-session=false',
    '--log-level',
    'warn',
  ],
  { stdio: ['ignore', 'pipe', 'pipe'], detached: true },
);
for (const stream of [server.stdout, server.stderr]) {
  stream.on('data', (bytes) => {
    if (log.length < 200) log.push(bytes);
    process.stderr.write(bytes);
  });
}
server.on('exit', (code) => process.exit(code ?? 1));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(0));

await untilHealthy();
console.log(`
edgeways is listening on http://localhost:${port}   (Ctrl-C stops it)

Try it:

  curl -N http://localhost:${port}/v1/chat/completions -H 'content-type: application/json' \\
    -d '{"model":"auto","stream":true,"messages":[{"role":"user","content":"Hi! What can you do?"}]}'

Any OpenAI client: base URL http://localhost:${port}/v1, any API key, model "auto".

Playground: http://localhost:${port}/     Dashboard: http://localhost:${port}/dashboard
Traffic to look at, in a second terminal: npm run simulate${port === DEFAULT_PORT ? '' : ` -- --url http://localhost:${port}`}
The whole story in the terminal: npm run demo${port === DEFAULT_PORT ? '' : ` -- --url http://localhost:${port}`}
${modelsNote()}`);

function portOf(args) {
  const at = args.indexOf('--port');
  const text = at >= 0 ? args[at + 1] : (process.env.PORT ?? String(DEFAULT_PORT));
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 65_535)
    fail(`--port takes a number from 1 to 65535, not ${text}.`);
  return number;
}

function isTaken(wanted) {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(true));
    probe.listen(wanted, HOST, () => probe.close(() => resolve(false)));
  });
}

/** Written once and kept: ids and tickets made with it stay valid over restarts. */
function ensureSecret() {
  const file = path.join(ROOT, '.dev.vars');
  const current = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (/^EDGEWAYS_SECRET=/m.test(current)) return;
  const separator = current === '' || current.endsWith('\n') ? '' : '\n';
  appendFileSync(file, `${separator}EDGEWAYS_SECRET=${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
}

function modelsNote() {
  const file = readFileSync(path.join(ROOT, '.dev.vars'), 'utf8');
  const isSet = (name) => new RegExp(`^${name}=.+`, 'm').test(file);
  const edge = isSet('EDGE_BASE_URL') ? 'your server (EDGE_BASE_URL)' : 'a scripted stand-in, no model runs';
  const cloud =
    isSet('OPENAI_API_KEY') || isSet('OPENAI_BASE_URL')
      ? 'your upstream (.dev.vars)'
      : 'a scripted stand-in, no model runs';
  return `Edge tier: ${edge}. Cloud tier: ${cloud}.`;
}

async function untilHealthy() {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    try {
      const answer = await fetch(`http://${HOST}:${port}/healthz`);
      if (answer.ok) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  console.error(Buffer.concat(log).toString());
  stop(1);
}

/** The server is a process group of its own (wrangler, workerd, esbuild): all of it goes. */
function stop(code) {
  try {
    process.kill(-server.pid, 'SIGTERM');
  } catch {
    // It is gone already.
  }
  process.exit(code);
}
