// Every refusal the product can give before the first byte, and its one mapping to HTTP.
// Invariant: what a client sees is a stable code and a safe sentence of ours; upstream text and
// exception messages never pass through here.

import type { ErrorEvent, FailureCode } from './events.ts';
import { describeRefusal } from './refusal-texts.ts';

export type Refusal =
  | { readonly reason: 'invalid_request'; readonly param: string | null; readonly message: string }
  | { readonly reason: 'invalid_json' }
  | { readonly reason: 'body_too_large'; readonly maxBytes: number }
  | { readonly reason: 'unsupported_encoding' }
  | { readonly reason: 'unsupported_media_type' }
  | { readonly reason: 'missing_key' }
  | { readonly reason: 'unknown_key' }
  | { readonly reason: 'operator_only' }
  | { readonly reason: 'conflicting_credentials' }
  | { readonly reason: 'bad_ticket' }
  | { readonly reason: 'not_configured'; readonly missing: string; readonly remedy: string }
  | { readonly reason: 'foreign_host' }
  | { readonly reason: 'foreign_origin' }
  | { readonly reason: 'unknown_route' }
  | { readonly reason: 'method_not_allowed'; readonly allow: string }
  | { readonly reason: 'unknown_model'; readonly model: string }
  | { readonly reason: 'unsupported_capability'; readonly model: string; readonly capability: string }
  | { readonly reason: 'context_too_long'; readonly maxTokens: number }
  | {
      readonly reason: 'data_locality';
      readonly model: string;
      /** The setting that keeps the request at the edge. */
      readonly setting: string;
      /** What no edge model gives; null when the cloud was asked for by name. */
      readonly missing: string | null;
    }
  | { readonly reason: 'over_budget'; readonly limitUsd: number; readonly estimatedUsd: number }
  | {
      readonly reason: 'rule_conflict';
      readonly rule: string;
      readonly model: string;
      readonly missing: string;
    }
  | { readonly reason: 'unknown_stream' }
  | { readonly reason: 'bad_cursor' }
  | { readonly reason: 'foreign_cursor' }
  | { readonly reason: 'cursor_ahead' }
  | { readonly reason: 'cursor_lost' }
  | { readonly reason: 'expired'; readonly retentionMs: number }
  | { readonly reason: 'too_many_streams'; readonly limit: number; readonly retryAfterMs: number }
  | {
      readonly reason: 'too_many_streams_from_address';
      readonly limit: number;
      readonly retryAfterMs: number;
    }
  | { readonly reason: 'too_many_requests'; readonly limit: number; readonly retryAfterMs: number }
  | { readonly reason: 'too_many_tokens'; readonly limit: number; readonly retryAfterMs: number }
  | {
      readonly reason: 'budget_spent';
      readonly period: 'day' | 'month';
      readonly limitUsd: number;
      /** Of the limit, less what running generations may still cost. */
      readonly leftUsd: number;
      readonly estimatedUsd: number;
      /** Null when the tenant's budget says not to wait for it. */
      readonly retryAfterMs: number | null;
    }
  | { readonly reason: 'too_many_followers'; readonly limit: number; readonly retryAfterMs: number }
  | { readonly reason: 'idempotency_mismatch' }
  | { readonly reason: 'overloaded'; readonly retryAfterMs: number }
  | {
      readonly reason: 'generation_failed';
      readonly failure: FailureCode;
      readonly retryAfterMs: number | null;
    };

/** OpenAI's error body: `{error: {message, type, param, code}}`. */
export type ErrorBody = {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string;
  };
};

export type HttpError = {
  readonly status: number;
  readonly body: ErrorBody;
  /** Milliseconds for `retry-after`; null when a retry would not help. */
  readonly retryAfterMs: number | null;
  readonly allow?: string;
};

/** The one mapping from refusals to HTTP status, code and sentence. */
export function toHttpError(refusal: Refusal): HttpError {
  if (refusal.reason === 'generation_failed') return failureToHttp(refusal.failure, refusal.retryAfterMs);
  const { status, type, message } = describeRefusal(refusal);
  const param = refusal.reason === 'invalid_request' ? refusal.param : paramOf(refusal.reason);
  const retryAfterMs = 'retryAfterMs' in refusal ? refusal.retryAfterMs : null;
  const body: ErrorBody = { error: { message, type, param, code: refusal.reason } };
  return refusal.reason === 'method_not_allowed'
    ? { status, body, retryAfterMs, allow: refusal.allow }
    : { status, body, retryAfterMs };
}

function paramOf(reason: Refusal['reason']): string | null {
  return reason === 'unknown_model' || reason === 'unsupported_capability' ? 'model' : null;
}

const FAILURE_STATUS: Readonly<Record<FailureCode, number>> = {
  upstream_unreachable: 502,
  upstream_timeout: 504,
  // SDKs send a 502 twice more; what a model rejects it rejects every time.
  upstream_rejected: 400,
  upstream_denied: 502,
  upstream_rate_limited: 503,
  upstream_failed: 502,
  upstream_empty: 502,
  upstream_malformed: 502,
  answer_too_large: 502,
  interrupted: 503,
  internal: 500,
};

const FAILURE_SENTENCE: Readonly<Record<FailureCode, string>> = {
  upstream_unreachable: 'The model could not be reached.',
  upstream_timeout: 'The model did not answer in time.',
  upstream_rejected: 'The model refused the request.',
  upstream_denied:
    "The model's provider did not accept this deployment's credentials or its name for the model. Tell its operator.",
  upstream_rate_limited: 'The model is busy. Try again shortly.',
  upstream_failed: 'The model stopped before its answer was complete.',
  upstream_empty: 'The model sent an empty answer.',
  upstream_malformed: 'The model sent something that is not a valid answer.',
  answer_too_large: 'The answer grew beyond the configured limit.',
  interrupted: 'The generation was interrupted by a restart.',
  internal: 'Something went wrong inside the router.',
};

/** Failures that the same request may not meet again. */
const RECOVERABLE: ReadonlySet<FailureCode> = new Set([
  'upstream_unreachable',
  'upstream_timeout',
  'upstream_rate_limited',
  'upstream_failed',
  'upstream_empty',
  'interrupted',
]);

/** What a client waits after a 503: upstreams free their room continuously, and a restart takes less. */
const UNAVAILABLE_RETRY_MS = 1000;

function failureToHttp(code: FailureCode, retryAfterMs: number | null): HttpError {
  const body = failureBody(code);
  const status = FAILURE_STATUS[code];
  return { status, body, retryAfterMs: retryAfterMs ?? (status === 503 ? UNAVAILABLE_RETRY_MS : null) };
}

/** The terminal event for a failure. `partial`: content was delivered before it. */
export function failureEvent(code: FailureCode, partial: boolean): ErrorEvent {
  const recoverable = RECOVERABLE.has(code);
  return { type: 'error', code, message: FAILURE_SENTENCE[code], recoverable, partial };
}

/** The OpenAI-shaped body for a failure, before or after the first byte. */
export function failureBody(code: FailureCode): ErrorBody {
  return { error: { message: FAILURE_SENTENCE[code], type: 'upstream_error', param: null, code } };
}
