// One call of one candidate for an answer: what is asked of it, and what became of it, told once to whoever keeps the
// health of upstreams. A call that nobody wants any more tells nothing against its upstream.

import type { ChatRequest } from '../protocol/chat-request.ts';
import type { FailureCode } from '../protocol/events.ts';
import type { Candidate, Plan } from '../protocol/plan.ts';
import type { Usage } from '../protocol/usage.ts';
import { DraftCall, type Batches } from './draft-call.ts';
import type { EndpointEnv } from './endpoints.ts';
import { upstreamAnswer } from './upstream-answer.ts';
import type { UpstreamChoice } from './upstream-choice.ts';

/** What is needed of a plan to ask any of its candidates. */
export type CalledPlan = Pick<
  Plan,
  'request' | 'limits' | 'locality' | 'inputTokens' | 'createdMs' | 'failover'
>;

export type CallOptions = {
  readonly plan: CalledPlan;
  readonly env: EndpointEnv;
  readonly stop: AbortSignal;
  readonly choice: UpstreamChoice;
};

/** What is asked when it is not the request itself. */
export type Asked = { readonly request?: ChatRequest; readonly resumeAfter?: string };

export class CandidateCall {
  readonly candidate: Candidate;
  readonly startedMs: number;
  readonly draft: DraftCall;
  readonly #choice: UpstreamChoice;
  #hasTold = false;
  #spoken: Promise<void> | null = null;

  constructor(candidate: Candidate, draft: DraftCall, choice: UpstreamChoice) {
    this.candidate = candidate;
    this.draft = draft;
    this.#choice = choice;
    this.startedMs = Date.now();
  }

  /** The call leaves before this returns. */
  static start(candidate: Candidate, options: CallOptions, asked: Asked = {}): CandidateCall {
    const { plan, env, stop, choice } = options;
    const { locality, inputTokens } = plan;
    const source = (dropped: AbortSignal): Batches =>
      upstreamAnswer({
        target: candidate.target,
        request: asked.request ?? requestFor(candidate, plan.request),
        limits: limitsFrom(plan, Date.now()),
        locality,
        env,
        stop: dropped,
        ...(asked.resumeAfter === undefined ? {} : { resumeAfter: asked.resumeAfter }),
        onRetryAfter: (retryAfterMs) => choice.noteRetryAfter(retryAfterMs),
      });
    const call = new CandidateCall(candidate, new DraftCall(source, stop, inputTokens), choice);
    choice.started();
    call.draft.next().catch(() => undefined); // whoever reads it sees the failure
    return call;
  }

  get model(): string {
    return this.candidate.model;
  }

  /** Null for a call that failed before it said anything. */
  get usage(): Usage | null {
    return this.draft.usage;
  }

  /** Why nothing came of it; null when there is something to show. */
  get nothingBecause(): FailureCode | null {
    return this.draft.cameToNothing ? (this.draft.failure ?? 'upstream_empty') : null;
  }

  /** Waits until there is something to show, or nothing will come. */
  untilContent(): Promise<void> {
    this.#spoken ??= this.#speak();
    return this.#spoken;
  }

  /** Its first content is there, and is shown. */
  answered(): void {
    if (this.draft.firstContentMs !== null) this.#tellFirstToken(this.draft.firstContentMs);
  }

  failed(code: FailureCode): void {
    this.#choice.failed(this.candidate, code);
    this.#hasTold = true;
  }

  /** Closes it because another was faster. */
  async outrun(): Promise<void> {
    if (!this.#hasTold) this.#choice.outrun(this.candidate, Date.now() - this.startedMs);
    this.#hasTold = true;
    await this.draft.drop();
  }

  async #speak(): Promise<void> {
    await this.draft.untilContent();
    const code = this.nothingBecause;
    if (code === null) this.answered();
    else this.failed(code);
  }

  #tellFirstToken(atMs: number): void {
    if (this.#hasTold) return;
    this.#hasTold = true;
    this.#choice.succeeded(this.candidate, atMs - this.startedMs);
  }
}

/** The request as this candidate gets it: within its output limit, without what its context has no room for. */
export function requestFor({ leavesOut, maxOutputTokens }: Candidate, request: ChatRequest): ChatRequest {
  const messages =
    leavesOut.length === 0
      ? request.messages
      : request.messages.filter((_message, index) => !leavesOut.includes(index));
  return { ...request, messages, maxOutputTokens };
}

/** A later call has what is left of the generation's time. */
function limitsFrom({ limits, createdMs }: CalledPlan, nowMs: number): Plan['limits'] {
  return { ...limits, totalMs: Math.max(1, createdMs + limits.totalMs - nowMs) };
}
