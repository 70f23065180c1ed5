// One wave of chaos: several generations at once, each with readers that come, go, crawl, poll and return to any
// earlier cursor, while objects crash, upstreams die and somebody presses stop. All of it is drawn from one seed.
// It knows the product only through `send`; crashing and evicting are given from outside.

import {
  ChaosReader,
  pause,
  textsOf,
  type AppliedFrame,
  type ReaderFormat,
  type Send,
  type SharedFrames,
  type Sitting,
} from './chaos-reader.ts';
import { truthText, type UpstreamEnd, type UpstreamScript } from './chaos-truth.ts';
import { Random } from './replay-random.ts';

export type World = {
  readonly send: Send;
  /** Every object dies at once; what was written stays. */
  readonly crash: () => Promise<void>;
  /** Every object is put out of memory as soon as it is idle. */
  readonly evict: () => Promise<void>;
  /** Runs the watchdog of the stream's object now. */
  readonly alarm: (streamId: string) => Promise<void>;
};

/** What a wave has shown, for the sum at the end. */
export type WaveReport = {
  readonly schedules: number;
  readonly crashes: number;
  readonly cuts: number;
  readonly losses: number;
  readonly ends: Readonly<Record<string, number>>;
};

type Generation = {
  readonly random: Random;
  readonly script: UpstreamScript;
  readonly isStrict: boolean;
  readonly policy: 'continue' | 'abort' | 'linger=1';
  readonly stops: boolean;
  /** The wave's crashes so far; a generation has crashed if one came after its start. */
  readonly crashes: () => number;
};

const ENDS: readonly UpstreamEnd[] = ['finish', 'finish', 'finish', 'finish', 'reset', 'truncate', 'torn'];
const FORMATS: readonly ReaderFormat[] = ['chat', 'typed'];

/** Runs `schedules` generations at once. Throws at the first broken promise, with the seed to run it again. */
export async function runWave(seed: number, schedules: number, world: World): Promise<WaveReport> {
  const random = new Random(seed);
  let crashes = 0;
  const over = new AbortController();
  const crashing = crashAtRandom(random, world, over.signal, () => crashes++);
  const runs = Array.from({ length: schedules }, (_, index) =>
    runSchedule(
      drawGeneration(new Random(seed * 1000 + index), `${seed}-${index}`, () => crashes),
      world,
    ),
  );
  const results = await Promise.allSettled([...runs, crashing]);
  over.abort();
  const broken = results.find((result) => result.status === 'rejected');
  if (broken !== undefined)
    throw new Error(`chaos seed ${seed}: ${String(broken.reason?.stack ?? broken.reason)}`);
  const finished = await Promise.all(runs);
  if (random.chance(0.5)) await world.evict();
  else if (random.chance(0.5)) await world.crash();
  try {
    await Promise.all(finished.map((run) => run.check()));
  } catch (error) {
    throw new Error(
      `chaos seed ${seed}, after the end: ${error instanceof Error ? error.stack : String(error)}`,
      { cause: error },
    );
  }
  return sumUp(schedules, crashes, finished);
}

type FinishedRun = {
  readonly check: () => Promise<void>;
  readonly cuts: number;
  readonly losses: number;
  readonly end: string;
};

async function crashAtRandom(
  random: Random,
  world: World,
  over: AbortSignal,
  onCrash: () => void,
): Promise<void> {
  const times = random.pick([0, 0, 1, 1, 2]);
  for (let turn = 0; turn < times && !over.aborted; turn++) {
    await pause(random.pick([random.between(1, 100), random.between(100, 700), random.between(100, 700)]));
    onCrash(); // before it happens: from now on a broken body is no surprise
    await world.crash();
  }
}

function drawGeneration(random: Random, key: string, crashes: () => number): Generation {
  const script: UpstreamScript = {
    key,
    seed: random.below(1_000_000),
    tokens: random.pick([1, random.between(2, 40), random.between(40, 300), random.between(40, 300)]),
    bursts: Array.from({ length: 5 }, () => random.pick([1, 1, 2, 7, 40])),
    gapsMs: Array.from({ length: 7 }, () => random.pick([0, 1, 5, 20, 60, 120])),
    end: random.pick(ENDS),
  };
  return {
    random,
    script,
    isStrict: random.chance(0.5),
    policy: random.pick(['continue', 'continue', 'continue', 'continue', 'linger=1', 'abort']),
    stops: random.chance(0.12),
    crashes,
  };
}

async function runSchedule(generation: Generation, world: World): Promise<FinishedRun> {
  const { random, script, isStrict, policy } = generation;
  await pause(random.below(150));
  const before = generation.crashes();
  const hasCrashed = (): boolean => generation.crashes() > before;
  const response = await world.send('/v1/chat/completions', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-edgeways-conversation': `chaos-${script.key.split('-')[0]}-${random.below(4)}`,
      'x-edgeways-on-disconnect': policy,
      'x-edgeways-durability': isStrict ? 'strict' : 'batched',
    },
    body: JSON.stringify({
      model: random.pick(['edge', 'cloud']),
      stream: true,
      stream_options: { include_usage: random.chance(0.5) },
      messages: [{ role: 'user', content: JSON.stringify(script) }],
    }),
  });
  if (response.status !== 200) return refused(response, script, hasCrashed());
  const streamId = response.headers.get('x-edgeways-stream') ?? '';
  const shared: SharedFrames = { streamId, isStrict, byId: new Map(), hasCrashed };
  const readers = [new ChaosReader('chat', shared, world.send)];
  for (let more = random.below(4); more > 0; more--)
    readers.push(new ChaosReader(random.pick(FORMATS), shared, world.send));
  const [first, ...others] = readers;
  if (first === undefined) throw new Error('a schedule without a reader');
  const cuts = await Promise.all([
    first
      .read(response, drawSitting(random, random.chance(0.5)))
      .then((end) => (end === 'done' ? 0 : readOn(first, random))),
    ...others.map((reader) => readOn(reader, new Random(random.below(1_000_000)))),
    ...(generation.stops ? [stopSoon(streamId, random, world)] : []),
    ...(random.chance(0.2) ? [alarmSoon(streamId, random, world)] : []),
  ]);
  const crashed = hasCrashed();
  return {
    check: () => checkEnd(generation, shared, readers, { send: world.send, crashed }),
    cuts: cuts.reduce((sum, count) => sum + count, 0),
    losses: readers.reduce((sum, reader) => sum + reader.losses, 0),
    end: endOf(first.applied),
  };
}

/** Before the first byte a failure is a status. Honest ones only: the upstream died, or the object did. */
async function refused(response: Response, script: UpstreamScript, crashed: boolean): Promise<FinishedRun> {
  const body = await response.text();
  const code = /"code":"([a-z_]+)"/.exec(body)?.[1] ?? 'nothing';
  const isHonest =
    (script.end !== 'finish' && code === 'upstream_failed') || (crashed && response.status === 503);
  if (!isHonest) throw new Error(`POST: ${response.status} ${body}`);
  return { check: () => Promise.resolve(), cuts: 0, losses: 0, end: `refused: ${code}` };
}

/** Comes and goes until the terminal frame; returns how often it left. */
async function readOn(reader: ChaosReader, random: Random): Promise<number> {
  let cuts = 0;
  for (let sitting = 0; !reader.isDone; sitting++) {
    if (random.chance(0.3)) reader.rewind(random.below(reader.applied.length + 1));
    const isLast = sitting > 6;
    const end = random.chance(0.25)
      ? await reader.poll(random.below(2))
      : await reader.follow(drawSitting(random, !isLast));
    if (end === 'cut') cuts++;
    if (end === 'cut' && random.chance(0.3)) await pause(random.between(1, 40));
    if (sitting > 500) throw new Error('a reader that never comes to an end');
  }
  return cuts;
}

function drawSitting(random: Random, cuts: boolean): Sitting {
  return {
    cutAfterBytes: cuts ? random.pick([1, random.between(1, 400), random.between(400, 20_000)]) : null,
    pauseMs: random.pick([0, 0, 0, 1, 15]),
  };
}

async function stopSoon(streamId: string, random: Random, world: World): Promise<number> {
  await pause(random.between(0, 200));
  const response = await world.send(`/v1/streams/${streamId}/stop`, { method: 'POST' });
  if (response.status !== 204) throw new Error(`stop: ${response.status} ${await response.text()}`);
  return 0;
}

async function alarmSoon(streamId: string, random: Random, world: World): Promise<number> {
  await pause(random.between(0, 200));
  await world.alarm(streamId);
  return 0;
}

type Aftermath = { readonly send: Send; readonly crashed: boolean };

/** After the end everybody has the same, it is true, and it stays. */
async function checkEnd(
  generation: Generation,
  shared: SharedFrames,
  readers: readonly ChaosReader[],
  after: Aftermath,
): Promise<void> {
  for (const format of FORMATS) {
    const replay = new ChaosReader(format, shared, after.send);
    const end = await replay.follow({ cutAfterBytes: null, pauseMs: 0 });
    if (end !== 'done') throw new Error(`${shared.streamId}: a full ${format} replay ended ${end}`);
    for (const reader of readers.filter((candidate) => candidate.format === format)) {
      const ids = (applied: readonly AppliedFrame[]): string => applied.map(({ id }) => id).join(' ');
      if (ids(reader.applied) !== ids(replay.applied)) {
        throw new Error(
          `${shared.streamId}: a ${format} reader has\n${ids(reader.applied)}\nbut the log says\n${ids(replay.applied)}`,
        );
      }
    }
    checkTruth(generation, replay.applied, after.crashed);
    const frames = replay.applied.length;
    if ((await replay.follow({ cutAfterBytes: null, pauseMs: 0 })) !== 'done')
      throw new Error('no 204 at the end');
    replay.rewind(generation.random.below(frames));
    await replay.follow({ cutAfterBytes: null, pauseMs: 0 });
    if (replay.applied.length !== frames)
      throw new Error(`a resume in the middle gave ${replay.applied.length} of ${frames} frames`);
  }
}

function checkTruth(
  { script, stops, policy }: Generation,
  applied: readonly AppliedFrame[],
  crashed: boolean,
): void {
  const truth = truthText(script);
  const texts = textsOf(applied);
  const wrong = texts.findIndex((text, index) => text !== truth[index]);
  if (wrong >= 0) throw new Error(`token ${wrong} is ${texts[wrong]} and not ${truth[wrong]}`);
  const end = endOf(applied);
  const may = ['stop', ...(script.end === 'finish' ? [] : ['upstream_failed'])];
  if (crashed) may.push('interrupted');
  if (stops || policy !== 'continue') may.push('stopped');
  if (!may.includes(end)) throw new Error(`the generation ended as ${end}, not as ${may.join(' or ')}`);
  if (end === 'stop' && script.end !== 'finish' && !(stops || policy !== 'continue'))
    throw new Error('a dead upstream became a clean end');
  if (end === 'stop' && texts.length !== truth.length && !stops && policy === 'continue') {
    throw new Error(`complete, but with ${texts.length} of ${truth.length} tokens`);
  }
}

/** The finish reason or the failure code; chat says `stop` for a stopped one too. */
function endOf(applied: readonly AppliedFrame[]): string {
  for (const { data } of applied.slice(-3)) {
    const found = /"(?:code|finish_reason)":"([a-z_]+)"/.exec(data)?.[1];
    if (found !== undefined) return found;
  }
  return 'nothing';
}

function sumUp(schedules: number, crashes: number, runs: readonly FinishedRun[]): WaveReport {
  const ends: Record<string, number> = {};
  for (const { end } of runs) ends[end] = (ends[end] ?? 0) + 1;
  const sum = (of: (run: FinishedRun) => number): number => runs.reduce((total, run) => total + of(run), 0);
  return { schedules, crashes, cuts: sum((run) => run.cuts), losses: sum((run) => run.losses), ends };
}
