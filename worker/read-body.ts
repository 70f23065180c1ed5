// Reads a request body up to its limit. It stops reading at the limit: a larger body is never held.

import type { Refusal } from '../protocol/errors.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';

export async function readJsonBody(
  request: Request,
  maxBytes: number,
): Promise<Result<{ text: string; json: unknown }, Refusal>> {
  const encoding = request.headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') return refuse({ reason: 'unsupported_encoding' });
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/(json|[a-z0-9.+-]*\+json)\b/i.test(type))
    return refuse({ reason: 'unsupported_media_type' });
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes)
    return refuse({ reason: 'body_too_large', maxBytes });
  const text = await readText(request, maxBytes);
  if (text === null) return refuse({ reason: 'body_too_large', maxBytes });
  try {
    return ok({ text, json: JSON.parse(text) as unknown });
  } catch {
    return refuse({ reason: 'invalid_json' });
  }
}

/** Null when the body is larger than the limit. */
async function readText(request: Request, maxBytes: number): Promise<string | null> {
  // A declared length is kept by the runtime, so nothing larger can follow.
  if (request.headers.has('content-length')) return request.text();
  if (request.body === null) return '';
  const utf8 = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of request.body as ReadableStream<Uint8Array>) {
    // request bodies are bytes
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return null;
    text += utf8.decode(chunk, { stream: true });
  }
  return text + utf8.decode();
}
