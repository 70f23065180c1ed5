// Whether one request uses the answer cache, and how: the request's own wish, then the rule that applies, then the
// tenant, then the deployment. Off unless one of them says otherwise.

import type { CacheBounds } from '../../protocol/cached-answer.ts';
import type { Config, TenantConfig } from '../config.ts';

/** `refresh`: answer anew and keep that answer in place of the old one. */
export type CacheWish = 'on' | 'off' | 'refresh';

export type CacheChoice = CacheBounds & {
  /** False: the answer is made anew, and kept. */
  readonly reads: boolean;
  /** Who shares answers: all keys of the tenant, or each API key has its own. */
  readonly scope: 'tenant' | 'key';
};

export type CacheQuestion = {
  readonly config: Config;
  readonly tenant: TenantConfig | null;
  /** Id of the rule that applies; null = none. */
  readonly ruleId: string | null;
  /** Null: the request does not say. */
  readonly wish: CacheWish | null;
};

/** Null: nothing is looked up and nothing is kept. */
export function cacheChoice(question: CacheQuestion): CacheChoice | null {
  const { config, tenant, wish } = question;
  const settings = { ...config.cache, ...tenant?.cache };
  const isOn = wish === null ? (ruledCache(question) ?? settings.enabled) : wish !== 'off';
  if (!isOn) return null;
  return {
    reads: wish !== 'refresh',
    scope: settings.scope,
    ttlMs: settings.ttl_seconds * 1000,
    maxEntries: settings.max_entries,
    maxAnswerBytes: settings.max_answer_bytes,
  };
}

/** What the rule that applies says of the cache; undefined = nothing. Ids are unique over both lists. */
function ruledCache({ config, tenant, ruleId }: CacheQuestion): boolean | undefined {
  const rules = [...(tenant?.rules ?? []), ...config.routing.rules];
  return rules.find((rule) => rule.id === ruleId)?.then.cache;
}
