// Speaks to AnswerCache objects for whoever waits for an answer: it looks up briefly, and a cache that fails or is late
// is a cache that has nothing.

import type { CachedAnswer } from '../protocol/cached-answer.ts';
import { logFailure } from '../durable-objects/log-failure.ts';
import type { AnswerCacheEnv } from '../durable-objects/store-answer.ts';
import { toHex } from './encoding.ts';

/** An object that sleeps answers within 100 ms; after this long the upstream would be half-way to its first token. */
const LOOK_UP_MS = 300;

/** @param canonical - see canonical-request.ts */
export async function cacheKey(canonical: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonical));
  return toHex(new Uint8Array(digest));
}

/** Null: nothing is kept under this key, or the cache did not say so in time. Never rejects. */
export async function lookUp(
  env: AnswerCacheEnv,
  cacheObject: string,
  key: string,
): Promise<CachedAnswer | null> {
  const { promise: tooLate, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(resolve, LOOK_UP_MS, null);
  try {
    const finding = cacheNamed(env, cacheObject).find(key);
    finding.catch(() => undefined); // it may fail after nobody waits for it any more
    const text = await Promise.race([finding, tooLate]);
    return text === null ? null : (JSON.parse(text) as CachedAnswer); // only storeAnswer writes these
  } catch (error) {
    logFailure('answer cache', error);
    return null;
  } finally {
    clearTimeout(timer);
  }
}

export function cacheNamed(
  env: AnswerCacheEnv,
  name: string,
): ReturnType<AnswerCacheEnv['ANSWER_CACHES']['get']> {
  return env.ANSWER_CACHES.get(env.ANSWER_CACHES.idFromName(name));
}
