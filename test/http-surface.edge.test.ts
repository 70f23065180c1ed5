// What every route has in common: HEAD is GET without its body, and a bug is a plain 500 that tells nothing.

import { env, exports } from 'cloudflare:workers';
import { expect, it, vi } from 'vitest';
import { app } from '../worker/app.ts';

const HEADERS = { host: 'localhost', 'content-type': 'application/json' };

function send(path: string, init: RequestInit = {}): Promise<Response> {
  return exports.default.fetch(new Request(`http://localhost${path}`, { headers: HEADERS, ...init }));
}

/** Without the id, which is another one for every request. */
function headOf({ status, headers }: Response): readonly unknown[] {
  return [status, [...headers].filter(([name]) => name !== 'x-request-id'), headers.has('x-request-id')];
}

it('HEAD is answered like GET, without the body, on a stream and on a refusal as well', async () => {
  const body = JSON.stringify({ model: 'edge', stream: true, messages: [{ role: 'user', content: 'Hi' }] });
  const started = await send('/v1/chat/completions', { method: 'POST', body });
  await started.text();
  const stream = `/v1/streams/${started.headers.get('x-edgeways-stream')}`;
  for (const path of ['/healthz', '/v1/models', stream, '/v1/streams/s_1', '/v1/route', '/nowhere']) {
    const [head, get] = await Promise.all([send(path, { method: 'HEAD' }), send(path)]);
    await get.text();
    expect([path, headOf(head), await head.text()]).toEqual([path, headOf(get), '']);
  }
});

it('a bug is a plain 500 that a page may read, and only the name of the error is logged', async () => {
  const logged = vi.spyOn(console, 'error').mockReturnValue();
  vi.spyOn(Response, 'json').mockImplementationOnce(() => {
    throw new TypeError('what somebody asked');
  });
  const headers = { host: 'localhost', origin: 'http://localhost:1' };
  const request = new Request('http://localhost/healthz', { headers });
  const response = await app.fetch(request, env, { waitUntil: () => undefined });
  const lines = logged.mock.calls.flat();
  logged.mockRestore();
  expect([response.status, response.headers.get('access-control-allow-origin'), lines]).toEqual([
    500,
    'http://localhost:1',
    ['{"level":"error","where":"request","error":"TypeError"}'],
  ]);
  expect(await response.text()).not.toContain('somebody');
});
