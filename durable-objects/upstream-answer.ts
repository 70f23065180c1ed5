// One answer of an upstream as batches of decoded events, under its time limits.
// Invariant: the last event of the last batch is the one end, whatever the upstream does. Aborting `stop`
// closes the upstream and ends the iteration without an end: whoever stopped says how it ended.

import type { ChatRequest } from '../protocol/chat-request.ts';
import { isContent, type FailureCode } from '../protocol/events.ts';
import type { DataLocality, GenerationLimits, UpstreamTarget } from '../protocol/plan.ts';
import { refuse } from '../protocol/result.ts';
import type { DecodedEvent } from '../protocol/upstream-event.ts';
import type { Provider, UpstreamCall, UpstreamDecoder } from '../providers/provider.ts';
import { providerNamed } from '../providers/registry.ts';
import { PacedReader } from './paced-reader.ts';
import { Deadline } from './deadline.ts';
import { EDGE_ENDPOINT, endpointOf, type EndpointEnv } from './endpoints.ts';
import { openUpstream, type OpenedBody, type UpstreamRoute } from './open-upstream.ts';

export type AnswerOptions = {
  readonly target: UpstreamTarget;
  readonly request: ChatRequest;
  readonly limits: GenerationLimits;
  readonly locality: DataLocality;
  readonly env: EndpointEnv;
  readonly stop: AbortSignal;
  /** Takes up the answer that the provider kept, after this cursor, in place of a new one. */
  readonly resumeAfter?: string;
  /** Told what the upstream asks to wait, when it refuses and says so. */
  readonly onRetryAfter?: (retryAfterMs: number) => void;
};

/** Must be called before any storage write of the same turn: outbound calls wait for pending commits. */
export async function* upstreamAnswer(options: AnswerOptions): AsyncGenerator<readonly DecodedEvent[], void> {
  const { target, limits, stop } = options;
  const way = wayTo(options);
  const { provider } = way;
  const call = new UpstreamCallLimits(limits, stop);
  try {
    const opened = await call.within(openUpstream(callOf(options, provider), way, call.signal));
    if (!opened.ok) {
      if (stop.aborted) return;
      if (opened.refusal.retryAfterMs !== null) options.onRetryAfter?.(opened.refusal.retryAfterMs);
      yield [{ type: 'failure', code: call.expired ?? opened.refusal.code }];
      return;
    }
    yield* decodedBatches(
      opened.value,
      provider.decoder(limits.maxUpstreamEventBytes, target.flavour ?? null),
      call,
    );
  } finally {
    call.end();
  }
}

function wayTo({ target, locality, env }: AnswerOptions): UpstreamRoute {
  // The last guard of data locality: whatever was decided before, the prompt does not leave the edge here.
  if (locality === 'edge-only' && target.endpoint !== EDGE_ENDPOINT)
    throw new Error(`an edge-only prompt for ${target.provider}/${target.endpoint}`);
  const provider = providerNamed(target.provider);
  const endpoint = provider === null ? null : endpointOf(target, provider, env);
  if (provider === null || endpoint === null)
    throw new Error(`no upstream for ${target.provider}/${target.endpoint}`);
  return { endpoint, provider, gatewayId: target.gatewayId ?? null };
}

function callOf({ target, request, resumeAfter }: AnswerOptions, provider: Provider): UpstreamCall {
  const encoding = { upstreamModel: target.upstreamModel, flavour: target.flavour ?? null };
  if (resumeAfter !== undefined && provider.resume !== null) return provider.resume(resumeAfter, encoding);
  return provider.encode(request, encoding);
}

async function* decodedBatches(
  body: ReadableStream<Uint8Array>,
  decoder: UpstreamDecoder,
  call: UpstreamCallLimits,
): AsyncGenerator<readonly DecodedEvent[], void> {
  const reader = new PacedReader(body);
  const onAbort = (): void => void reader.cancel();
  call.signal.addEventListener('abort', onAbort);
  const utf8 = new TextDecoder();
  try {
    for (;;) {
      const bytes = await readOrFail(reader);
      if (call.signal.aborted) break;
      const events = decode(decoder, bytes, utf8);
      if (events.some(isContentOrEnd)) call.sawContent();
      if (events.length > 0) yield events;
      if (bytes === null || bytes === 'failed' || hasEnd(events)) return;
    }
    if (call.expired !== null) yield [{ type: 'failure', code: call.expired }];
  } finally {
    call.signal.removeEventListener('abort', onAbort);
    // Also on a clean end: an upstream that goes on after its own [DONE] is not read further.
    await reader.cancel();
  }
}

async function readOrFail(reader: PacedReader): Promise<Uint8Array | null | 'failed'> {
  try {
    return await reader.read();
  } catch {
    // A reset or an abort; the decoder (or whoever aborted) says what it means.
    return 'failed';
  }
}

function decode(
  decoder: UpstreamDecoder,
  bytes: Uint8Array | null | 'failed',
  utf8: TextDecoder,
): readonly DecodedEvent[] {
  const nowMs = Date.now();
  if (bytes instanceof Uint8Array) return decoder.push(utf8.decode(bytes, { stream: true }), nowMs);
  return [...decoder.push(utf8.decode(), nowMs), ...decoder.close(nowMs, bytes === 'failed')];
}

function hasEnd(events: readonly DecodedEvent[]): boolean {
  const last = events.at(-1);
  return last !== undefined && (last.type === 'finish' || last.type === 'failure');
}

function isContentOrEnd(event: DecodedEvent): boolean {
  if (event.type === 'finish' || event.type === 'failure') return true;
  return event.type !== 'logprobs' && event.type !== 'resume_point' && isContent(event);
}

/** A binding may deliver its body after nobody waits for it any more: it must not go on unread. */
function closeLate(opening: Promise<OpenedBody>): void {
  const close = async (): Promise<void> => {
    const late = await opening;
    if (late.ok && !late.value.locked) await late.value.cancel();
  };
  close().catch(() => undefined); // the opening failed, or the body errored: nothing is left to close
}

/** The time limits of one call. Deadlines move with content, not with bytes: comments must not keep a dead model alive. */
class UpstreamCallLimits {
  readonly #limits: GenerationLimits;
  readonly #stop: AbortSignal;
  readonly #abort = new AbortController();
  readonly #startedMs = Date.now();
  readonly #deadline: Deadline<FailureCode>;
  readonly #total: ReturnType<typeof setTimeout>;
  /** The failure that a passed limit means; null while none has passed. */
  expired: FailureCode | null = null;

  constructor(limits: GenerationLimits, stop: AbortSignal) {
    this.#limits = limits;
    this.#stop = stop;
    this.#deadline = new Deadline((code) => this.#expire(code));
    this.#deadline.move(this.#startedMs + limits.connectMs, 'upstream_timeout');
    this.#total = setTimeout(() => this.#expire('upstream_timeout'), limits.totalMs);
    stop.addEventListener('abort', this.#onStop);
    if (stop.aborted) this.#onStop();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Waits for the opening; from then on the limit is that of the first content, counted from the start. A binding ignores signals, so the wait itself is raced. */
  async within(opening: Promise<OpenedBody>): Promise<OpenedBody> {
    const aborted = new Promise<OpenedBody>((resolve) => {
      const settle = (): void => resolve(refuse({ code: 'upstream_timeout', retryAfterMs: null }));
      if (this.#abort.signal.aborted) settle();
      else this.#abort.signal.addEventListener('abort', settle, { once: true });
    });
    const opened = await Promise.race([opening, aborted]);
    if (this.#abort.signal.aborted) closeLate(opening);
    this.#deadline.move(this.#startedMs + this.#limits.firstContentMs, 'upstream_timeout');
    return opened;
  }

  sawContent(): void {
    this.#deadline.move(Date.now() + this.#limits.idleMs, 'upstream_timeout');
  }

  end(): void {
    this.#deadline.clear();
    clearTimeout(this.#total);
    this.#stop.removeEventListener('abort', this.#onStop);
    // Frees what the call still holds, also a body that was opened after the wait was given up.
    this.#abort.abort();
  }

  #expire(code: FailureCode): void {
    this.expired ??= code;
    this.#abort.abort();
  }

  readonly #onStop = (): void => this.#abort.abort();
}
