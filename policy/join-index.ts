// Finds the stream that a repeated request repeats: by its Idempotency-Key, or by its body when the client says that
// it is retrying. Invariant: it only ever points at running and completed generations; a failed, stopped or refused
// one is dropped at once, because its retry wants a new answer.

import type { LeaseRequest } from '../protocol/plan.ts';

/** What a generation is found by. */
export type Joinable = Pick<LeaseRequest, 'streamId' | 'keyId' | 'bodyHash' | 'idempotencyKey'>;

export type JoinAnswer =
  | { readonly type: 'none' }
  | { readonly type: 'join'; readonly streamId: string }
  | { readonly type: 'mismatch' };

export class JoinIndex {
  readonly #byIdempotencyKey = new Map<string, Joinable>();
  readonly #byBody = new Map<string, Joinable>();

  find(request: LeaseRequest): JoinAnswer {
    if (request.idempotencyKey !== null) {
      // The client names its operation, so its word decides: another name is another operation, retry or not.
      const original = this.#byIdempotencyKey.get(request.idempotencyKey);
      if (original === undefined) return { type: 'none' };
      if (original.bodyHash !== request.bodyHash) return { type: 'mismatch' };
      return { type: 'join', streamId: original.streamId };
    }
    if (!request.isRetry) return { type: 'none' };
    const original = this.#byBody.get(bodyName(request));
    return original === undefined ? { type: 'none' } : { type: 'join', streamId: original.streamId };
  }

  add(generation: Joinable): void {
    if (generation.idempotencyKey !== null) this.#byIdempotencyKey.set(generation.idempotencyKey, generation);
    this.#byBody.set(bodyName(generation), generation);
  }

  /** Leaves alone what a later generation with the same key or body has taken over. */
  remove(generation: Joinable): void {
    const { idempotencyKey, streamId } = generation;
    const body = bodyName(generation);
    if (this.#byBody.get(body)?.streamId === streamId) this.#byBody.delete(body);
    if (idempotencyKey === null) return;
    if (this.#byIdempotencyKey.get(idempotencyKey)?.streamId === streamId) {
      this.#byIdempotencyKey.delete(idempotencyKey);
    }
  }
}

/** A retry comes with the key of its original; another key's equal body is another user's question. */
function bodyName({ keyId, bodyHash }: Joinable): string {
  return `${keyId} ${bodyHash}`;
}
