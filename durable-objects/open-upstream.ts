// Opens one upstream call and returns its body. The only place where an upstream is called.
// Redirects are refused (the key would follow them), compressed bodies too (they would be inflated
// without a limit), and an upstream's own error text stays here.

import type { FailureCode } from '../protocol/events.ts';
import { isJsonObject, type JsonObject } from '../protocol/json.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';
import { failureOfStatus, type Provider, type UpstreamCall } from '../providers/provider.ts';
import type { AiBinding, Endpoint } from './endpoints.ts';

export type OpeningFailure = {
  readonly code: FailureCode;
  /** What the upstream asks to wait, in ms; null when it does not say. */
  readonly retryAfterMs: number | null;
};

export type OpenedBody = Result<ReadableStream<Uint8Array>, OpeningFailure>;

/** One set of options for every call: the binding keeps them on itself, so calls with others would get each other's. */
const BINDING_OPTIONS = { rejectIfBusy: true };

/** A day: what is asked beyond it is no wait but a mistake. */
const MAX_RETRY_AFTER_MS = 86_400_000;

export type UpstreamRoute = {
  readonly endpoint: Endpoint;
  readonly provider: Provider;
  /** AI Gateway for calls of the binding; the same for all calls of a deployment. */
  readonly gatewayId: string | null;
};

export async function openUpstream(
  call: UpstreamCall,
  { endpoint, provider, gatewayId }: UpstreamRoute,
  signal: AbortSignal,
): Promise<OpenedBody> {
  if (call.type === 'http' && endpoint.type === 'http') return openHttp(call, endpoint, provider, signal);
  if (call.type === 'binding' && endpoint.type === 'binding') {
    const gateway = gatewayId === null ? {} : { gateway: { id: gatewayId } };
    return openBinding(call, endpoint.ai, { ...BINDING_OPTIONS, ...gateway }, provider);
  }
  throw new Error(`the provider makes ${call.type} calls but the endpoint takes ${endpoint.type}`);
}

async function openHttp(
  call: Extract<UpstreamCall, { type: 'http' }>,
  endpoint: Extract<Endpoint, { type: 'http' }>,
  provider: Provider,
  signal: AbortSignal,
): Promise<OpenedBody> {
  const key = endpoint.apiKey === null ? {} : provider.keyHeaders(endpoint.apiKey);
  const headers = {
    accept: 'text/event-stream',
    ...call.headers,
    ...endpoint.headers,
    ...key,
    'content-type': 'application/json',
    'accept-encoding': 'identity',
  };
  const sent = call.method === 'GET' ? { method: 'GET' } : { method: 'POST', body: call.body };
  let response: Response;
  try {
    const init = { ...sent, headers, redirect: 'manual', signal } as const;
    response = await endpoint.fetch(endpoint.baseUrl + call.path, init);
  } catch {
    // Refused, unresolved, reset or aborted: an abort is told apart by who aborted, the text is not for clients.
    return failed('upstream_unreachable');
  }
  const code = failureOfResponse(response);
  if (code !== null) {
    await response.body?.cancel().catch(() => undefined); // it may have broken already
    return refuse({ code, retryAfterMs: retryAfterMs(response.headers.get('retry-after')) });
  }
  return response.body === null ? failed('upstream_empty') : ok(response.body);
}

function failureOfResponse(response: Response): FailureCode | null {
  if (response.status !== 200) return failureOfStatus(response.status);
  const encoding = response.headers.get('content-encoding') ?? 'identity';
  return encoding === 'identity' ? null : 'upstream_malformed';
}

/** RFC 9110, section 10.2.3: seconds or a date. */
function retryAfterMs(value: string | null): number | null {
  if (value === null) return null;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms)) : null;
}

async function openBinding(
  call: Extract<UpstreamCall, { type: 'binding' }>,
  ai: AiBinding,
  options: object,
  provider: Provider,
): Promise<OpenedBody> {
  try {
    const answer = await ai.run(call.model, call.inputs, options);
    if (answer instanceof ReadableStream) return ok(answer as ReadableStream<Uint8Array>); // a binding's streams carry bytes
    return isJsonObject(answer) ? ok(wholeAnswer(answer)) : failed('upstream_malformed');
  } catch (error) {
    return failed(provider.failureOfError(error instanceof Error ? error.message : ''));
  }
}

/** Asked for a format, the platform answers whole: the same words as one event of a stream. */
function wholeAnswer(answer: JsonObject): ReadableStream<Uint8Array> {
  return new Blob([`data: ${JSON.stringify(answer)}\n\ndata: [DONE]\n\n`]).stream();
}

function failed(code: FailureCode): OpenedBody {
  return refuse({ code, retryAfterMs: null });
}
