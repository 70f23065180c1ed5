// The answer without a Conversation object: streamed straight from the upstream, for `resumable: false` and
// for the case that the object fails before it accepted. No ids, no replay; limits, errors and quota hold.

import { toCompletion } from '../dialects/chat/completion.ts';
import { projectorFor } from '../dialects/projectors.ts';
import { ShownAnswer } from '../durable-objects/checked-answer.ts';
import { logFailure } from '../durable-objects/log-failure.ts';

import type { LeaseEnd } from '../protocol/admission.ts';
import type { Routed } from '../protocol/answer-check.ts';
import { isTerminal, type StreamEvent, type TerminalEvent } from '../protocol/events.ts';
import type { Plan } from '../protocol/plan.ts';
import type { GenerationFacts, Projector } from '../protocol/projection.ts';
import { routeEvent } from '../protocol/route-event.ts';
import { encodeUnnumbered, HEARTBEAT } from '../protocol/sse.ts';
import type { Usage } from '../protocol/usage.ts';
import type { DecodedEvent } from '../protocol/upstream-event.ts';
import { AnswerTally } from '../policy/answer-tally.ts';
import type { EndedGeneration } from '../policy/record-route.ts';
import type { Environment } from './environment.ts';

const UTF8 = new TextEncoder();

/** Told once how the answer ended, also when the client left. */
type OnEnd = (end: LeaseEnd, usedTokens: number, ended: EndedGeneration) => void;

type NextBatch = Promise<IteratorResult<readonly StreamEvent[], void>>;

export class DirectAnswer {
  readonly #plan: Plan;
  readonly #stop = new AbortController();
  readonly #tally: AnswerTally;
  readonly #answer: ShownAnswer;
  readonly #batches: AsyncGenerator<readonly StreamEvent[], void>;
  readonly #onEnd: OnEnd;
  #routed: Routed | null = null;
  #projector: Projector | null = null;
  #first: readonly StreamEvent[] = [];
  /** The first events, when the head could not wait for them. */
  #late: NextBatch | null = null;
  #hasEnded = false;

  constructor(plan: Plan, env: Environment, onEnd: OnEnd) {
    const { createdMs, inputTokens, limits } = plan;
    this.#plan = plan;
    this.#onEnd = onEnd;
    this.#tally = new AnswerTally({ acceptedMs: createdMs, inputTokens, maxUnits: limits.maxAnswerBytes });
    const onRouted = (routed: Routed): void => {
      this.#routed = routed;
      this.#tally.countHidden(routed.check?.hidden ?? []);
    };
    this.#answer = new ShownAnswer({ plan, env, stop: this.#stop.signal, onRouted });
    this.#batches = answerEvents(this.#answer.batches(), this.#tally);
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
    // The route is told at once, unless a draft is still being checked.
    let hasStarted = this.#late === null || this.#routed !== null;
    let ready = hasStarted ? this.#encodeStart(this.#first) : '';
    let pending = this.#late;
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      if (ready === '') {
        pending ??= this.#batches.next();
        const batch = await within(pending, this.#plan.limits.heartbeatMs);
        if (batch !== 'silence') pending = null;
        if (batch === 'silence') ready = HEARTBEAT;
        else {
          const events = batch.done === true ? [] : this.#note(batch.value);
          ready = hasStarted ? this.#encode(events) : this.#encodeStart(events);
          hasStarted = true;
        }
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
    return toCompletion(this.#facts(), events);
  }

  /** Closes the upstream; the lease ends as stopped. */
  stop(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const held = this.#routed === null ? this.#answer.heldUsage : null;
    if (held !== null) this.#tally.countHeld(held);
    this.#stop.abort();
    this.#tellEnd('stopped', this.#tally.estimate(), null);
  }

  /** What was decided in the end; null while a draft is being checked. */
  get routed(): Routed | null {
    return this.#routed;
  }

  #encodeStart(events: readonly StreamEvent[]): string {
    return this.#encode([
      routeEvent(this.#routed ?? { decision: this.#plan.decision, check: null }),
      ...events,
    ]);
  }

  #encode(events: readonly StreamEvent[]): string {
    this.#projector ??= projectorFor(this.#plan.format, this.#facts());
    const projector = this.#projector;
    return events
      .flatMap((event) => projector.frames(event).map((frame) => encodeUnnumbered(frame)))
      .join('');
  }

  /** The model that frames name is that of the shown answer, known from the first event on. */
  #facts(): GenerationFacts {
    const { generation, streamId, createdMs, request, decision } = this.#plan;
    const { model } = this.#routed?.decision ?? decision;
    return { generation, streamId, createdMs, model, includeUsage: request.includeUsage };
  }

  #note(events: readonly StreamEvent[]): readonly StreamEvent[] {
    const last = events.at(-1);
    if (last !== undefined && isTerminal(last)) this.#end(last);
    return events;
  }

  #end(event: TerminalEvent): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (event.type === 'done') this.#tellEnd('completed', event.usage, event);
    else this.#tellEnd('failed', this.#tally.estimate(), event);
  }

  #tellEnd(end: LeaseEnd, usage: Usage, terminal: TerminalEvent | null): void {
    // Nobody reads on after an end, so what the calls hold (bodies, timers) is freed here.
    this.#batches.return().catch((error: unknown) => logFailure('direct answer', error));
    const all = this.#tally.totalWith(usage);
    const ended = { routed: this.#routed, terminal, usage, hidden: this.#tally.hidden, endedMs: Date.now() };
    this.#onEnd(end, all.input_tokens + all.output_tokens, ended);
  }
}

/** Content batches, then exactly one terminal event. */
async function* answerEvents(
  answer: AsyncGenerator<readonly DecodedEvent[], void>,
  tally: AnswerTally,
): AsyncGenerator<readonly StreamEvent[], void> {
  try {
    for await (const batch of answer) {
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

async function within<Value>(promise: Promise<Value>, ms: number): Promise<Value | 'silence'> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const silence = new Promise<'silence'>((resolve) => {
    timer = setTimeout(() => resolve('silence'), ms);
  });
  const first = await Promise.race([promise, silence]);
  clearTimeout(timer);
  return first;
}
