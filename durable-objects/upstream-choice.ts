// Which candidate of one answer is called next. The decisions are those of policy/failover; here they get the clock, the
// draw and the health of this isolate, and here it is noted what became of every call.

import type { FailureCode } from '../protocol/events.ts';
import type { Candidate, Plan } from '../protocol/plan.ts';
import { hedgeCandidate, hedgeDelayMs } from '../policy/failover/hedge.ts';
import {
  nextCall,
  upstreamKey,
  type CallPorts,
  type FailedCall,
  type NextCall,
} from '../policy/failover/next-call.ts';
import type { EndpointEnv } from './endpoints.ts';
import { healthOf, type IsolateHealth } from './isolate-health.ts';

export type ChoiceOptions = {
  readonly plan: Pick<Plan, 'createdMs' | 'failover' | 'limits'>;
  readonly candidates: readonly Candidate[];
  readonly env: EndpointEnv;
  readonly waitUntil: (promise: Promise<unknown>) => void;
};

/** Lost in these ways, the same model is the last to be asked again: it would be waited for in vain. */
const LIKELY_DOWN: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'upstream_timeout',
  'upstream_denied',
  'upstream_rate_limited',
  'upstream_unreachable',
]);

/** For deployments that switch the breaker off: every model is always asked. */
const NEVER_BROKEN: CallPorts['health'] = {
  verdict: () => 'yes',
  mayCall: () => 'yes',
  waitMs: () => 0,
  lastFailure: () => null,
};

export class UpstreamChoice {
  readonly #options: ChoiceOptions;
  readonly #health: IsolateHealth;
  readonly #failed: FailedCall[] = [];
  #calls = 0;
  #retryAfterMs: number | null = null;

  constructor(options: ChoiceOptions) {
    this.#options = options;
    this.#health = healthOf(options.env);
  }

  /** Why the last call came to nothing; null when none did. */
  get lastFailure(): FailureCode | null {
    return this.#failed.at(-1)?.code ?? null;
  }

  /** A call that is returned must be made: it is counted. */
  next(nowMs: number): NextCall {
    const { plan, candidates } = this.#options;
    const { createdMs, failover, limits } = plan;
    const holdLeftMs = createdMs + limits.headHoldMs - nowMs;
    const question = {
      candidates,
      failed: this.#failed,
      calls: this.#calls,
      plan: failover,
      holdLeftMs,
      nowMs,
    };
    return nextCall({ ...question, random: Math.random() }, this.#ports());
  }

  /** After a wait: its breaker may have opened meanwhile, and then it is left alone. */
  mayStill(candidate: Candidate, nowMs: number): boolean {
    return this.#ports().health.mayCall(upstreamKey(candidate), nowMs) !== 'no';
  }

  /** After how long without a first token another call is worth asking for; null: never. */
  hedgeDelayMs(running: Candidate, nowMs: number): number | null {
    return hedgeDelayMs(this.#options.plan.failover, running, this.#health.upstreams, nowMs);
  }

  /** Whom to ask as well; null: nobody. */
  hedge(running: Candidate, nowMs: number): Candidate | null {
    const { plan, candidates } = this.#options;
    const question = { candidates, running, failed: this.#failed, calls: this.#calls, plan: plan.failover };
    return hedgeCandidate({ ...question, nowMs }, this.#ports());
  }

  /** The candidates that may go on with an answer that `from` has lost, in order. They are outside the retry budget: a reader has half an answer. */
  toGoOn(from: Candidate | null, lost: FailureCode, nowMs: number): readonly Candidate[] {
    const { candidates } = this.#options;
    const same = candidates.filter((candidate) => from === null || candidate === from).slice(0, 1);
    const others = candidates.filter((candidate) => !same.includes(candidate));
    const ordered = LIKELY_DOWN.has(lost) ? [...others, ...same] : [...same, ...others];
    const { health } = this.#ports();
    const usable = ordered.filter((candidate) => health.verdict(upstreamKey(candidate), nowMs) !== 'no');
    // With every breaker open the reader still has half an answer: one attempt is worth it.
    return usable.length > 0 ? usable : ordered.slice(0, 1);
  }

  started(): void {
    this.#calls++;
    this.#retryAfterMs = null;
    this.#health.sync(this.#options.waitUntil);
  }

  /** What the call that fails next asks to wait. */
  noteRetryAfter(retryAfterMs: number): void {
    this.#retryAfterMs = retryAfterMs;
  }

  succeeded(candidate: Candidate, firstTokenMs: number): void {
    this.#tell(candidate, { type: 'success', firstTokenMs });
  }

  /** It was closed because another was faster. */
  outrun(candidate: Candidate, afterMs: number): void {
    this.#tell(candidate, { type: 'outrun', firstTokenMs: afterMs });
  }

  failed(candidate: Candidate, code: FailureCode): void {
    const retryAfterMs = this.#retryAfterMs;
    this.#retryAfterMs = null;
    this.#failed.push({ candidate, code, retryAfterMs });
    this.#tell(candidate, { type: 'failure', code, retryAfterMs });
  }

  #tell(candidate: Candidate, outcome: Parameters<IsolateHealth['upstreams']['outcome']>[1]): void {
    this.#health.upstreams.outcome(upstreamKey(candidate), outcome, Date.now());
    this.#health.sync(this.#options.waitUntil);
  }

  #ports(): CallPorts {
    const { upstreams, budget } = this.#health;
    return { health: this.#options.plan.failover.breaks ? upstreams : NEVER_BROKEN, budget };
  }
}
