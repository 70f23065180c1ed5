// A new provider is a folder in providers/ and its line in the registry: with nothing else touched the product can be
// configured for it, calls its server with its key, and passes its answers and its failures on.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProduct, testModels, type Product } from './support/product.ts';
import { fetchSse, type SseReading } from './support/read-sse.ts';
import { copySourceTree, type SourceTree } from './support/source-tree.ts';
import type { Provider } from '../providers/provider.ts';

const KEY = 'key-of-the-toy';
const TOY_SOURCE = new URL('support/toy/toy.ts', import.meta.url);

/** What its server answers to each question. */
const ANSWERS: Readonly<Record<string, string>> = {
  'Say it': 'say Hello \nsay from a toy: 👩‍👩‍👧 \nover\n',
  'Break off': 'say Hello \nsay fr',
};

let tree: SourceTree;
let server: Server;
let product: Product;

beforeAll(async () => {
  tree = await copySourceTree();
  await tree.add(
    'providers/toy/toy.ts',
    readFileSync(TOY_SOURCE, 'utf8')
      .replaceAll('../../../providers/', '../')
      .replaceAll('../../../', '../../'),
  );
  await tree.edit('providers/registry.ts', (text) =>
    text
      .replace('\nimport ', "\nimport { TOY } from './toy/toy.ts';\nimport ")
      .replace(/(const PROVIDERS: readonly Provider\[\] = \[)/, '$1TOY, '),
  );
  server = createServer((request, response) => {
    const asked = `${request.method} ${request.url} ${request.headers['x-toy-key']}`;
    if (asked !== `POST /ask/toy-1 ${KEY}`) response.writeHead(401).end();
    else request.on('data', (body: Buffer) => response.end(ANSWERS[body.toString()]));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const [small, large] = testModels;
  product = await startProduct({
    entry: tree.url('worker/local.ts'),
    vars: { TOY_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, TOY_API_KEY: KEY },
    config: {
      models: [small, { ...large, provider: 'toy', upstream_model: 'toy-1' }],
      failover: { on_upstream_loss: 'error' },
    },
  });
});

afterAll(async () => {
  await product.dispose();
  server.closeAllConnections();
  server.close();
  await tree.dispose();
});

async function ask(content: string): Promise<SseReading> {
  const reading = await fetchSse(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'large', stream: true, messages: [{ role: 'user', content }] }),
  });
  await reading.end;
  return reading;
}

function textOf({ events }: SseReading): string {
  const pieces = [
    ...events
      .map(({ data }) => data)
      .join('\n')
      .matchAll(/"content":"([^"]*)"/g),
  ];
  return pieces.map(([, text]) => text).join('');
}

it('answers through the product', async () => {
  const reading = await ask('Say it');
  expect([
    reading.response.headers.get('x-edgeways-model'),
    textOf(reading),
    reading.events.at(-1)?.data,
  ]).toEqual(['large', 'Hello from a toy: 👩‍👩‍👧 ', '[DONE]']);
});

it('has its failures told as those of every other', async () => {
  const reading = await ask('Break off');
  expect([textOf(reading), /"code":"([a-z_]+)"/.exec(reading.text())?.[1]]).toEqual([
    'Hello ',
    'upstream_failed',
  ]);
});

it('decodes the same whole, byte by byte, and never ends cleanly when cut', async () => {
  const registry = (await import(tree.url('providers/registry.ts').href)) as {
    readonly providerNamed: (name: string) => Provider | null;
  };
  const decode = (pieces: readonly string[]) => {
    const decoder = registry.providerNamed('toy')?.decoder(1000, null);
    return [...pieces.flatMap((piece) => decoder?.push(piece, 0) ?? []), ...(decoder?.close(0) ?? [])];
  };
  const answer = ANSWERS['Say it'] ?? '';
  expect(decode([answer]).map(({ type }) => type)).toEqual(['text_delta', 'text_delta', 'finish']);
  expect(decode(answer.split(''))).toEqual(decode([answer]));
  for (let end = 0; end < answer.length - 1; end++)
    expect(decode([answer.slice(0, end)]).at(-1)?.type, `cut at ${end}`).toBe('failure');
});
