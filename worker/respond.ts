// Refusals as HTTP responses, in OpenAI's error shape.

import { toHttpError, type Refusal } from '../protocol/errors.ts';

export function respondRefusal(refusal: Refusal): Response {
  const { status, body, retryAfterMs, allow } = toHttpError(refusal);
  const headers = new Headers();
  if (retryAfterMs !== null) headers.set('retry-after', String(Math.ceil(retryAfterMs / 1000)));
  if (allow !== undefined) headers.set('allow', allow);
  return Response.json(body, { status, headers });
}
