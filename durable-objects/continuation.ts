// Going on with one lost answer: asks a candidate for the rest and lets through what the reader has not had yet.
// Where to join the two is decided in policy/continuation; a provider that kept the answer is simply asked for its rest.

import type { FailureCode, StreamEvent } from '../protocol/events.ts';
import type { Candidate } from '../protocol/plan.ts';
import type { AnswerEvent, DecodedEvent } from '../protocol/upstream-event.ts';
import { continuationOf } from '../policy/continuation/continuation-request.ts';
import { PartialAnswer } from '../policy/continuation/partial-answer.ts';
import { Seam } from '../policy/continuation/seam.ts';
import { producedUnits } from '../protocol/produced-units.ts';
import { estimatedUsage } from '../protocol/usage.ts';
import { providerNamed } from '../providers/registry.ts';
import { CandidateCall, requestFor, type CallOptions } from './candidate-call.ts';

/** `lost`: nothing more comes of this call; `code` is null when what it wrote does not fit to what was said. */
export type ContinuedStep =
  | { readonly type: 'events'; readonly events: readonly AnswerEvent[]; readonly isEnd: boolean }
  | { readonly type: 'lost'; readonly code: FailureCode | null };

export type ContinuationOptions = CallOptions & {
  readonly shown: () => Iterable<StreamEvent>;
};

export class Continuation {
  readonly #options: ContinuationOptions;
  readonly #partial: PartialAnswer;
  #seam: Seam | null = null;

  constructor(options: ContinuationOptions) {
    this.#options = options;
    this.#partial = new PartialAnswer(options.shown());
  }

  /** The call leaves before this returns. Null: the answer cannot be gone on with. */
  start(candidate: Candidate, lost: CandidateCall | null): CandidateCall | null {
    const resumeAfter = this.#resumePoint(candidate, lost);
    if (resumeAfter !== null) {
      this.#seam = null;
      return CandidateCall.start(candidate, this.#options, { resumeAfter });
    }
    const { plan } = this.#options;
    const asked = continuationOf({
      request: requestFor(candidate, plan.request),
      partial: this.#partial,
      canPrefill: candidate.canPrefill,
      producedTokens: estimatedUsage(0, producedUnits(this.#options.shown())).output_tokens,
    });
    if (asked.type === 'impossible') return null;
    this.#seam = new Seam(this.#partial, asked);
    return CandidateCall.start(candidate, this.#options, { request: asked.request });
  }

  async *batches(call: CandidateCall): AsyncGenerator<ContinuedStep, void> {
    for await (const batch of call.draft.show()) {
      const last = batch.at(-1);
      const isLost = last?.type === 'failure';
      const { emit, rejected } = this.#join(isLost ? batch.slice(0, -1) : batch);
      const isEnd = emit.at(-1)?.type === 'finish';
      if (emit.length > 0) yield { type: 'events', events: emit, isEnd };
      if (isEnd) return;
      if (rejected) yield { type: 'lost', code: null };
      else if (isLost) {
        call.failed(last.code);
        yield { type: 'lost', code: last.code };
      }
      if (rejected || isLost) return;
    }
  }

  /** Null unless its provider kept the answer, and no tool call was cut: a new decoder would count them anew. */
  #resumePoint(candidate: Candidate, lost: CandidateCall | null): string | null {
    if (lost?.candidate !== candidate || this.#partial.toolCalls.length > 0) return null;
    const resume = providerNamed(candidate.target.provider)?.resume ?? null;
    return resume === null ? null : lost.draft.resumePoint;
  }

  #join(batch: readonly AnswerEvent[]): { emit: readonly AnswerEvent[]; rejected: boolean } {
    const said = batch.filter(isSaid);
    if (this.#seam === null) return { emit: said, rejected: false };
    const { emit, rejected } = this.#seam.take(said);
    return { emit, rejected: rejected !== null };
  }
}

/** What the reader is sent, and the end: a cursor alone is no sign that the answer goes on. */
function isSaid(event: AnswerEvent): event is DecodedEvent {
  const { type } = event;
  return type !== 'status' && type !== 'route_changed' && type !== 'resume_point' && type !== 'logprobs';
}
