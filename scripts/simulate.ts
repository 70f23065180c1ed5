// `npm run simulate`: realistic traffic against a running edgeways, so that its dashboard has something to show, and so
// that what its clients see is counted: no frame missing, none twice. The plan follows from the seed. Ctrl-C ends it
// with the table; the exit code is 0 only if nothing was lost. It starts no server.

import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  checkIsLocal,
  checkIsScripted,
  checkServer,
  modelIds,
  SimulationError,
} from './simulate/check-server.ts';
import { playRequest, type Stage } from './simulate/play-request.ts';
import { planTraffic } from './simulate/plan-traffic.ts';
import { Tally } from './simulate/tally.ts';

const USAGE =
  'usage: npm run simulate [-- --url http://localhost:8787 --rate 8 --minutes 10 --seed 1 --conversations 40 --concurrency 40 --once <requests> --yes-it-costs]   (EDGEWAYS_API_KEY: key of a deployed one)';

const MS_PER_MINUTE = 60_000;

/** How often the line is told: often enough to live on a terminal, seldom enough for a log. */
const LINE_MS = { terminal: 1_000, log: 15_000 } as const;

type Options = {
  readonly base: string;
  readonly rate: number;
  readonly minutes: number;
  readonly seed: number;
  readonly conversations: number;
  readonly concurrency: number;
  /** Null: as many as arrive in the time. */
  readonly once: number | null;
  readonly mayCost: boolean;
};

async function main(): Promise<void> {
  const options = readOptions();
  if (!options.mayCost) checkIsLocal(options.base);
  await checkServer(options.base);
  if (!options.mayCost) await checkIsScripted(options.base);
  const models = await modelIds(options.base);
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.on('SIGINT', interrupt);
  const run = Date.now().toString(36);
  const stage: Stage = {
    base: options.base,
    run,
    models,
    histories: new Map(),
    signal: interrupted.signal,
  };
  console.log(`Simulating ${options.rate} requests a second at ${options.base}, seed ${options.seed}.`);
  const tally = await playTraffic(options, stage);
  process.off('SIGINT', interrupt);
  console.log(`\n${tally.table()}`);
  process.exitCode = tally.isExact && (tally.hasCompleted || interrupted.signal.aborted) ? 0 : 1;
}

async function playTraffic(options: Options, stage: Stage): Promise<Tally> {
  const tally = new Tally();
  const active = new Set<Promise<void>>();
  const line = setInterval(
    () => printLine(tally.line(active.size)),
    process.stdout.isTTY ? LINE_MS.terminal : LINE_MS.log,
  );
  const startMs = Date.now();
  const endMs = options.once === null ? options.minutes * MS_PER_MINUTE : Infinity;
  for (const planned of planTraffic(options)) {
    if (planned.atMs >= endMs || planned.index === options.once) break;
    await sleep(Math.max(0, startMs + planned.atMs - Date.now()), null, { signal: stage.signal }).catch(
      () => undefined, // interrupted: the loop sees it below
    );
    // Arrivals wait for a free place, as people do before a page that does not load.
    while (active.size >= options.concurrency) await Promise.race(active);
    if (stage.signal.aborted) break;
    const playing = playRequest(planned, stage).then((played) => {
      tally.add(played);
      active.delete(playing);
    });
    active.add(playing);
  }
  await Promise.all(active);
  clearInterval(line);
  return tally;
}

/** On a terminal it stays one line. */
function printLine(text: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\u001B[K${text.slice(0, process.stdout.columns - 1)}`);
  else console.log(text);
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'http://localhost:8787' },
      rate: { type: 'string', default: '8' },
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string', default: '1' },
      conversations: { type: 'string', default: '40' },
      concurrency: { type: 'string', default: '40' },
      once: { type: 'string' },
      'yes-it-costs': { type: 'boolean', default: false },
    },
  });
  if (!/^https?:\/\//.test(values.url) || !URL.canParse(values.url))
    throw new SimulationError(`--url takes a URL.\n${USAGE}`);
  return {
    base: values.url.replace(/\/+$/, '').replace(/\/v1$/, ''),
    rate: positive('rate', values.rate),
    minutes: positive('minutes', values.minutes),
    seed: whole('seed', values.seed),
    conversations: whole('conversations', values.conversations),
    concurrency: whole('concurrency', values.concurrency),
    once: values.once === undefined ? null : whole('once', values.once),
    mayCost: values['yes-it-costs'],
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new SimulationError(`--${name} takes a number above 0.\n${USAGE}`);
}

function whole(name: string, text: string): number {
  const value = positive(name, text);
  if (Number.isSafeInteger(value)) return value;
  throw new SimulationError(`--${name} takes a whole number.\n${USAGE}`);
}

try {
  await main();
} catch (error) {
  const isUsage = error instanceof TypeError && 'code' in error; // parseArgs names the option that it does not know
  console.error(
    error instanceof SimulationError ? error.message : isUsage ? `${error.message}\n${USAGE}` : error,
  );
  process.exitCode = 1;
}
