// Opens one upstream call and returns its body. The only place where an upstream is called.
// Redirects are refused (the key would follow them), compressed bodies too (they would be inflated
// without a limit), and an upstream's own error text stays here.

import type { FailureCode } from '../protocol/events.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';
import { failureOfStatus, type Provider, type UpstreamCall } from '../providers/provider.ts';
import type { Endpoint } from './endpoints.ts';

export async function openUpstream(
  call: UpstreamCall,
  endpoint: Endpoint,
  provider: Provider,
  signal: AbortSignal,
): Promise<Result<ReadableStream<Uint8Array>, FailureCode>> {
  if (call.type === 'http' && endpoint.type === 'http') return openHttp(call, endpoint, signal);
  if (call.type === 'binding' && endpoint.type === 'binding') return openBinding(call, endpoint, provider);
  throw new Error(`the provider makes ${call.type} calls but the endpoint takes ${endpoint.type}`);
}

async function openHttp(
  call: Extract<UpstreamCall, { type: 'http' }>,
  endpoint: Extract<Endpoint, { type: 'http' }>,
  signal: AbortSignal,
): Promise<Result<ReadableStream<Uint8Array>, FailureCode>> {
  const headers = new Headers(call.headers);
  headers.set('content-type', 'application/json');
  headers.set('accept', 'text/event-stream');
  headers.set('accept-encoding', 'identity');
  if (endpoint.apiKey !== null) headers.set('authorization', `Bearer ${endpoint.apiKey}`);
  let response: Response;
  try {
    const init = { method: 'POST', headers, body: call.body, redirect: 'manual', signal } as const;
    response = await endpoint.fetch(endpoint.baseUrl + call.path, init);
  } catch {
    // Refused, unresolved, reset or aborted: an abort is told apart by who aborted, the text is not for clients.
    return refuse('upstream_unreachable');
  }
  const failure = failureOfResponse(response);
  if (failure !== null) {
    await response.body?.cancel();
    return refuse(failure);
  }
  return response.body === null ? refuse('upstream_empty') : ok(response.body);
}

function failureOfResponse(response: Response): FailureCode | null {
  if (response.status !== 200) return failureOfStatus(response.status);
  const encoding = response.headers.get('content-encoding') ?? 'identity';
  return encoding === 'identity' ? null : 'upstream_malformed';
}

async function openBinding(
  call: Extract<UpstreamCall, { type: 'binding' }>,
  endpoint: Extract<Endpoint, { type: 'binding' }>,
  provider: Provider,
): Promise<Result<ReadableStream<Uint8Array>, FailureCode>> {
  try {
    const body = await endpoint.ai.run(call.model, call.inputs);
    return body instanceof ReadableStream
      ? ok(body as ReadableStream<Uint8Array>)
      : refuse('upstream_malformed'); // a binding's streams carry bytes
  } catch (error) {
    return refuse(provider.failureOfError(error instanceof Error ? error.message : ''));
  }
}
