// One object for the deployment: adds up what its isolates see of the upstreams, so that a breaker opens everywhere when
// it opens. Nobody waits for it on the way to an answer. It keeps nothing on disk: what it knows is a minute of calls and
// five of first tokens, and an object without traffic for long enough to be thrown away knows nothing that still holds.

import { DurableObject } from 'cloudflare:workers';
import { breakerTurns } from '../policy/failover/breaker-turns.ts';
import { UpstreamHealth, type HealthReport } from '../policy/failover/upstream-health.ts';
import { reportTurns, type StatsEnv } from './stats-client.ts';

export class Health extends DurableObject<StatsEnv> {
  readonly #health = new UpstreamHealth(Math.random);

  /** Takes what an isolate saw since its last call, gives what all of them saw. */
  exchange(delta: HealthReport): HealthReport {
    const nowMs = Date.now();
    const before = this.#health.view(nowMs);
    this.#health.merge(delta, nowMs);
    const snapshot = this.#health.snapshot(nowMs);
    const turns = breakerTurns(before, this.#health.view(nowMs), nowMs);
    if (turns.length > 0) this.ctx.waitUntil(reportTurns(this.env, turns));
    return snapshot;
  }
}
