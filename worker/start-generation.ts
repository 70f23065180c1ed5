// Starts a planned generation in its Conversation object, or straight from the upstream when the request asks
// for that or the object cannot take it. After an object accepted, an answer is never forked: a broken
// connection to it is followed again, not generated again.

import { LEASE_TTL_MS, type LeaseEnd } from '../protocol/admission.ts';
import { HEADROOM_HEADER, type FollowCall } from '../protocol/conversation-call.ts';
import type { Refusal } from '../protocol/errors.ts';
import type { LeaseRequest, Plan } from '../protocol/plan.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';
import { reportGeneration } from '../durable-objects/stats-client.ts';
import { recordGeneration } from '../policy/analytics/record-generation.ts';
import type { EndedGeneration } from '../policy/record-route.ts';
import { costOf } from '../policy/usage-cost.ts';
import type { ConversationClient } from './conversation-client.ts';
import { DirectAnswer } from './direct-answer.ts';
import type { Environment } from './environment.ts';
import type { RequestContext } from './pipeline.ts';
import { recordDirect } from './routing-client.ts';
import { askTenant, releaseLease, renewLease } from './tenant-client.ts';

/** `owned`: the object holds it and it can be resumed. `direct`: this very connection is all there is. */
export type StartedGeneration =
  | {
      readonly type: 'owned';
      readonly plan: Plan;
      readonly response: Response;
      readonly client: ConversationClient;
    }
  | { readonly type: 'direct'; readonly plan: Plan; readonly answer: DirectAnswer };

export type StartContext = {
  readonly context: RequestContext;
  readonly request: Request;
  readonly lease: LeaseRequest;
};

/** A third of the lease's life, so that two renewals may fail: no object's alarm renews it here. */
const RENEW_MS = LEASE_TTL_MS / 3;

export async function startGeneration(
  plan: Plan,
  client: ConversationClient,
  start: StartContext,
): Promise<Result<StartedGeneration, Refusal>> {
  if (start.request.signal.aborted) return abandon(plan, start);
  if (start.request.headers.get('x-edgeways-resumable') === 'false') return startDirect(plan, start);
  try {
    const generated = await client.generate(plan, start.request.signal);
    return noteHeadroom(generated, plan, { client, start });
  } catch (error) {
    if (start.request.signal.aborted) throw error; // nobody is left to answer
    return afterFailure(plan, client, start);
  }
}

/** The client left while its tenant was asked: nothing was started, so its place is free again. */
function abandon(plan: Plan, { context }: StartContext): Result<StartedGeneration, Refusal> {
  if (plan.admission.type === 'granted') {
    context.waitUntil(releaseLease(context.env, plan, { end: 'refused', usedTokens: 0, usedUsd: 0 }));
  }
  return refuse({ reason: 'generation_failed', failure: 'interrupted', retryAfterMs: null });
}

/** The object failed. If it knows the stream it had accepted, so its log is the answer; else it never did. */
async function afterFailure(
  plan: Plan,
  client: ConversationClient,
  start: StartContext,
): Promise<Result<StartedGeneration, Refusal>> {
  const goesOn = plan.failover.onUpstreamLoss === 'continue' && plan.cached === null;
  const isWhole = goesOn && !plan.request.stream;
  try {
    const followed = await client.follow({ ...followCallOf(plan, null), isWhole }, start.request.signal);
    if (!followed.ok) {
      // Without a trace of the stream nobody else would end its lease before it expires.
      if (followed.refusal.reason === 'overloaded')
        await releaseLease(start.context.env, plan, { end: 'failed', usedTokens: null, usedUsd: null });
      return followed;
    }
    // The object goes on with the answer, and this is who asked for it.
    if (goesOn) return ok({ type: 'owned', plan, response: followed.value, client });
    await followed.value.body?.cancel(); // else it would count as a reader for ever
    return refuse({ reason: 'generation_failed', failure: 'interrupted', retryAfterMs: null });
  } catch (error) {
    if (start.request.signal.aborted) throw error; // nobody is left to answer
    return startDirect(plan, start);
  }
}

/** Takes the lease itself, unless it is held already: the quota holds in every mode. */
async function startDirect(
  plan: Plan,
  { context, request, lease }: StartContext,
): Promise<Result<StartedGeneration, Refusal>> {
  const { env } = context;
  if (plan.admission.type === 'ask') {
    const outcome = await askTenant(env, plan.tenantObject, lease);
    if (outcome.type === 'refused') return refuse(outcome.refusal);
  }
  const renewal = setInterval(() => context.waitUntil(renewLease(env, plan)), RENEW_MS);
  const onEnd = (end: LeaseEnd, usedTokens: number, ended: EndedGeneration): void => {
    clearInterval(renewal);
    const usedUsd = costOf(ended.account.calls, plan.prices);
    context.waitUntil(releaseLease(env, plan, { end, usedTokens, usedUsd }));
    context.waitUntil(recordDirect(env, plan, ended));
    context.waitUntil(reportDirect(env, plan, ended));
  };
  const answer = new DirectAnswer(plan, { env, onEnd, waitUntil: context.waitUntil });
  request.signal.addEventListener('abort', () => answer.stop());
  const failed = await answer.open();
  if (failed !== null) {
    const { retryAfterMs } = answer;
    return refuse({ reason: 'generation_failed', failure: failed.code, retryAfterMs });
  }
  return ok({ type: 'direct', plan, answer });
}

async function reportDirect(env: Environment, plan: Plan, ended: EndedGeneration): Promise<void> {
  if (plan.analytics === null) return;
  const place = { tenantObject: plan.tenantObject, shards: plan.analytics.shards };
  await reportGeneration(env, place, recordGeneration(plan, ended));
}

function noteHeadroom(
  generated: Result<Response, Refusal>,
  plan: Plan,
  { client, start }: { readonly client: ConversationClient; readonly start: StartContext },
): Result<StartedGeneration, Refusal> {
  const { headroom } = start.context.deployment;
  const caller = { ...start.lease, tenant: plan.tenant };
  if (!generated.ok) {
    headroom.refused(caller, generated.refusal, Date.now());
    return generated;
  }
  const left = generated.value.headers.get(HEADROOM_HEADER);
  if (left !== null && plan.admission.type === 'ask') headroom.grantedBefore(caller, Number(left));
  return ok({ type: 'owned', plan, response: generated.value, client });
}

export function followCallOf(plan: Plan, cursor: string | null): FollowCall {
  const { generation, streamId, tenant, tenantObject, createdMs, format, limits } = plan;
  const { retentionMs, heartbeatMs, maxFollowers } = limits;
  return {
    generation,
    streamId,
    tenant,
    tenantObject,
    createdMs,
    format,
    cursor,
    pollMs: null,
    isWhole: false,
    retentionMs,
    heartbeatMs,
    maxFollowers,
  };
}
