// What this isolate knows of the upstreams, and its exchange with the shared Health object.
// Invariants: one exchange at a time, at most one a second, sooner only after a failure or a turn of a breaker; no answer
// waits for one. When the object fails, the isolate goes on with what it sees itself.

import { RetryBudget } from '../policy/failover/retry-budget.ts';
import { UpstreamHealth } from '../policy/failover/upstream-health.ts';
import type { Health } from './health.ts';
import { logFailure } from './log-failure.ts';
import { within } from './within.ts';

export type HealthEnv = { readonly HEALTH: DurableObjectNamespace<Health> };

/** Its name; the only object of its class. */
const SHARED = 'upstreams';

const EXCHANGE_MS = 1_000;

/** Bursts of failures go together; a breaker that opens is known elsewhere before its cool-down is half over. */
const URGENT_MS = 250;

/** What is not urgent waits until the first token that brought it is on its way: one thread does both. */
const CALM_MS = 250;

/** After an exchange that failed. */
const PAUSE_MS = 10_000;

/** A request that was cut off in mid-exchange never says so: after this long another may begin. */
const GIVEN_UP_MS = 15_000;

/** One per environment object, which is one per isolate. Not request state: it holds counts of calls alone. */
const known = new WeakMap<HealthEnv, IsolateHealth>();

export function healthOf(env: HealthEnv): IsolateHealth {
  const health = known.get(env) ?? new IsolateHealth(env);
  known.set(env, health);
  return health;
}

export class IsolateHealth {
  readonly upstreams = new UpstreamHealth(Math.random);
  readonly budget = new RetryBudget();
  readonly #env: HealthEnv;
  #exchangedMs = -Infinity;
  #pausedUntilMs = -Infinity;
  #isExchanging = false;

  constructor(env: HealthEnv) {
    this.#env = env;
  }

  /**
   * Call it when a generation begins, for the others' view, and whenever a call has ended. Never throws.
   * @param waitUntil - keeps the isolate alive for the exchange
   */
  sync(waitUntil: (promise: Promise<unknown>) => void): void {
    const nowMs = Date.now();
    const delayMs = this.#delayMs(nowMs);
    if (delayMs === null) return;
    this.#isExchanging = true;
    this.#exchangedMs = nowMs;
    waitUntil(this.#exchangeSoon(delayMs));
  }

  /** Rejects when the object does not answer. */
  async exchange(): Promise<void> {
    this.#exchangedMs = Date.now();
    const { HEALTH } = this.#env;
    const snapshot = await within(HEALTH.get(HEALTH.idFromName(SHARED)).exchange(this.upstreams.takeDelta()));
    this.upstreams.adopt(snapshot, Date.now());
  }

  /** Null: there is nothing to tell or to ask, or it can wait for the next call. */
  #delayMs(nowMs: number): number | null {
    const { news, isTroubled } = this.upstreams;
    const ageMs = Math.abs(nowMs - this.#exchangedMs); // a clock that was set back must not stop it
    if (nowMs < this.#pausedUntilMs || (this.#isExchanging && ageMs < GIVEN_UP_MS)) return null;
    if (news === 'urgent') return Math.max(0, URGENT_MS - ageMs);
    const isDue = ageMs >= EXCHANGE_MS && (news === 'some' || isTroubled || this.#exchangedMs < 0);
    return isDue ? CALM_MS : null;
  }

  async #exchangeSoon(delayMs: number): Promise<void> {
    try {
      if (delayMs > 0) await pause(delayMs);
      await this.exchange();
      if (this.upstreams.news !== 'urgent') return;
      // It came while the exchange was under way, and perhaps no call follows that would tell it.
      await pause(URGENT_MS);
      await this.exchange();
    } catch (error) {
      logFailure('health', error);
      this.#pausedUntilMs = Date.now() + PAUSE_MS;
    } finally {
      this.#isExchanging = false;
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
