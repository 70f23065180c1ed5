// The answer without a Conversation object: streamed straight from the upstream, for `resumable: false` and
// for the case that the object fails before it accepted. No ids, no replay; limits, errors and quota hold.

import { toCompletion } from '../dialects/chat/completion.ts';
import { projectorFor } from '../dialects/projectors.ts';
import { logFailure } from '../durable-objects/log-failure.ts';
import { ShownAnswer } from '../durable-objects/shown-answer.ts';

import type { LeaseEnd } from '../protocol/admission.ts';
import { totalUsage } from '../protocol/answer-account.ts';
import { routedAfter, type Routed } from '../protocol/answer-check.ts';
import { isContent, isTerminal, type StreamEvent, type TerminalEvent } from '../protocol/events.ts';
import type { Plan } from '../protocol/plan.ts';
import type { GenerationFacts, Projector } from '../protocol/projection.ts';
import { routeEvent } from '../protocol/route-event.ts';
import { encodeUnnumbered, HEARTBEAT } from '../protocol/sse.ts';
import { AnswerStatistics } from '../policy/analytics/answer-statistics.ts';
import { AnswerTally } from '../policy/answer-tally.ts';
import type { ObservedAnswer } from '../policy/analytics/record-generation.ts';
import type { EndedGeneration } from '../policy/record-route.ts';
import type { Environment } from './environment.ts';

const UTF8 = new TextEncoder();

/** Told once how the answer ended, also when the client left. */
type OnEnd = (end: LeaseEnd, usedTokens: number, ended: EndedGeneration) => void;

export type DirectPorts = {
  readonly env: Environment;
  readonly onEnd: OnEnd;
  /** Keeps the Worker alive for what nobody waits for. */
  readonly waitUntil: (promise: Promise<unknown>) => void;
};

type NextBatch = Promise<IteratorResult<readonly StreamEvent[], void>>;

export class DirectAnswer {
  readonly #plan: Plan;
  readonly #stop = new AbortController();
  readonly #tally: AnswerTally;
  readonly #statistics = new AnswerStatistics();
  readonly #answer: ShownAnswer;
  readonly #batches: AsyncGenerator<readonly StreamEvent[], void>;
  readonly #onEnd: OnEnd;
  #routed: Routed | null = null;
  #projector: Projector | null = null;
  #first: readonly StreamEvent[] = [];
  /** The first events, when the head could not wait for them. */
  #late: NextBatch | null = null;
  #hasEnded = false;
  /** What was shown, while it may have to be gone on with: there is no log to read it from. */
  readonly #shown: StreamEvent[] = [];

  constructor(plan: Plan, { env, onEnd, waitUntil }: DirectPorts) {
    this.#plan = plan;
    this.#onEnd = onEnd;
    this.#answer = new ShownAnswer({
      plan,
      env,
      stop: this.#stop.signal,
      waitUntil,
      shown: () => this.#shown,
      onRouted: (routed) => {
        this.#routed = routed;
      },
    });
    this.#tally = new AnswerTally({
      acceptedMs: plan.createdMs,
      maxUnits: plan.limits.maxAnswerBytes,
      account: () => this.#answer.account,
      prices: plan.prices,
      isCached: plan.cached !== null,
    });
    this.#batches = this.#events();
  }

  /**
   * Waits for the first events, a stream no longer than its head may be held. A failure before any content is
   * returned, so that it gets a real HTTP status.
   */
  async open(): Promise<Extract<TerminalEvent, { type: 'error' }> | null> {
    const { request, limits } = this.#plan;
    const next = this.#untilContent();
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

  /** All up to what shows something, or the end: that another model is asked is no reason to send the head. */
  async #untilContent(): NextBatch {
    const events: StreamEvent[] = [];
    for (;;) {
      const batch = await this.#batches.next();
      if (batch.done !== true) events.push(...batch.value);
      if (batch.done === true || events.some((event) => isContent(event) || isTerminal(event)))
        return { done: false, value: events };
    }
  }

  stream(): ReadableStream<Uint8Array> {
    // The route is told at once, unless a draft is still being checked.
    let hasStarted = this.#late === null || this.#routed !== null;
    let ready = hasStarted ? this.#encodeStart(this.#first) : '';
    let pending = this.#late;
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      // Some events make no frame; a pull that brings nothing is not repeated, and the reader would wait for ever.
      while (ready === '' && !this.#hasEnded) {
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
    this.#stop.abort();
    this.#tellEnd('stopped', null);
  }

  /** When it is worth asking again, after an answer that never began; null when nobody said. */
  get retryAfterMs(): number | null {
    return this.#answer.retryAfterMs;
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
    this.#tellEnd(event.type === 'done' ? 'completed' : 'failed', event);
  }

  /** Content batches, then exactly one terminal event. */
  async *#events(): AsyncGenerator<readonly StreamEvent[], void> {
    try {
      for await (const batch of this.#answer.batches()) {
        const events = this.#tally.take(batch, Date.now());
        this.#statistics.take(events, Date.now());
        this.#remember(events);
        if (events.length > 0) yield events;
        if (events.some(isTerminal)) return;
      }
      yield [this.#tally.failed('upstream_failed')];
    } catch (error) {
      logFailure('direct answer', error);
      yield [this.#tally.failed('internal')];
    }
  }

  #remember(events: readonly StreamEvent[]): void {
    if (this.#plan.failover.onUpstreamLoss === 'continue') this.#shown.push(...events);
    for (const event of events) {
      if (event.type !== 'route_changed') continue;
      this.#routed = routedAfter(this.#routed ?? { decision: this.#plan.decision, check: null }, event);
    }
  }

  /** This very connection is all there is: whoever leaves it ends it. */
  #observed(terminal: TerminalEvent | null): ObservedAnswer {
    return {
      statistics: this.#statistics,
      times: this.#answer.times,
      isAbandoned: terminal === null,
      isDirect: true,
      reconnects: 0,
      followers: 0,
    };
  }

  #tellEnd(end: LeaseEnd, terminal: TerminalEvent | null): void {
    // Nobody reads on after an end, so what the calls hold (bodies, timers) is freed here.
    this.#batches.return().catch((error: unknown) => logFailure('direct answer', error));
    const { account } = this.#answer;
    const all = totalUsage(account);
    const ended = {
      routed: this.#routed,
      terminal,
      account,
      endedMs: Date.now(),
      observed: this.#observed(terminal),
    };
    this.#onEnd(end, all.input_tokens + all.output_tokens, ended);
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
