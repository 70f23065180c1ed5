// The promise: a stream whose object cannot be reached now is not lost and not an error; its reader is told when to
// come back, an EventSource in the only way that it understands.

import { env, exports } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { app } from '../worker/app.ts';

function requestOf(path: string, method: 'GET' | 'POST', headers: Record<string, string> = {}): Request {
  const body = { model: 'edge', stream: true, messages: [{ role: 'user', content: 'Hi' }] };
  const init = { method, headers: { 'content-type': 'application/json', ...headers } };
  const request = new Request(
    `http://localhost${path}`,
    method === 'GET' ? init : { ...init, body: JSON.stringify(body) },
  );
  request.headers.set('host', 'localhost');
  return request;
}

it('a request that its object lost before it began is refused, and its place in the quota is free again', async () => {
  const released: string[] = [];
  const tenant = {
    admit: () => Promise.resolve({ type: 'granted', headroom: 9 }),
    release: (_id: string, end: string) => Promise.resolve(void released.push(end)),
  };
  const answerOf = (url: string): Promise<Response> =>
    url.endsWith('/generate')
      ? Promise.reject(new Error('reset'))
      : Promise.resolve(
          Response.json({ refusal: { reason: 'overloaded', retryAfterMs: 1000 } }, { status: 409 }),
        );
  const objects = (object: object): object => ({ idFromName: () => '', get: () => object });
  const bindings = { ...env, TENANTS: objects(tenant), CONVERSATIONS: objects({ fetch: answerOf }) };
  const context = { waitUntil: () => undefined } as unknown as ExecutionContext;
  const response = await app.fetch(requestOf('/v1/chat/completions', 'POST'), bindings, context);
  await response.text();
  expect([response.status, released]).toEqual([503, ['failed']]);
});

it('a reader, an EventSource and a stop of an object that keeps failing are asked to come back', async () => {
  const started = await exports.default.fetch(requestOf('/v1/chat/completions', 'POST'));
  await started.text();
  const path = `/v1/streams/${started.headers.get('x-edgeways-stream')}`;
  const broken = {
    idFromName: () => '',
    get: () => ({ fetch: () => Promise.reject(new Error('overloaded')) }),
  };
  const context = { waitUntil: () => undefined } as unknown as ExecutionContext;
  const send = async (request: Request): Promise<readonly unknown[]> => {
    const response = await app.fetch(request, { ...env, CONVERSATIONS: broken }, context);
    return [response.status, response.headers.get('retry-after'), await response.text()];
  };
  const answers = await Promise.all([
    send(requestOf(path, 'GET')),
    send(requestOf(path, 'GET', { accept: 'text/event-stream' })),
    send(requestOf(`${path}/stop`, 'POST')),
  ]);
  expect(answers).toEqual([
    [503, '1', expect.stringContaining('"code":"overloaded"')],
    [200, null, expect.stringContaining('event: busy')],
    [503, '1', expect.stringContaining('"code":"overloaded"')],
  ]);
});
