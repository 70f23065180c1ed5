// `npm run simulate` as a person runs it: against the running product it loses nothing and counts every request once,
// and it sends no traffic to where somebody would have to pay for it.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../scripts/simulate/chat-frame.ts';
import { startProduct, type Product } from './support/product.ts';

const SIMULATE = fileURLToPath(new URL('../scripts/simulate.ts', import.meta.url));
const REQUESTS = 150;
/** One of each tier, to see whether a model is real. */
const PROBES = 2;

describe('the simulator against the running product', () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct({ vars: { EDGEWAYS_STANDIN_SPEED: '20' } });
  });
  afterAll(() => product.dispose());

  it('loses nothing over drops, faults and failovers, and the product has seen what it sent', async () => {
    const { code, output } = await simulate('--url', product.url, '--once', `${REQUESTS}`, '--rate', '30');
    const count = (pattern: RegExp): number => Number(pattern.exec(output)?.[1] ?? Number.NaN);
    expect(output.trimEnd().split('\n').at(-1)).toBe('gaps 0, duplicates 0');
    expect(count(/requests (\d+):/)).toBe(REQUESTS);
    const outcomes = /requests \d+: (.*)/.exec(output)?.[1]?.match(/\d+/g) ?? [];
    expect(outcomes.reduce((sum, each) => sum + Number(each), 0)).toBe(REQUESTS);
    expect(output).toMatch(/broken 0, unfinished 0/);
    expect(count(/edge +(\d+)/)).toBeGreaterThan(REQUESTS / 3);
    expect(count(/cloud +(\d+)/)).toBeGreaterThan(REQUESTS / 10);
    expect(count(/resumed (\d+)/)).toBeGreaterThan(0);
    expect(count(/failed over (\d+)/)).toBeGreaterThan(0);
    expect(code).toBe(0);
    await expect.poll(() => recorded(product.url), { timeout: 30_000 }).toBe(REQUESTS + PROBES);
  });

  it('ends with the table when it is interrupted', async () => {
    const child = start('--url', product.url, '--rate', '20');
    const running = outcomeOf(child);
    await once(child.stdout ?? child, 'data'); // "Simulating …": from here on it is interrupted in traffic
    child.kill('SIGINT');
    const { code, output } = await running;
    expect(output).toMatch(/requests \d+: completed[^]*gaps 0, duplicates 0\n$/);
    expect(code).toBe(0);
  });
});

describe('the simulator refuses politely', () => {
  it('when no server is there', async () => {
    const { code, output } = await simulate('--url', 'http://127.0.0.1:1');
    expect({ code, output }).toEqual({
      code: 1,
      output: 'No server answers at http://127.0.0.1:1. Start one in another terminal: npm start\n',
    });
  });

  it('when the server is elsewhere, before it sends anything there', async () => {
    const { code, output } = await simulate('--url', 'https://edgeways.invalid');
    expect({ code, output }).toEqual({
      code: 1,
      output:
        'https://edgeways.invalid is not on this machine: its models may be paid. Add --yes-it-costs to send this traffic all the same.\n',
    });
  });

  it('when the models of this machine are real, unless it is told to', async () => {
    const real = await startRealModels();
    try {
      const refused = await simulate('--url', real.url);
      expect(refused).toEqual({
        code: 1,
        output: `The edge tier of ${real.url} did not answer as a scripted stand-in: it may be paid. Add --yes-it-costs to send this traffic all the same.\n`,
      });
      expect(real.generations()).toBe(1);
      const told = await simulate('--url', real.url, '--yes-it-costs', '--once', '5', '--rate', '50');
      expect(told.output).toContain('requests 5:');
      expect(real.generations()).toBeGreaterThan(5);
    } finally {
      real.close();
    }
  });

  it.each([
    ['--rate', '-1', '--rate takes a number above 0.'],
    ['--once', '1.5', '--once takes a whole number.'],
    ['--colour', 'blue', "Unknown option '--colour'"],
  ])('%s %s', async (option, value, sentence) => {
    const { code, output } = await simulate(`${option}=${value}`);
    expect(code).toBe(1);
    expect(output).toContain(sentence);
    expect(output).toContain('usage: npm run simulate');
  });
});

type Outcome = { readonly code: number | null; readonly output: string };

function simulate(...args: readonly string[]): Promise<Outcome> {
  return outcomeOf(start(...args));
}

function start(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [SIMULATE, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => (output += String(bytes)));
  const [code] = await once(child, 'close');
  return { code, output };
}

/** Finished generations, as its own statistics have them. */
async function recorded(url: string): Promise<unknown> {
  const summary: unknown = await (await fetch(`${url}/v1/analytics/summary?range=15m`)).json();
  return at(summary, 'totals', 'requests');
}

type RealModels = { readonly url: string; generations(): number; close(): void };

/** An imitation of an edgeways with models behind it that do not say that they are scripted. */
async function startRealModels(): Promise<RealModels> {
  let generations = 0;
  const server = http.createServer((request, response) => {
    if (request.url === '/v1/chat/completions') generations += 1;
    response.setHeader('content-type', 'application/json');
    const answer = { choices: [{ index: 0, message: { role: 'assistant', content: 'I am a model.' } }] };
    response.end(JSON.stringify(request.url === '/healthz' ? { status: 'ok' } : { ...answer, data: [] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    generations: () => generations,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
