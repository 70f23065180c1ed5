// One text for everything that changes an answer: requests with the same text may share one, all others never do.
// Whatever a request has is in it, except the three fields that are taken out by name, so that a field added later
// separates answers until somebody decides otherwise. The caller hashes it. Nothing is normalised beyond the order of
// keys: a space more is another request.

import type { ChatRequest } from '../../protocol/chat-request.ts';
import { sortedKeys } from '../../protocol/json.ts';
import type { DataLocality } from '../../protocol/plan.ts';
import type { RouteWishes } from '../route/route-question.ts';

/** Raised when stored answers change their shape: those of before are then never found again. */
const FORMAT = 1;

export type CacheScope = {
  readonly tenant: string;
  /** Hash that names the API key; null: all keys of the tenant share. */
  readonly keyId: string | null;
  /** As decided, so that a request that must stay at the edge never shows what the cloud said. */
  readonly locality: DataLocality;
  /** What the request asked of its route: a wish for checked answers is not met by an unchecked one. */
  readonly wishes: RouteWishes;
};

export function canonicalRequest(request: ChatRequest, scope: CacheScope): string {
  // How the answer is delivered, and the tenant once more: neither changes it.
  const { stream: _stream, includeUsage: _usage, cacheScope: _scope, ...asked } = request;
  const { tenant, keyId, locality, wishes } = scope;
  return JSON.stringify([FORMAT, tenant, keyId, locality, wishes, asked], sortedKeys);
}
