// Reads a request body up to its limit: a larger one is never held. One that is only somewhat larger is read to its
// end and thrown away, because a client that is still writing when we answer and close sees a broken connection.

import type { Refusal } from '../protocol/errors.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';

/** Times the limit: what is read for the refusal to be heard. Beyond it the connection is closed on whoever sends it. */
const MAX_DISCARDED_TIMES = 2;

export async function readJsonBody(
  request: Request,
  maxBytes: number,
): Promise<Result<{ text: string; json: unknown }, Refusal>> {
  const encoding = request.headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') return refuse({ reason: 'unsupported_encoding' });
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/(json|[a-z0-9.+-]*\+json)\b/i.test(type))
    return refuse({ reason: 'unsupported_media_type' });
  if (declaredBytes(request) > maxBytes * MAX_DISCARDED_TIMES)
    return refuse({ reason: 'body_too_large', maxBytes });
  const text = await readText(request, maxBytes);
  if (text === null) return refuse({ reason: 'body_too_large', maxBytes });
  try {
    return ok({ text, json: JSON.parse(text) as unknown });
  } catch {
    return refuse({ reason: 'invalid_json' });
  }
}

function declaredBytes(request: Request): number {
  return Number(request.headers.get('content-length') ?? 0);
}

/** Null when the body is larger than the limit. */
async function readText(request: Request, maxBytes: number): Promise<string | null> {
  // A declared length is kept by the runtime, so nothing larger can follow.
  if (request.headers.has('content-length') && declaredBytes(request) <= maxBytes) return request.text();
  if (request.body === null) return '';
  const utf8 = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of request.body as ReadableStream<Uint8Array>) {
    // request bodies are bytes
    bytes += chunk.byteLength;
    if (bytes > maxBytes * MAX_DISCARDED_TIMES) return null;
    text = bytes > maxBytes ? '' : text + utf8.decode(chunk, { stream: true });
  }
  return bytes > maxBytes ? null : text + utf8.decode();
}
