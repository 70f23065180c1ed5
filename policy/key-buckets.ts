// The per-minute allowances of one API key: requests and tokens. Invariant: either both are charged or neither.
// A null limit is unlimited and keeps no bucket.

import type { AdmissionRefusal } from '../protocol/admission.ts';
import type { LeaseRequest, TenantLimits } from '../protocol/plan.ts';
import type { BucketLevel } from './token-bucket.ts';
import { TokenBucket } from './token-bucket.ts';

type Limits = Pick<TenantLimits, 'requestsPerMinute' | 'tokensPerMinute'>;

export type KeyLevels = { readonly requests: BucketLevel | null; readonly tokens: BucketLevel | null };

export class KeyBuckets {
  #requests: TokenBucket | null;
  #tokens: TokenBucket | null;

  constructor(levels: KeyLevels) {
    this.#requests = levels.requests === null ? null : new TokenBucket(levels.requests);
    this.#tokens = levels.tokens === null ? null : new TokenBucket(levels.tokens);
  }

  /** Charges one request and its reserved tokens; on a refusal nothing is charged. */
  charge({ limits, estimatedTokens }: LeaseRequest, nowMs: number): AdmissionRefusal | null {
    const { requestsPerMinute, tokensPerMinute } = limits;
    this.#adopt(limits, nowMs);
    if (requestsPerMinute !== null) {
      const retryAfterMs = this.#requests?.waitMs(1, requestsPerMinute, nowMs) ?? 0;
      if (retryAfterMs > 0) return { reason: 'too_many_requests', limit: requestsPerMinute, retryAfterMs };
    }
    if (tokensPerMinute !== null) {
      const retryAfterMs = this.#tokens?.waitMs(estimatedTokens, tokensPerMinute, nowMs) ?? 0;
      if (retryAfterMs > 0) return { reason: 'too_many_tokens', limit: tokensPerMinute, retryAfterMs };
      this.#tokens?.take(estimatedTokens, tokensPerMinute, nowMs);
    }
    if (requestsPerMinute !== null) this.#requests?.take(1, requestsPerMinute, nowMs);
    return null;
  }

  /** @param unusedTokens - reserved minus used; negative when more was used than reserved */
  reconcile(unusedTokens: number, tokensPerMinute: number | null, nowMs: number): void {
    if (tokensPerMinute !== null) this.#tokens?.take(-unusedTokens, tokensPerMinute, nowMs);
  }

  /** How many more requests like this one the key may start now; Infinity when it has no limits. */
  timesLeft({ limits, estimatedTokens }: LeaseRequest, nowMs: number): number {
    const { requestsPerMinute, tokensPerMinute } = limits;
    const requests =
      requestsPerMinute === null ? null : this.#requests?.timesLeft(1, requestsPerMinute, nowMs);
    const tokens =
      tokensPerMinute === null ? null : this.#tokens?.timesLeft(estimatedTokens, tokensPerMinute, nowMs);
    return Math.min(requests ?? Infinity, tokens ?? Infinity);
  }

  levels(): KeyLevels {
    return { requests: this.#requests?.snapshot() ?? null, tokens: this.#tokens?.snapshot() ?? null };
  }

  #adopt({ requestsPerMinute, tokensPerMinute }: Limits, nowMs: number): void {
    if (requestsPerMinute !== null)
      this.#requests ??= new TokenBucket({ level: requestsPerMinute, atMs: nowMs });
    if (tokensPerMinute !== null) this.#tokens ??= new TokenBucket({ level: tokensPerMinute, atMs: nowMs });
  }
}
