// The port every provider implements: a canonical request becomes an upstream call, the bytes that
// come back become typed content. Pure: the call is made elsewhere, credentials are added there.
// Invariant: a decoder reports exactly one end (`finish` or `failure`), and a body that stops without
// the provider's own sign of completeness is a failure, never a finish.

import type { ChatRequest } from '../protocol/chat-request.ts';
import type { FailureCode } from '../protocol/events.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { DecodedEvent } from '../protocol/upstream-event.ts';

/** `http`: POST to the endpoint's base URL + path. `binding`: `run(model, inputs)` on Workers AI. */
export type UpstreamCall =
  | {
      readonly type: 'http';
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly type: 'binding'; readonly model: string; readonly inputs: JsonObject };

export interface UpstreamDecoder {
  /** Feeds decoded text (any split); `nowMs` stamps durations. Returns what became complete. After an end: []. */
  push(text: string, nowMs: number): readonly DecodedEvent[];
  /** The body closed. Returns the end if none was reported yet ([] otherwise); an incomplete body is a failure. */
  close(nowMs: number): readonly DecodedEvent[];
}

export interface Provider {
  readonly name: string;
  encode(request: ChatRequest, upstreamModel: string): UpstreamCall;
  /** `maxEventBytes`: a longer upstream event is `upstream_malformed`. */
  decoder(maxEventBytes: number): UpstreamDecoder;
  /** What the message of an exception from a binding means (`binding` calls only). */
  failureOfError(message: string): FailureCode;
}

/** What a non-2xx status of an upstream means. Redirects are refused: the credentials must not follow them. */
export function failureOfStatus(status: number): FailureCode {
  if (status === 429 || status === 529) return 'upstream_rate_limited';
  if (status === 408 || status === 504) return 'upstream_timeout';
  if (status >= 500) return 'upstream_failed';
  return 'upstream_rejected';
}
