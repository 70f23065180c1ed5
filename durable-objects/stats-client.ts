// Speaks to the Stats objects. Reporting never rejects and is never waited for: a record that is lost costs a number on
// a dashboard, not an answer. A record goes out once more when its object failed: it is counted by its id.

import type { BreakerTurn, GenerationRecord, RefusalCount } from '../protocol/generation-record.ts';
import { RateMeter, shardOf } from '../policy/analytics/shard-of.ts';
import { toDataPoint, type DataPoint } from '../policy/analytics/engine-point.ts';
import { logFailure } from './log-failure.ts';
import type { Stats } from './stats.ts';
import { within } from './within.ts';

export type StatsEnv = {
  readonly STATS: DurableObjectNamespace<Stats>;
  /** Analytics Engine, where the deployment has it. */
  readonly ANALYTICS?: { writeDataPoint(point: DataPoint): void };
};

/** Where a record goes: its tenant's object, and among how many. */
export type StatsPlace = { readonly tenantObject: string; readonly shards: number };

/** One per environment object, which is one per isolate. Not request state: counts of records alone. */
const meters = new WeakMap<StatsEnv, RateMeter>();

export function statsShard(env: StatsEnv, shard: number): DurableObjectStub<Stats> {
  return env.STATS.get(env.STATS.idFromName(`stats-${shard}`));
}

export async function reportGeneration(
  env: StatsEnv,
  { tenantObject, shards }: StatsPlace,
  record: GenerationRecord,
): Promise<void> {
  const meter = meters.get(env) ?? new RateMeter();
  meters.set(env, meter);
  const ratePerSecond = meter.count(tenantObject, Date.now());
  const shard = shardOf(tenantObject, record.id, { shards, ratePerSecond });
  writePoint(env, record);
  try {
    await twice(() => within(statsShard(env, shard).record(record)));
  } catch (error) {
    logFailure('statistics', error);
  }
}

export async function reportRefusals(env: StatsEnv, counts: readonly RefusalCount[]): Promise<void> {
  try {
    await within(statsShard(env, 0).refused(counts));
  } catch (error) {
    logFailure('refusals', error);
  }
}

/**
 * What a client measured. A busy tenant's records are spread, so the report goes to where its record may be.
 * Rejects when an object does not answer.
 */
export async function reportRenderLag(
  env: StatsEnv,
  { tenantObject, shards }: StatsPlace,
  { id, renderLagMs }: { readonly id: string; readonly renderLagMs: number },
): Promise<void> {
  for (const shard of shardsOf({ tenantObject, shards }, id)) {
    const outcome = await within(statsShard(env, shard).amend(id, { renderLagMs }));
    if (outcome !== 'waiting') return;
  }
}

/** A client came back after the end; until then its connections are part of the record. */
export async function reportResumed(env: StatsEnv, place: StatsPlace, id: string): Promise<void> {
  try {
    for (const shard of shardsOf(place, id)) {
      if (await within(statsShard(env, shard).resumed(id))) return;
    }
  } catch (error) {
    logFailure('statistics', error);
  }
}

function shardsOf({ tenantObject, shards }: StatsPlace, id: string): ReadonlySet<number> {
  return new Set([0, Infinity].map((ratePerSecond) => shardOf(tenantObject, id, { shards, ratePerSecond })));
}

/** They are few and concern everybody, so they are all in one place. */
export async function reportTurns(env: StatsEnv, turns: readonly BreakerTurn[]): Promise<void> {
  try {
    await within(statsShard(env, 0).turned(turns));
  } catch (error) {
    logFailure('breaker turns', error);
  }
}

/** Returns at once: the platform sends points when the request is over. */
function writePoint({ ANALYTICS }: StatsEnv, record: GenerationRecord): void {
  try {
    ANALYTICS?.writeDataPoint(toDataPoint(record));
  } catch (error) {
    logFailure('analytics engine', error);
  }
}

/** After an object was reset the old stub keeps failing, a new one works. */
async function twice(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch {
    await call(); // counted by its id, so that a first try that did arrive changes nothing
  }
}
