// The port every provider implements: a canonical request becomes an upstream call, the bytes that
// come back become typed content. Pure: the call is made elsewhere, the key is added there.
// Invariant: a decoder reports exactly one end (`finish` or `failure`), and a body that stops without
// the provider's own sign of completeness is a failure, never a finish.

import type { ChatRequest } from '../protocol/chat-request.ts';
import type { FailureCode } from '../protocol/events.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { DecodedEvent } from '../protocol/upstream-event.ts';

/** `http`: a request to the server's base URL + path. `binding`: `run(model, inputs)` on Workers AI. */
export type UpstreamCall =
  | {
      readonly type: 'http';
      /** GET (without a body) only to take up an answer again; see `Provider.resume`. */
      readonly method?: 'GET';
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly type: 'binding'; readonly model: string; readonly inputs: JsonObject };

export interface UpstreamDecoder {
  /** Feeds decoded text (any split); `nowMs` stamps durations. Returns what became complete. After an end: []. */
  push(text: string, nowMs: number): readonly DecodedEvent[];
  /**
   * The body closed. Returns the end if none was reported yet ([] otherwise); an incomplete body is a failure.
   * @param wasCut - the connection broke: matters where the close is the only sign of completeness
   */
  close(nowMs: number, wasCut?: boolean): readonly DecodedEvent[];
}

/** Where a provider's own servers are reached, unless the configuration says otherwise. */
export type ProviderServer = {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Name of the secret with the API key, such as `OPENAI_API_KEY`. */
  readonly keyVariable: string;
  /** Name of the variable that replaces `baseUrl`. */
  readonly baseUrlVariable: string;
  /** The provider's path segment behind Cloudflare AI Gateway; null: it is not offered there. */
  readonly gatewaySlug: string | null;
};

/** What is known of the model and its server when a request is encoded for it. */
export type EncodeOptions = {
  readonly upstreamModel: string;
  /** One of the provider's `flavours`; null: the dialect as its owner documents it. */
  readonly flavour: string | null;
};

export interface Provider {
  readonly name: string;
  /** Servers that deviate from the dialect, by the names a configuration may use; `[]` when there are none. */
  readonly flavours: readonly string[];
  /** Null for one that is reached by a binding, or that has no servers of its own. */
  readonly server: ProviderServer | null;
  /** The headers that carry an API key. */
  keyHeaders(apiKey: string): Readonly<Record<string, string>>;
  /**
   * What of this request the provider cannot express at all, in words that fit "does not support …"; null when it can
   * serve it. Such a request is never sent there. What is merely dropped stands in the provider's documentation.
   */
  lacks(request: ChatRequest, flavour: string | null): string | null;
  encode(request: ChatRequest, options: EncodeOptions): UpstreamCall;
  /** `maxEventBytes`: a longer upstream event is `upstream_malformed`. */
  decoder(maxEventBytes: number, flavour: string | null): UpstreamDecoder;
  /** What the message of an exception from a binding means (`binding` calls only). */
  failureOfError(message: string): FailureCode;
  /**
   * Takes up an answer that the provider kept, right after the cursor of a `resume_point`, so that nothing has to be
   * generated again. Null for a provider that keeps no answers.
   */
  readonly resume: ((cursor: string, options: EncodeOptions) => UpstreamCall) | null;
}

/** RFC 6750, for every provider that takes its key as a bearer token. */
export function bearerHeaders(apiKey: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${apiKey}` };
}

/** What a non-2xx status of an upstream means. Redirects are refused: the credentials must not follow them. */
export function failureOfStatus(status: number): FailureCode {
  if (status === 429 || status === 529) return 'upstream_rate_limited';
  if (status === 408 || status === 504) return 'upstream_timeout';
  if (status >= 500) return 'upstream_failed';
  if (status < 400) return 'upstream_malformed'; // a redirect, or a success without an answer
  // The request may be good: it is the key, the account or the model's name that the provider does not know.
  if (status === 401 || status === 402 || status === 403 || status === 404) return 'upstream_denied';
  return 'upstream_rejected';
}
