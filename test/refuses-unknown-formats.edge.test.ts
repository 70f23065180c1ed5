// The promise: a stream is read in a format that exists. The names of what every object inherits are none.

import { exports } from 'cloudflare:workers';
import { expect, it } from 'vitest';

it.each(['toString', 'constructor', '__proto__', 'responses', ''])('refuses format=%s', async (format) => {
  const request = new Request(`http://localhost/v1/streams/s_any?format=${format}`);
  request.headers.set('host', 'localhost');
  const response = await exports.default.fetch(request);
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { error: { code: 'invalid_request', param: 'format' } },
  ]);
});
