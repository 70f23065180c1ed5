// The answer without a Conversation object: streamed straight from the upstream, for `resumable: false` and
// for the case that the object fails before it accepted. No ids, no replay; limits, errors and quota hold.

import { toCompletion } from '../dialects/chat/completion.ts';
import { projectorFor } from '../dialects/projectors.ts';
import { logFailure } from '../durable-objects/log-failure.ts';
import { upstreamAnswer } from '../durable-objects/upstream-answer.ts';
import type { LeaseEnd } from '../protocol/admission.ts';
import { isTerminal, type StreamEvent, type TerminalEvent } from '../protocol/events.ts';
import type { Plan } from '../protocol/plan.ts';
import type { GenerationFacts, Projector } from '../protocol/projection.ts';
import { encodeUnnumbered, HEARTBEAT } from '../protocol/sse.ts';
import type { Usage } from '../protocol/usage.ts';
import { AnswerTally } from '../policy/answer-tally.ts';
import type { Environment } from './environment.ts';

const UTF8 = new TextEncoder();

type NextBatch = Promise<IteratorResult<readonly StreamEvent[], void>>;

export class DirectAnswer {
  readonly #plan: Plan;
  readonly #stop = new AbortController();
  readonly #tally: AnswerTally;
  readonly #batches: AsyncGenerator<readonly StreamEvent[], void>;
  readonly #onEnd: (end: LeaseEnd, usedTokens: number) => void;
  #first: readonly StreamEvent[] = [];
  /** The first events, when the head could not wait for them. */
  #late: NextBatch | null = null;
  #hasEnded = false;

  /** `onEnd` is called once, also when the client leaves. */
  constructor(plan: Plan, env: Environment, onEnd: (end: LeaseEnd, usedTokens: number) => void) {
    const { createdMs, inputTokens, limits } = plan;
    this.#plan = plan;
    this.#onEnd = onEnd;
    this.#tally = new AnswerTally({ acceptedMs: createdMs, inputTokens, maxUnits: limits.maxAnswerBytes });
    this.#batches = answerEvents(plan, env, { stop: this.#stop.signal, tally: this.#tally });
  }

  /**
   * Waits for the first events, a stream no longer than its head may be held. A failure before any content is
   * returned, so that it gets a real HTTP status.
   */
  async open(): Promise<Extract<TerminalEvent, { type: 'error' }> | null> {
    const { request, limits } = this.#plan;
    const next = this.#batches.next();
    const first = request.stream ? await within(next, limits.headHoldMs) : await next;
    if (first === 'silence') {
      this.#late = next;
      return null;
    }
    this.#first = first.done === true ? [] : first.value;
    const failed = this.#first.find((event) => event.type === 'error');
    if (failed === undefined || failed.type !== 'error' || failed.partial) return null;
    this.#end(failed);
    return failed;
  }

  stream(): ReadableStream<Uint8Array> {
    const { decision } = this.#plan;
    const { tier, model, probability, reasons } = decision;
    const projector = projectorFor(this.#plan.format, factsOf(this.#plan));
    let ready = encode(projector, [{ type: 'route', tier, model, probability, reasons }, ...this.#first]);
    let pending = this.#late;
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      if (ready === '') {
        pending ??= this.#batches.next();
        const batch = await within(pending, this.#plan.limits.heartbeatMs);
        if (batch !== 'silence') pending = null;
        ready =
          batch === 'silence'
            ? HEARTBEAT
            : encode(projector, batch.done === true ? [] : this.#note(batch.value));
      }
      if (ready !== '') controller.enqueue(UTF8.encode(ready));
      ready = '';
      if (this.#hasEnded) controller.close();
    };
    const cancel = (): void => this.stop();
    this.#note(this.#first);
    return new ReadableStream<Uint8Array>({ pull, cancel }, { highWaterMark: 0 });
  }

  /** The whole answer as one JSON body, or the failure that ended it. */
  async whole(): Promise<ReturnType<typeof toCompletion>> {
    const events: StreamEvent[] = [...this.#note(this.#first)];
    for await (const batch of this.#batches) events.push(...this.#note(batch));
    return toCompletion(factsOf(this.#plan), events);
  }

  /** Closes the upstream; the lease ends as stopped. */
  stop(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#stop.abort();
    this.#onEnd('stopped', total(this.#tally.estimate()));
  }

  #note(events: readonly StreamEvent[]): readonly StreamEvent[] {
    const last = events.at(-1);
    if (last !== undefined && isTerminal(last)) this.#end(last);
    return events;
  }

  #end(event: TerminalEvent): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (event.type === 'done') this.#onEnd('completed', total(event.usage));
    else this.#onEnd('failed', total(this.#tally.estimate()));
  }
}

/** Content batches, then exactly one terminal event. */
async function* answerEvents(
  plan: Plan,
  env: Environment,
  { stop, tally }: { readonly stop: AbortSignal; readonly tally: AnswerTally },
): AsyncGenerator<readonly StreamEvent[], void> {
  const { target, request, limits } = plan;
  try {
    for await (const batch of upstreamAnswer({ target, request, limits, env, stop })) {
      const events = tally.take(batch, Date.now());
      if (events.length > 0) yield events;
      if (events.some(isTerminal)) return;
    }
    yield [tally.failed('upstream_failed')];
  } catch (error) {
    logFailure('direct answer', error);
    yield [tally.failed('internal')];
  }
}

function total({ input_tokens: input, output_tokens: output }: Usage): number {
  return input + output;
}

function factsOf(plan: Plan): GenerationFacts {
  const { generation, streamId, createdMs, request, decision } = plan;
  return { generation, streamId, createdMs, model: decision.model, includeUsage: request.includeUsage };
}

function encode(projector: Projector, events: readonly StreamEvent[]): string {
  return events.flatMap((event) => projector.frames(event).map((frame) => encodeUnnumbered(frame))).join('');
}

async function within<Value>(promise: Promise<Value>, ms: number): Promise<Value | 'silence'> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const silence = new Promise<'silence'>((resolve) => {
    timer = setTimeout(() => resolve('silence'), ms);
  });
  const first = await Promise.race([promise, silence]);
  clearTimeout(timer);
  return first;
}
