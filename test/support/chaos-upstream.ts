// The model server of the chaos tests: a real HTTP server on loopback that plays the script in the last user message
// and keeps a ledger of its calls, which a test inside workerd reads over HTTP. As a module it is a vitest global setup.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { tokenText, type LedgerEntry, type UpstreamScript } from './chaos-truth.ts';

export type ChaosUpstream = {
  /** For OPENAI_BASE_URL and EDGE_BASE_URL. */
  readonly url: string;
  dispose(): Promise<void>;
};

export default async function setup(project: {
  provide(key: 'chaosUpstream', url: string): void;
}): Promise<() => Promise<void>> {
  const upstream = await startChaosUpstream();
  project.provide('chaosUpstream', upstream.url);
  return upstream.dispose;
}

export async function startChaosUpstream(): Promise<ChaosUpstream> {
  const ledger: { readonly entry: LedgerEntry; readonly over: Promise<void> }[] = [];
  const play = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const script = scriptOf(Buffer.concat(pieces).toString());
    const entry: LedgerEntry = { key: script.key, closed: null };
    let isOver = false;
    const over = once(response, 'close').then(() => {
      entry.closed = isOver ? 'us' : 'peer';
    });
    ledger.push({ entry, over });
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    await playTokens(script, response);
    if (response.destroyed) return;
    isOver = script.end !== 'hang';
    playEnd(script, response);
  };
  /** `GET /ledger?key=k` → its calls; with `closed` it waits until all of them are closed. */
  const tell = async (url: URL, response: ServerResponse): Promise<void> => {
    const key = url.searchParams.get('key');
    const found = ledger.filter(({ entry }) => key === null || entry.key === key);
    if (url.searchParams.has('closed')) await Promise.all(found.map(({ over }) => over));
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify(found.map(({ entry }) => entry)));
  };
  const server = createServer({ noDelay: true }, (request, response) => {
    const url = new URL(request.url ?? '/', 'http://upstream.invalid');
    const done = url.pathname === '/v1/ledger' ? tell(url, response) : play(request, response);
    done.catch(() => response.destroy()); // the product left in the middle of its request
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    dispose: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function scriptOf(body: string): UpstreamScript {
  const { messages } = JSON.parse(body) as { messages: readonly { content: string }[] };
  return JSON.parse(messages.at(-1)?.content ?? '') as UpstreamScript;
}

async function playTokens(script: UpstreamScript, response: ServerResponse): Promise<void> {
  for (let turn = 0, token = 0; token < script.tokens && !response.destroyed; turn++) {
    const gapMs = script.gapsMs[turn % script.gapsMs.length] ?? 0;
    if (gapMs > 0) await delay(gapMs, undefined, { ref: false }); // nobody waits for a pause that outlives its test
    const until = Math.min(token + (script.bursts[turn % script.bursts.length] ?? 1), script.tokens);
    let text = '';
    for (; token < until; token++)
      text += chunk({ choices: [choice({ content: tokenText(script.seed, token) }, null)] });
    if (!response.write(text)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
}

function playEnd(script: UpstreamScript, response: ServerResponse): void {
  switch (script.end) {
    case 'finish': {
      const usage = { prompt_tokens: 5, completion_tokens: script.tokens, total_tokens: 5 + script.tokens };
      response.end(
        `${chunk({ choices: [choice({}, 'stop')] })}${chunk({ choices: [], usage })}data: [DONE]\n\n`,
      );
      return;
    }
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'truncate':
      response.end();
      return;
    case 'torn':
      response.end(chunk({ choices: [choice({ content: 'never seen' }, null)] }).slice(0, -20));
      return;
    case 'hang':
      return;
  }
}

function choice(delta: object, finishReason: string | null): object {
  return { index: 0, delta, finish_reason: finishReason };
}

function chunk(fields: object): string {
  const facts = { id: 'chaos', object: 'chat.completion.chunk', created: 1_790_000_000, model: 'chaos' };
  return `data: ${JSON.stringify({ ...facts, ...fields })}\n\n`;
}
