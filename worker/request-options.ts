// What a request may choose by headers: its conversation, its key against repetition, and what a
// disconnect means. Parsed once, strictly: a misspelt policy would cost money or answers.

import type { AnswerCheckMode } from '../protocol/answer-check.ts';
import type { Refusal } from '../protocol/errors.ts';
import type { DataLocality, DisconnectPolicy, Durability, UpstreamLossPolicy } from '../protocol/plan.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';
import type { CacheWish } from '../policy/cache/cache-choice.ts';
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
  readonly onUpstreamLoss: UpstreamLossPolicy | null;
  readonly isResumable: boolean;
  readonly routing: RoutingOptions;
  /** Null: the configuration decides. */
  readonly cache: CacheWish | null;
  /** False: a request that fits no model is refused, not shortened. */
  readonly isTrimmed: boolean;
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
  const wishes = new HeaderChoices(headers);
  const durability = wishes.of('x-edgeways-durability', ['batched', 'strict']);
  const onUpstreamLoss = wishes.of('x-edgeways-on-upstream-loss', ['continue', 'error']);
  const resumable = wishes.of('x-edgeways-resumable', ['true', 'false']);
  const cache = wishes.of('x-edgeways-cache', ['on', 'off', 'refresh']);
  const trim = wishes.of('x-edgeways-trim', ['history', 'off']);
  if (wishes.refusal !== null) return refuse(wishes.refusal);
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
    onUpstreamLoss,
    isResumable: resumable !== 'false',
    routing: routing.value,
    cache,
    isTrimmed: trim !== 'off',
  });
}

export function parseRoutingOptions(headers: Headers): Result<RoutingOptions, Refusal> {
  const wishes = new HeaderChoices(headers);
  const answerCheck = wishes.of('x-edgeways-answer-check', ['prefix', 'full', 'off']);
  const locality = wishes.of('x-edgeways-data-locality', ['any', 'edge-only']) ?? 'any';
  if (wishes.refusal !== null) return refuse(wishes.refusal);
  const maxUsd = headers.get('x-edgeways-max-usd');
  if (maxUsd !== null && !USD.test(maxUsd))
    return invalid('x-edgeways-max-usd', 'must be an amount in US dollars, such as 0.002');
  return ok({ answerCheck, locality, maxUsd: maxUsd === null ? null : Number(maxUsd) });
}

/** Reads headers that take one of a few words; remembers the first that was something else. */
class HeaderChoices {
  readonly #headers: Headers;
  refusal: Refusal | null = null;

  constructor(headers: Headers) {
    this.#headers = headers;
  }

  /** Null when the header was not sent, or is refused. */
  of<const Word extends string>(header: string, words: readonly Word[]): Word | null {
    const value = this.#headers.get(header);
    const word = words.find((known) => known === value) ?? null;
    if (value !== null && word === null) {
      const last = words.at(-1) ?? '';
      const rule = `must be ${words.slice(0, -1).join(', ')} or ${last}`;
      this.refusal ??= invalidHeader(header, rule);
    }
    return word;
  }
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
  return refuse(invalidHeader(param, rule));
}

function invalidHeader(param: string, rule: string): Refusal {
  return { reason: 'invalid_request', param, message: `The header ${param} ${rule}.` };
}
