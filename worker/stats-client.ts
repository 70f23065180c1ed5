// Asks the Stats objects. All of them or nothing: a shard that cannot answer must never look like an hour without traffic.

import { logFailure } from '../durable-objects/log-failure.ts';
import { statsShard } from '../durable-objects/stats-client.ts';
import type { Stats } from '../durable-objects/stats.ts';
import { within } from '../durable-objects/within.ts';
import type { Refusal } from '../protocol/errors.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';
import type { RequestContext } from './pipeline.ts';
import { OVERLOADED_RETRY_MS } from './tenant-client.ts';

type StatsContext = Pick<RequestContext, 'env' | 'deployment'>;

export function statsShards({ env, deployment }: StatsContext): readonly DurableObjectStub<Stats>[] {
  const { shards } = deployment.config.analytics;
  return Array.from({ length: shards }, (_none, shard) => statsShard(env, shard));
}

/** The answers in the order of the shards. */
export async function askShards<Answer>(
  shards: readonly DurableObjectStub<Stats>[],
  ask: (shard: DurableObjectStub<Stats>) => Promise<Answer>,
): Promise<Result<readonly Answer[], Refusal>> {
  try {
    return ok(await Promise.all(shards.map((shard) => within(ask(shard)))));
  } catch (error) {
    logFailure('statistics', error);
    return refuse({ reason: 'overloaded', retryAfterMs: OVERLOADED_RETRY_MS });
  }
}
