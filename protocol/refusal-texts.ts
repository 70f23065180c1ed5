// What a client reads when it is refused: HTTP status, OpenAI's error type, and a sentence that names the
// field and the remedy. One entry a reason; the compiler asks for the missing ones.

import type { Refusal } from './errors.ts';

type Described = Exclude<Refusal, { reason: 'generation_failed' }>;
type Text<Reason> = {
  readonly status: number | ((refusal: Extract<Described, { reason: Reason }>) => number);
  readonly type: string;
  readonly sentence: (refusal: Extract<Described, { reason: Reason }>) => string;
};

const TEXTS: { readonly [Reason in Described['reason']]: Text<Reason> } = {
  invalid_request: { status: 400, type: 'invalid_request_error', sentence: (refusal) => refusal.message },
  invalid_json: {
    status: 400,
    type: 'invalid_request_error',
    sentence: () => 'The request body is not valid JSON. Send one JSON object.',
  },
  body_too_large: {
    status: 413,
    type: 'invalid_request_error',
    sentence: (refusal) => `The request body is larger than ${refusal.maxBytes} bytes. Send less.`,
  },
  unsupported_encoding: {
    status: 415,
    type: 'invalid_request_error',
    sentence: () => 'Compressed request bodies are not accepted. Send content-encoding identity.',
  },
  unsupported_media_type: {
    status: 415,
    type: 'invalid_request_error',
    sentence: () => 'Send the body as content-type: application/json.',
  },
  missing_key: {
    status: 401,
    type: 'authentication_error',
    sentence: () => 'No API key was given. Send authorization: Bearer <key>.',
  },
  unknown_key: {
    status: 401,
    type: 'authentication_error',
    sentence: () => 'The API key is not known here. Check the key and the deployment.',
  },
  operator_only: {
    status: 403,
    type: 'permission_error',
    sentence: () =>
      'Only operators may see this. Make a key with `npm run key -- --operator <name> --write`, deploy, and send it.',
  },
  conflicting_credentials: {
    status: 400,
    type: 'invalid_request_error',
    sentence: () => 'Two different API keys were sent. Send one.',
  },
  bad_ticket: {
    status: 401,
    type: 'authentication_error',
    sentence: () => 'The ticket is not valid for this stream, or it is too old. Use the API key.',
  },
  not_configured: {
    status: 503,
    type: 'configuration_error',
    sentence: (refusal) =>
      `This deployment is not configured: ${refusal.missing} is missing. ${refusal.remedy}`,
  },
  foreign_host: {
    status: 403,
    type: 'permission_error',
    sentence: () => 'Local mode answers only to a loopback Host header and address.',
  },
  foreign_origin: {
    status: 403,
    type: 'permission_error',
    sentence: () => 'This origin is not allowed. Add it to cors.allowed_origins in the configuration.',
  },
  unknown_route: {
    status: 404,
    type: 'invalid_request_error',
    sentence: () => 'There is no such endpoint. The API is described in the README.',
  },
  method_not_allowed: {
    status: 405,
    type: 'invalid_request_error',
    sentence: (refusal) => `This endpoint takes ${refusal.allow}.`,
  },
  unknown_model: {
    status: 404,
    type: 'invalid_request_error',
    sentence: (refusal) => `The model '${refusal.model}' is not configured. GET /v1/models lists the names.`,
  },
  unsupported_capability: {
    status: 400,
    type: 'invalid_request_error',
    sentence: (refusal) =>
      `The model '${refusal.model}' does not support ${refusal.capability}. Use model "auto" or another model.`,
  },
  context_too_long: {
    status: 400,
    type: 'invalid_request_error',
    sentence: (refusal) =>
      `The request needs more context than any allowed model has (${refusal.maxTokens} tokens). Shorten the messages or max_tokens.`,
  },
  data_locality: {
    status: 403,
    type: 'permission_error',
    sentence: ({ model, setting, missing }) =>
      missing === null
        ? `The model '${model}' is in the cloud, and ${setting} keeps this request at the edge. Use model "edge".`
        : `No edge model supports ${missing}, and ${setting} keeps this request at the edge. Leave it out, or allow the cloud there.`,
  },
  over_budget: {
    status: 402,
    type: 'budget_error',
    sentence: ({ limitUsd, estimatedUsd }) =>
      `The request may cost ${usd(estimatedUsd)} USD, more than the ${usd(limitUsd)} USD allowed for one request. Shorten it, lower max_tokens or raise the limit.`,
  },
  rule_conflict: {
    status: 400,
    type: 'invalid_request_error',
    sentence: ({ rule, model, missing }) =>
      `The routing rule '${rule}' sends this request to '${model}', which does not support ${missing}. Leave it out, or change the rule.`,
  },
  unknown_stream: { status: 404, type: 'invalid_request_error', sentence: () => 'There is no such stream.' },
  bad_cursor: {
    status: 400,
    type: 'invalid_request_error',
    sentence: () => 'The cursor is not an event id of this format. Send the last id received, unchanged.',
  },
  foreign_cursor: {
    status: 409,
    type: 'invalid_request_error',
    sentence: () => 'The cursor belongs to another stream or format. Send an id received from this stream.',
  },
  cursor_ahead: {
    status: 400,
    type: 'invalid_request_error',
    sentence: () => 'The cursor is ahead of the stream. Send the last id received, unchanged.',
  },
  cursor_lost: {
    status: 409,
    type: 'stream_error',
    sentence: () =>
      'Events up to this cursor were lost in a restart. Start again without a cursor, or follow format=typed.',
  },
  expired: {
    status: 410,
    type: 'stream_error',
    sentence: (refusal) =>
      `The stream was kept for ${refusal.retentionMs / 1000} s and is deleted; its final message is no longer stored here.`,
  },
  too_many_streams: {
    status: 429,
    type: 'rate_limit_error',
    sentence: (refusal) =>
      `The tenant already runs ${refusal.limit} generations at once. Wait for one to end.`,
  },
  too_many_streams_from_address: {
    status: 429,
    type: 'rate_limit_error',
    sentence: (refusal) =>
      `This address already runs ${refusal.limit} generations at once. Wait for one to end.`,
  },
  too_many_requests: {
    status: 429,
    type: 'rate_limit_error',
    sentence: (refusal) => `The key is limited to ${refusal.limit} requests a minute.`,
  },
  too_many_tokens: {
    status: 429,
    type: 'rate_limit_error',
    sentence: (refusal) => `The key is limited to ${refusal.limit} tokens a minute.`,
  },
  budget_spent: {
    // 429 is what clients wait for; they send a 402 no second time.
    status: ({ retryAfterMs }) => (retryAfterMs === null ? 402 : 429),
    type: 'budget_error',
    sentence: ({ period, limitUsd, leftUsd, estimatedUsd }) =>
      `The request may cost ${usd(estimatedUsd)} USD, and ${usd(leftUsd)} of the ${usd(limitUsd)} USD for this ${period} are left. The next ${period} begins at 00:00 UTC. Lower max_tokens, or have limits.budget raised.`,
  },
  too_many_followers: {
    status: 429,
    type: 'rate_limit_error',
    sentence: (refusal) => `The stream already has ${refusal.limit} followers. Close one.`,
  },
  idempotency_mismatch: {
    status: 422,
    type: 'invalid_request_error',
    sentence: () => 'This Idempotency-Key was used with another request body. Use a new key.',
  },
  overloaded: {
    status: 503,
    type: 'overloaded_error',
    sentence: () => 'The service is overloaded. Try again shortly.',
  },
};

/** Plain decimals: `1e-7` is not an amount that people read. */
function usd(amount: number): string {
  return amount.toFixed(9).replace(/\.?0+$/, '');
}

export function describeRefusal(refusal: Described): { status: number; type: string; message: string } {
  const text = TEXTS[refusal.reason] as Text<Described['reason']>; // the entry of this very reason takes this refusal
  const status = typeof text.status === 'number' ? text.status : text.status(refusal);
  return { status, type: text.type, message: text.sentence(refusal) };
}
