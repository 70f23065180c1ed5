// `npm run demo` as a person runs it: what it prints, and that its count can fail. The faulty servers are small
// imitations, because the product is not supposed to lose or repeat a frame on request.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProduct, type Product } from './support/product.ts';

const DEMO = fileURLToPath(new URL('../scripts/demo.ts', import.meta.url));
const FRAMES = 24;

describe('the demo against the running product', () => {
  let product: Product;
  beforeAll(async () => {
    // Slow enough that the answer is still running when the connection is cut.
    product = await startProduct({ vars: { EDGEWAYS_STANDIN_SPEED: '2' } });
  });
  afterAll(() => product.dispose());

  it('shows both routes with their reasons, cuts, resumes, and counts no gap and no duplicate', async () => {
    const { code, output } = await runDemo(product.url);
    expect(output).toMatch(/An easy prompt[^]*asked {2}edge[^]*routed edge[^]*: classifier p=0\.\d+>=/);
    expect(output).toMatch(/A hard prompt[^]*asked {2}cloud[^]*routed cloud[^]*: classifier p=0\.\d+</);
    expect(output.match(/socket destroyed after frame 15/g)).toHaveLength(2);
    expect(output).toContain('scripted stand-ins: no model ran');
    expect(output.trimEnd().split('\n').at(-1)).toBe('gaps 0, duplicates 0');
    expect(code).toBe(0);
  });

  it('prints no control sequences where there is no terminal', async () => {
    const { output } = await runDemo(product.url);
    expect(output).not.toContain('\u001B');
  });
});

describe('the demo fails', () => {
  it('with the remedy when no server is there', async () => {
    const { code, output } = await runDemo('http://127.0.0.1:1');
    expect({ code, output: output.trim() }).toEqual({
      code: 1,
      output: 'No server answers at http://127.0.0.1:1. Start one in another terminal: npm start',
    });
  });

  it('when a frame is lost at the cut', async () => {
    const { code, output } = await demoOf((after) => range(after + 2, FRAMES));
    expect({ code, last: output.trimEnd().split('\n').at(-1) }).toEqual({
      code: 1,
      last: 'gaps 2, duplicates 0',
    });
  });

  it('when a frame comes twice at the cut', async () => {
    const { code, output } = await demoOf((after) => range(after, FRAMES));
    expect({ code, last: output.trimEnd().split('\n').at(-1) }).toEqual({
      code: 1,
      last: 'gaps 0, duplicates 2',
    });
  });

  it('when the resumed stream ends without a terminal frame', async () => {
    const { code, output } = await demoOf((after) => range(after + 1, FRAMES - 1));
    expect(code).toBe(1);
    expect(output).toContain('The stream ended without [DONE]');
  });

  it('with the answer of the server when it refuses', async () => {
    const { code, output } = await demoOf(() => null);
    expect(code).toBe(1);
    expect(output).toContain('The server answered 410: {"error":{"code":"expired"}}');
  });
});

type Run = { readonly code: number; readonly output: string };

async function runDemo(url: string): Promise<Run> {
  const { NO_COLOR: _noColor, FORCE_COLOR: _forceColor, ...env } = process.env;
  const child = spawn(process.execPath, [DEMO, '--url', url], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (output += bytes.toString()));
  const [code]: unknown[] = await once(child, 'close');
  return { code: Number(code), output };
}

/** @param resumed - the frame numbers that a resume after this one gets; null = refused */
async function demoOf(resumed: (after: number) => readonly number[] | null): Promise<Run> {
  const server = http.createServer((request, response) => {
    const after = Number(/-(\d+)$/.exec(String(request.headers['last-event-id']))?.[1]);
    if (request.url === '/healthz') response.end('{"status":"ok"}');
    else if (request.url === '/v1/route') response.end(JSON.stringify(ROUTE));
    else if (request.url === '/v1/chat/completions') {
      response.writeHead(200, { 'x-edgeways-stream': 's_1' }); // left open: the demo is the one that cuts
      response.write(
        range(0, FRAMES - 1)
          .map(frame)
          .join(''),
      );
    } else {
      const numbers = resumed(after);
      if (numbers === null) response.writeHead(410).end('{"error":{"code":"expired"}}');
      else response.end(numbers.map(frame).join(''));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  try {
    return await runDemo(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const ROUTE = {
  tier: 'edge',
  probability: 0.9,
  threshold: 0.5,
  reasons: ['r'],
  model: 'm',
  estimated_cost_usd: 0,
};

function frame(n: number): string {
  const data =
    n === FRAMES ? '[DONE]' : JSON.stringify({ choices: [{ index: 0, delta: { content: `w${n} ` } }] });
  return `data: ${data}\nid: caaaaaaaaaaaaaaaa.1-${n}\n\n`;
}

/** Both ends included. */
function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
