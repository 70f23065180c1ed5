// The promise: an answer neither waits for its tenant's Routing object nor fails with it.

import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { app } from '../worker/app.ts';
import { conversationObjectName } from '../worker/stream-id.ts';
import { Signer } from '../worker/signer.ts';

afterEach(() => vi.restoreAllMocks());

const SECRET: unknown = Reflect.get(env, 'EDGEWAYS_SECRET');

type Call = () => Promise<never>;

const hangs: Call = () => new Promise(() => undefined);
const fails: Call = () => Promise.reject(new Error('the disk is full'));
const throws: Call = () => {
  throw new Error('no such object');
};

/** The bindings, with Routing objects that do `call` whatever they are asked. */
function bindingsWith(call: Call): object {
  const object = { record: call, snapshot: call, feedback: call, export: call };
  return { ...env, ROUTING: { idFromName: () => '', get: () => object } };
}

/** A conversation whose object has such bindings too. */
async function conversationWith(call: Call): Promise<string> {
  const conversation = crypto.randomUUID();
  const name = await conversationObjectName(new Signer([String(SECRET)]), 'local', conversation);
  await runInDurableObject(env.CONVERSATIONS.get(env.CONVERSATIONS.idFromName(name)), (object) => {
    Object.defineProperty(object, 'env', { value: bindingsWith(call) });
  });
  return conversation;
}

async function send(path: string, call: Call, { headers = {}, body }: Sent = {}): Promise<Response> {
  const request = new Request(`http://localhost${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  request.headers.set('host', 'localhost');
  const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };
  return app.fetch(request, bindingsWith(call), context);
}

type Sent = { readonly headers?: Record<string, string>; readonly body?: object };

const CHAT = { model: 'auto', messages: [{ role: 'user', content: 'Hi' }] };

describe.each([
  ['hangs', hangs],
  ['fails', fails],
  ['cannot even be called', throws],
])('a Routing object that %s', (_, call) => {
  it.each([true, false])('leaves an answer as it is (stream: %s)', async (stream) => {
    const headers = { 'x-edgeways-conversation': await conversationWith(call) };
    const response = await send('/v1/chat/completions', call, { headers, body: { ...CHAT, stream } });
    const text = await response.text();
    expect([response.status, text.includes(stream ? '[DONE]' : '"finish_reason":"stop"')]).toEqual([
      200,
      true,
    ]);
  });

  it('leaves an answer without an object as it is', async () => {
    const headers = { 'x-edgeways-resumable': 'false' };
    const response = await send('/v1/chat/completions', call, { headers, body: { ...CHAT, stream: true } });
    expect([response.status, (await response.text()).includes('[DONE]')]).toEqual([200, true]);
  });

  it('leaves explanations as they are', async () => {
    const response = await send('/v1/route', call, { body: CHAT });
    expect(await response.json()).toMatchObject({ tier: expect.stringMatching(/^(edge|cloud)$/) });
  });

  it('asks those who want it itself to come back', async () => {
    const { setTimeout: real } = globalThis;
    vi.spyOn(globalThis, 'setTimeout').mockImplementation((run: () => void, ms?: number) => {
      return real(run, ms === 5_000 ? 1 : ms); // the time it is given
    });
    const answers = await Promise.all(
      ['/v1/decisions', '/v1/routing'].map(async (path) => {
        const response = await send(path, call);
        return [response.status, response.headers.get('retry-after'), await response.json()];
      }),
    );
    const overloaded = [
      503,
      '1',
      expect.objectContaining({ error: expect.objectContaining({ code: 'overloaded' }) }),
    ];
    expect(answers).toEqual([overloaded, overloaded]);
  });
});
