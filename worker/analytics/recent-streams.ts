// GET /v1/analytics/streams and /v1/analytics/streams/{id}: the newest generations, and one of them with its timeline.

import type { Timeline } from '../../protocol/conversation-call.ts';
import type { Refusal } from '../../protocol/errors.ts';
import { ok, refuse, type Result } from '../../protocol/result.ts';
import type { ListedRecord } from '../../policy/analytics/stream-ring.ts';
import { ConversationClient } from '../conversation-client.ts';
import { logFailure } from '../../durable-objects/log-failure.ts';
import type { RequestContext } from '../pipeline.ts';
import { askShards, statsShards } from '../stats-client.ts';
import { locateStream, type StreamLocation } from '../stream-id.ts';
import { OVERLOADED_RETRY_MS } from '../tenant-client.ts';
import { tenantsOf } from './active-streams.ts';
import type { Reading, Told } from './read-cells.ts';
import { streamFields } from './stream-fields.ts';

export async function tellStreams({ context, asked }: Reading): Promise<Result<Told, Refusal>> {
  const { limit, filter, outcome } = asked;
  const answers = await askShards(statsShards(context), (shard) => shard.streams({ limit, filter, outcome }));
  if (!answers.ok) return answers;
  const records: readonly ListedRecord[] = answers.value.flatMap((answer) => answer.records);
  const newest = records.toSorted((one, two) => two.endedMs - one.endedMs).slice(0, limit);
  const data = newest.map(streamFields);
  return ok({ body: { data }, rows: () => data });
}

export async function tellStream(context: RequestContext, id: string): Promise<Result<object, Refusal>> {
  const found = await askShards(statsShards(context), (shard) => shard.find(id));
  if (!found.ok) return found;
  const record: ListedRecord | null = found.value.find((one) => one !== null) ?? null;
  const located = await locate(context, record, id);
  const timeline = located === null ? ok(null) : await timelineOf(context, located);
  if (!timeline.ok) return timeline;
  if (record === null && timeline.value === null) return refuse({ reason: 'unknown_stream' });
  const stream = record === null ? null : streamFields(record);
  return ok({ object: 'analytics.stream', stream, timeline: timeline.value });
}

/** An id proves its tenant and does not name it. */
async function locate(
  context: RequestContext,
  record: ListedRecord | null,
  id: string,
): Promise<StreamLocation | null> {
  for (const tenant of record === null ? tenantsOf(context) : [record.tenant]) {
    const located = await locateStream(context.deployment.signer, tenant, id);
    if (located !== null) return located;
  }
  return null;
}

/** Null when its log is no longer there. */
async function timelineOf(
  { deployment: { config }, env }: RequestContext,
  located: StreamLocation,
): Promise<Result<object | null, Refusal>> {
  const client = new ConversationClient(env, located.conversationObject);
  try {
    const timeline = await client.timeline({
      ...located,
      retentionMs: config.retention_seconds * 1000,
      heartbeatMs: config.timeouts.heartbeat_ms,
      maxFollowers: config.limits.followers_per_stream,
    });
    return ok(timeline && { ...timeline, terminal: terminalOf(timeline) });
  } catch (error) {
    logFailure('timeline', error);
    return refuse({ reason: 'overloaded', retryAfterMs: OVERLOADED_RETRY_MS });
  }
}

function terminalOf({ events }: Timeline): object | null {
  const last = events.at(-1);
  return last?.type === 'done' || last?.type === 'error' ? { type: last.type, reason: last.what } : null;
}
