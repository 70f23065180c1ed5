// `npm run bench:classifier`: what one classification costs inside workerd, and what loading the model costs cold.
// workerd's clock stands still while code runs, so each request classifies one prompt many times and is timed from
// outside; the time of a request that classifies nothing is taken off. Prints microseconds per classification.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MATERIAL } from '../classifier/train/long-texts.ts';
import { startWorkerd, type Workerd } from '../test/support/workerd.ts';

/** Classifications per request: enough that 1 µs each outweighs the jitter of a loopback request. */
const REPEATS = 400;
const REQUESTS = 400;
const WARM_UP_REQUESTS = 40;

type Ask = { readonly repeats: number; readonly turns: readonly string[] };

const CLASSIFIER = new URL('../classifier/', import.meta.url);

const WORKER = `import { classify } from './classify.js';
import { loadModel } from './model.js';
let model;
export default {
  async fetch(request) {
    const { repeats, turns } = await request.json();
    if (repeats === 0) return new Response('0');
    model ??= loadModel();
    if (turns.length === 0) return new Response('loaded');
    // Four strings in turn, so that nothing about one string can be remembered from one classification to the next.
    const variants = ['a', 'b', 'c', 'd'].map((letter) => turns.map((turn) => turn + letter));
    let sum = 0;
    for (let index = 0; index < repeats; index += 1) sum += classify(model, variants[index % 4]).probability;
    return new Response(String(sum));
  },
};`;

/** The classifier's own modules, types stripped, beside a worker that calls them: no bundler to change the code. */
async function writeModules(folder: string): Promise<void> {
  await writeFile(join(folder, 'worker.js'), WORKER);
  for (const file of await readdir(CLASSIFIER)) {
    if (!file.endsWith('.ts')) continue;
    const script = stripTypeScriptTypes(await readFile(new URL(file, CLASSIFIER), 'utf8'));
    await writeFile(join(folder, file.replace(/\.ts$/, '.js')), withFlatImports(script));
  }
  const lazy = await readFile(new URL('../protocol/lazy.ts', import.meta.url), 'utf8');
  await writeFile(join(folder, 'lazy.js'), withFlatImports(stripTypeScriptTypes(lazy)));
}

/** One folder for all: the classifier takes a single file from elsewhere. */
function withFlatImports(script: string): string {
  return script.replaceAll(/from '(?:\.|\.\.\/protocol)\/([a-z0-9-]+)\.ts'/g, "from './$1.js'");
}

async function prompts(): Promise<readonly string[]> {
  const files = ['../classifier/train/obvious-prompts.tsv', '../test/fixtures/routing.tsv'];
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, import.meta.url), 'utf8')));
  return texts.flatMap((text) => text.split('\n')).flatMap((line) => line.split('\t')[1] ?? []);
}

function longText(chars: number, seed: number): string {
  const sentences = Object.values(MATERIAL).flat();
  let text = 'Please look at this and tell me what it is about.\n\n';
  for (let index = seed; text.length < chars; index += 1)
    text += `${sentences[(index * 7) % sentences.length]} `;
  return text.slice(0, chars);
}

async function timed(url: URL, ask: Ask): Promise<number> {
  const started = performance.now();
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(ask) });
  await response.text();
  return performance.now() - started;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

type Case = {
  readonly name: string;
  readonly repeats: number;
  readonly asks: readonly (readonly string[])[];
};

async function measure(url: URL, { name, repeats, asks }: Case): Promise<void> {
  const spent: number[] = [];
  for (let index = -WARM_UP_REQUESTS; index < REQUESTS; index += 1) {
    const turns = asks[(index + WARM_UP_REQUESTS) % asks.length] ?? [''];
    // The pair of requests carries the same body, so that what is left is the classifications alone.
    const idleMs = await timed(url, { repeats: 0, turns });
    const busyMs = await timed(url, { repeats, turns });
    if (index >= 0) spent.push((1000 * (busyMs - idleMs)) / repeats);
  }
  const figures = [0.5, 0.9, 0.99].map((share) => quantile(spent, share).toFixed(1).padStart(8)).join('');
  console.log(`${name.padEnd(34)}${figures}`);
}

type Cold = { readonly loadMs: number; readonly firstMs: number };

/** A new process each time; requests without a classification first, so that only the classifier is cold. */
async function cold(workerd: Workerd): Promise<Cold> {
  const loads: number[] = [];
  const firsts: number[] = [];
  for (let start = 0; start < 15; start += 1) {
    await workerd.restart();
    const url = new URL(workerd.url);
    const idle: number[] = [];
    for (let index = 0; index < 30; index += 1) idle.push(await timed(url, { repeats: 0, turns: ['Hi'] }));
    const idleMs = quantile(idle.slice(10), 0.5);
    loads.push((await timed(url, { repeats: 1, turns: [] })) - idleMs);
    firsts.push((await timed(url, { repeats: 1, turns: ['Hi'] })) - idleMs);
  }
  return { loadMs: quantile(loads, 0.5), firstMs: quantile(firsts, 0.5) };
}

const folder = await mkdtemp(join(tmpdir(), 'edgeways-bench-'));
await writeModules(folder);
const workerd = await startWorkerd({
  bundle: folder,
  entry: 'worker.js',
  compatibilityDate: '2026-10-23',
  compatibilityFlags: [],
  vars: {},
  objects: {},
  entrypoints: {},
  persistDir: null,
  port: 0,
});
try {
  const url = new URL(workerd.url);
  const { loadMs, firstMs } = await cold(workerd);
  console.log(
    `cold, medians of fresh processes: model decoded ${loadMs.toFixed(2)} ms, first prompt ${firstMs.toFixed(2)} ms`,
  );
  console.log(`${'µs per classification in workerd'.padEnd(34)}     p50     p90     p99`);
  const short = await prompts();
  const sizes = Array.from({ length: 8 }, (_, seed) => seed);
  const cases: readonly Case[] = [
    { name: `${short.length} everyday prompts`, repeats: REPEATS, asks: short.map((text) => [text]) },
    { name: 'an approval after a task', repeats: REPEATS, asks: short.map((text) => [text, 'yes, do it']) },
    { name: '1 KB', repeats: REPEATS, asks: sizes.map((seed) => [longText(1000, seed)]) },
    { name: '8 KB', repeats: REPEATS / 4, asks: sizes.map((seed) => [longText(8000, seed)]) },
    { name: '100 KB', repeats: REPEATS / 4, asks: sizes.map((seed) => [longText(100_000, seed)]) },
  ];
  for (const each of cases) await measure(url, each);
} finally {
  await workerd.dispose();
  await rm(folder, { recursive: true });
}
