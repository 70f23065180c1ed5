// Hands a finished answer to the tenant's cache. Nobody waits for it: an answer that is not kept is made again.

import type { CacheBounds } from '../protocol/cached-answer.ts';
import type { StreamEvent } from '../protocol/events.ts';
import type { CachePlan } from '../protocol/plan.ts';
import type { AnswerCache } from './answer-cache.ts';
import { keptText } from './kept-answer.ts';
import { logFailure } from './log-failure.ts';
import { within } from './within.ts';

export type AnswerCacheEnv = { readonly ANSWER_CACHES: DurableObjectNamespace<AnswerCache> };

/**
 * Never rejects.
 * @param events - the whole log; read before the first wait, so that it may be closed right after the call
 */
export async function storeAnswer(
  env: AnswerCacheEnv,
  cache: CachePlan & CacheBounds,
  events: Iterable<StreamEvent>,
): Promise<void> {
  try {
    const body = keptText(events, cache.maxAnswerBytes, Date.now());
    if (body === null) return;
    const object = env.ANSWER_CACHES.get(env.ANSWER_CACHES.idFromName(cache.cacheObject));
    await within(object.keep(cache.key, body, cache));
  } catch (error) {
    logFailure('answer cache', error);
  }
}
