// What a request may choose by headers: its conversation, its key against repetition, and what a
// disconnect means. Parsed once, strictly: a misspelt policy would cost money or answers.

import type { AnswerCheckMode } from '../protocol/answer-check.ts';
import type { Refusal } from '../protocol/errors.ts';
import type { DataLocality, DisconnectPolicy, Durability } from '../protocol/plan.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';
import { toBase64Url } from './encoding.ts';

export type RequestOptions = {
  readonly conversation: string;
  /** The client named it, so an identical body elsewhere is another request. */
  readonly isNamed: boolean;
  readonly idempotencyKey: string | null;
  readonly isRetry: boolean;
  /** Null: the configuration decides. */
  readonly onDisconnect: DisconnectPolicy | null;
  readonly durability: Durability | null;
  readonly isResumable: boolean;
  readonly routing: RoutingOptions;
};

/** What a request may ask of its route. It can narrow what the configuration allows, never widen it. */
export type RoutingOptions = {
  /** Null: the configuration decides. */
  readonly answerCheck: AnswerCheckMode | 'off' | null;
  readonly locality: DataLocality;
  /** The most that this request may cost, in US dollars; null = no limit of its own. */
  readonly maxUsd: number | null;
};

const CONVERSATION = /^[A-Za-z0-9_-]{1,64}$/;

/** A plain decimal: `1e9` or `Infinity` would be slips of a program, not limits. */
const USD = /^\d{1,6}(?:\.\d{1,9})?$/;

/** Bytes of randomness in a conversation that the client did not name. */
const CONVERSATION_BYTES = 16;

/** The longest generation is 14 minutes, so a longer wait for a reader has no meaning. */
const MAX_LINGER_SECONDS = 840;

/** Stripe's limit, which clients of such headers already keep. */
const MAX_IDEMPOTENCY_KEY_LENGTH = 255;

export function parseRequestOptions(headers: Headers): Result<RequestOptions, Refusal> {
  const identity = parseIdentity(headers);
  if (!identity.ok) return identity;
  const onDisconnect = parseDisconnectPolicy(headers.get('x-edgeways-on-disconnect'));
  if (onDisconnect === undefined) {
    return invalid(
      'x-edgeways-on-disconnect',
      `must be continue, abort or linger=<1 to ${MAX_LINGER_SECONDS} seconds>`,
    );
  }
  const durability = headers.get('x-edgeways-durability');
  if (durability !== null && durability !== 'batched' && durability !== 'strict') {
    return invalid('x-edgeways-durability', 'must be batched or strict');
  }
  const resumable = headers.get('x-edgeways-resumable') ?? 'true';
  if (resumable !== 'true' && resumable !== 'false')
    return invalid('x-edgeways-resumable', 'must be true or false');
  if (resumable === 'false' && identity.value.idempotencyKey !== null)
    return invalid(
      'x-edgeways-resumable',
      'must not be false with an idempotency-key: there would be no answer to repeat',
    );
  const routing = parseRoutingOptions(headers);
  if (!routing.ok) return routing;
  return ok({
    ...identity.value,
    onDisconnect,
    durability,
    isResumable: resumable === 'true',
    routing: routing.value,
  });
}

export function parseRoutingOptions(headers: Headers): Result<RoutingOptions, Refusal> {
  const answerCheck = headers.get('x-edgeways-answer-check');
  if (answerCheck !== null && answerCheck !== 'prefix' && answerCheck !== 'full' && answerCheck !== 'off')
    return invalid('x-edgeways-answer-check', 'must be prefix, full or off');
  const locality = headers.get('x-edgeways-data-locality') ?? 'any';
  if (locality !== 'any' && locality !== 'edge-only')
    return invalid('x-edgeways-data-locality', 'must be any or edge-only');
  const maxUsd = headers.get('x-edgeways-max-usd');
  if (maxUsd !== null && !USD.test(maxUsd))
    return invalid('x-edgeways-max-usd', 'must be an amount in US dollars, such as 0.002');
  return ok({ answerCheck, locality, maxUsd: maxUsd === null ? null : Number(maxUsd) });
}

type Identity = Pick<RequestOptions, 'conversation' | 'isNamed' | 'idempotencyKey' | 'isRetry'>;

/** What the request belongs to, and whether it may be a repetition. */
function parseIdentity(headers: Headers): Result<Identity, Refusal> {
  const named = headers.get('x-edgeways-conversation');
  if (named !== null && !CONVERSATION.test(named)) {
    return invalid('x-edgeways-conversation', 'must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -');
  }
  const idempotencyKey = headers.get('idempotency-key');
  if (
    idempotencyKey !== null &&
    (idempotencyKey === '' || idempotencyKey.length > MAX_IDEMPOTENCY_KEY_LENGTH)
  ) {
    return invalid('idempotency-key', `must be 1 to ${MAX_IDEMPOTENCY_KEY_LENGTH} characters`);
  }
  const conversation = named ?? toBase64Url(crypto.getRandomValues(new Uint8Array(CONVERSATION_BYTES)));
  const isRetry = Number(headers.get('x-stainless-retry-count') ?? 0) >= 1;
  return ok({ conversation, isNamed: named !== null, idempotencyKey, isRetry });
}

/** Undefined for anything that is no policy; null when none was given. */
function parseDisconnectPolicy(text: string | null): DisconnectPolicy | null | undefined {
  if (text === null) return null;
  if (text === 'continue' || text === 'abort') return { type: text };
  const seconds = Number(/^linger=([1-9]\d{0,2})$/.exec(text)?.[1] ?? Infinity);
  return seconds <= MAX_LINGER_SECONDS ? { type: 'linger', lingerMs: seconds * 1000 } : undefined;
}

function invalid(param: string, rule: string): Result<never, Refusal> {
  return refuse({ reason: 'invalid_request', param, message: `The header ${param} ${rule}.` });
}
