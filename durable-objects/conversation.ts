// The object of one conversation: owns its generations and their logs. A thin shell: it finds the log,
// gives it storage and clock, and answers; what to do is decided by the plan and by plain classes.
// The constructor does nothing, so that an upstream call never waits for it.

import { DurableObject } from 'cloudflare:workers';
import { LEASE_TTL_MS, type AdmissionOutcome } from '../protocol/admission.ts';
import {
  ABOUT_HEADER,
  FOLLOW_PATH,
  GENERATE_PATH,
  HEADROOM_HEADER,
  REFUSED_STATUS,
  ROUTED_HEADER,
  ROUTED_PENDING,
  STOP_PATH,
  TIMELINE_PATH,
  type FollowCall,
  type RefusalBody,
  type StopCall,
  type StreamRef,
} from '../protocol/conversation-call.ts';
import type { Routed } from '../protocol/answer-check.ts';
import type { Refusal } from '../protocol/errors.ts';
import type { GenerationRecord } from '../protocol/generation-record.ts';
import type { AnalyticsPlan, Plan } from '../protocol/plan.ts';
import { toCompletion } from '../dialects/chat/completion.ts';
import { recordGeneration } from '../policy/analytics/record-generation.ts';
import { recordCut, type CutGeneration, type KeptForRecord } from '../policy/analytics/record-cut.ts';
import type { LeaseOutcome } from '../policy/lease-book.ts';
import { recordRoute, type EndedGeneration } from '../policy/record-route.ts';
import { costOf } from '../policy/usage-cost.ts';
import type { ReplayLog } from '../replay/replay-log.ts';
import type { EndpointEnv } from './endpoints.ts';
import { ConversationLogs } from './conversation-logs.ts';
import type { FollowedLog } from './followed-log.ts';
import { Generation, type GenerationPorts } from './generation.ts';
import { logFailure } from './log-failure.ts';
import type { Routing } from './routing.ts';
import { Shadows, shownText } from './shadow.ts';
import { reportGeneration, reportResumed, type StatsEnv } from './stats-client.ts';
import { storeAnswer, type AnswerCacheEnv } from './store-answer.ts';
import type { Tenant } from './tenant.ts';
import { within } from './within.ts';

export type ConversationEnv = EndpointEnv &
  AnswerCacheEnv &
  StatsEnv & {
    readonly TENANTS: DurableObjectNamespace<Tenant>;
    readonly ROUTING: DurableObjectNamespace<Routing>;
  };

/** Renews leases, recovers after a crash, deletes what expired: a third of the lease's life, so that two may fail. */
const WATCHDOG_MS = LEASE_TTL_MS / 3;

/** Alarms are not set closer than this. */
const MIN_ALARM_MS = 1000;

/** What a client waits when the tenant's object cannot answer. */
const OVERLOADED_RETRY_MS = 1000;

export class Conversation extends DurableObject<ConversationEnv> {
  readonly #logs = new ConversationLogs(this.ctx.storage, {
    cut: (ref, log) => this.ctx.waitUntil(this.#endCut(ref, log)),
    goOn: (plan, log) => this.#goOn(plan, log),
  });
  readonly #shadows = new Shadows({
    env: this.env,
    report: (outcome) => this.#routing(outcome.tenantObject).judged(outcome.feedback, outcome),
  });
  #alarmAtMs: number | null = null;

  override async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case GENERATE_PATH:
        return this.#generate(await request.json<Plan>(), request.signal);
      case FOLLOW_PATH:
        return this.#follow(await request.json<FollowCall>(), request.signal);
      case STOP_PATH:
        return this.#stop(await request.json<StopCall>());
      case TIMELINE_PATH:
        return this.#timeline(await request.json<StopCall>());
      default:
        throw new Error(`no such call: ${pathname}`);
    }
  }

  override async alarm(): Promise<void> {
    this.#alarmAtMs = null;
    // Renewed first: a disk that fails in recovery must not cost running generations their leases.
    await this.#renewLeases();
    await this.#logs.recoverAll(Date.now());
    this.#logs.deleteExpired(Date.now());
    await this.#watchFrom(Date.now());
  }

  async #generate(plan: Plan, signal: AbortSignal): Promise<Response> {
    if (this.#logs.isGivenUp(plan, Date.now())) return failure('interrupted');
    const generation = this.#newGeneration(plan, null);
    const detach = generation.followed.attach(); // whoever waits for the head is a reader too
    signal.addEventListener('abort', detach);
    this.ctx.waitUntil(generation.run());
    const head = await generation.head;
    try {
      if (head.type === 'refused') return refusal(head.refusal);
      if (head.type === 'failed') return failure(head.code, head.retryAfterMs);
      const response = plan.request.stream
        ? streaming(generation.followed.followAsked(plan.format, signal), head.headroom)
        : await whole(generation.followed);
      if (plan.answerCheck !== null || generation.hasChanged)
        response.headers.set(ROUTED_HEADER, routedText(generation.routed));
      return response;
    } finally {
      detach();
    }
  }

  /** @param cut - what a restart has left of its log */
  #newGeneration(plan: Plan, cut: ReplayLog | null): Generation {
    const ports: GenerationPorts = {
      env: this.env,
      store: this.#logs.storeFor(plan.generation),
      admit: () => this.#admit(plan),
      onAccepted: () => this.ctx.waitUntil(this.#watchFrom(Date.now())),
      onEnd: (end, usedTokens, ended) => {
        // Read before the log is closed: it may be compacted, and only a shadow needs it.
        const text = plan.shadow === null ? null : shownText(generation.log.events());
        if (plan.cache !== null)
          this.ctx.waitUntil(storeAnswer(this.env, plan.cache, generation.log.events()));
        this.#ended(plan, { end, usedTokens, usedUsd: costOf(ended.account.calls, plan.prices) });
        if (plan.analytics !== null && end !== 'refused')
          this.ctx.waitUntil(this.#report(plan, plan.analytics, recordGeneration(plan, ended)));
        if (plan.isRecorded && end !== 'refused') this.ctx.waitUntil(this.#learnFrom(plan, ended, text));
      },
      onReaders: (count) => this.#logs.readersChanged(plan.generation, count),
      waitUntil: (promise) => this.ctx.waitUntil(promise),
    };
    const generation = new Generation(plan, ports, cut);
    this.#logs.add(plan.generation, generation);
    return generation;
  }

  /** After a restart nobody waits for a head; readers follow the log. */
  #goOn(plan: Plan, log: ReplayLog): void {
    this.ctx.waitUntil(this.#newGeneration(plan, log).run());
  }

  async #follow(call: FollowCall, signal: AbortSignal): Promise<Response> {
    const found = await this.#logs.find(call, Date.now());
    if (!found.ok) return refusal(found.refusal);
    const isOver = found.value.followed.log.ended;
    try {
      const response = await read(found.value.followed, call, signal);
      if (isOver && isResumed(call, response)) this.#reportResumed(found.value.followed.log);
      response.headers.set(ABOUT_HEADER, JSON.stringify(found.value.followed.about()));
      return response;
    } finally {
      this.#logs.readersChanged(call.generation, found.value.followed.readers);
    }
  }

  async #stop(call: StopCall): Promise<Response> {
    const found = await this.#logs.find(call, Date.now());
    if (!found.ok) return refusal(found.refusal);
    const { followed, generation } = found.value;
    generation?.stop();
    await generation?.ended;
    this.#logs.readersChanged(call.generation, followed.readers);
    return new Response(null, { status: 204 });
  }

  async #timeline(call: StopCall): Promise<Response> {
    const found = await this.#logs.find(call, Date.now());
    if (!found.ok) return refusal(found.refusal);
    const { followed } = found.value;
    const timeline = followed.timeline();
    this.#logs.readersChanged(call.generation, followed.readers);
    return Response.json(timeline);
  }

  async #admit(plan: Plan): Promise<AdmissionOutcome> {
    if (plan.admission.type === 'granted') return { type: 'granted', headroom: plan.admission.headroom };
    try {
      return await this.#tenant(plan.tenantObject).admit(plan.admission.lease);
    } catch {
      // Without its tenant's object nothing bounds the spending: refuse, and say when to come back.
      return { type: 'refused', refusal: { reason: 'overloaded', retryAfterMs: OVERLOADED_RETRY_MS } };
    }
  }

  /** A log that was ended by recovery also needs an alarm that deletes it: the object may have died before it set one. */
  async #endCut(ref: Pick<StreamRef, 'tenantObject' | 'streamId'>, log: ReplayLog | null): Promise<void> {
    const cut = log === null ? null : cutOf(log, Date.now());
    await this.#release(ref, { end: 'failed', usedTokens: null, usedUsd: null });
    await this.#watchFrom(Date.now());
    if (cut !== null) await this.#report(ref, cut.kept, recordCut(cut));
  }

  #ended(plan: Plan, outcome: LeaseOutcome): void {
    this.#logs.ended(plan.generation, outcome.end);
    if (outcome.end === 'refused') return;
    this.ctx.waitUntil(this.#release(plan, outcome));
  }

  #report(
    { tenantObject }: Pick<StreamRef, 'tenantObject'>,
    { shards }: Pick<AnalyticsPlan, 'shards'>,
    record: GenerationRecord,
  ): Promise<void> {
    return reportGeneration(this.env, { tenantObject, shards }, record);
  }

  #reportResumed({ header }: ReplayLog): void {
    const { recorded, tenantObject, facts } = header;
    if (recorded === undefined) return;
    const { shards } = recorded as KeptForRecord; // only a generation writes it
    this.ctx.waitUntil(reportResumed(this.env, { tenantObject, shards }, facts.streamId));
  }

  /** The record first: what a judge says of it is joined with it. */
  async #learnFrom(plan: Plan, ended: EndedGeneration, text: string | null): Promise<void> {
    const { shadow } = plan;
    await this.#record(plan, ended);
    const { tier } = ended.routed?.decision ?? plan.decision;
    if (shadow !== null && text !== null) await this.#shadows.run({ ...plan, shadow }, { tier, text });
  }

  /** After the terminal event, so that nobody waits for it; a record that is lost costs a sample, not an answer. */
  async #record(plan: Plan, ended: EndedGeneration): Promise<void> {
    try {
      await within(this.#routing(plan.tenantObject).record(recordRoute(plan, ended)));
    } catch (error) {
      logFailure('route record', error);
    }
  }

  async #release(
    ref: Pick<StreamRef, 'tenantObject' | 'streamId'>,
    { end, usedTokens, usedUsd }: LeaseOutcome,
  ): Promise<void> {
    try {
      await this.#tenant(ref.tenantObject).release(ref.streamId, end, usedTokens, usedUsd);
    } catch {
      // The lease expires by itself within its TTL.
    }
  }

  async #renewLeases(): Promise<void> {
    const byTenant = Map.groupBy(this.#logs.running(), (generation) => generation.plan.tenantObject);
    for (const [tenantObject, generations] of byTenant) {
      try {
        await this.#tenant(tenantObject).renew(generations.map((generation) => generation.plan.streamId));
      } catch {
        // The next watchdog tries again; a lease survives two missed renewals.
      }
    }
  }

  /** Sets the watchdog while a generation runs, else wakes up when the next log expires. */
  async #watchFrom(nowMs: number): Promise<void> {
    const running = this.#logs.running().length > 0;
    const nextMs = running ? nowMs + WATCHDOG_MS : this.#logs.nextExpiryMs();
    if (nextMs === null) return;
    // An expired log that is still being read waits; an alarm in the past would fire again and again meanwhile.
    const wantedMs = Math.max(nextMs, nowMs + MIN_ALARM_MS);
    if (this.#alarmAtMs !== null && this.#alarmAtMs <= wantedMs) return;
    this.#alarmAtMs = wantedMs;
    await this.ctx.storage.setAlarm(wantedMs);
  }

  #routing(name: string): DurableObjectStub<Routing> {
    return this.env.ROUTING.get(this.env.ROUTING.idFromName(name));
  }

  #tenant(name: string): DurableObjectStub<Tenant> {
    return this.env.TENANTS.get(this.env.TENANTS.idFromName(name));
  }
}

/** Comes back for frames that it has missed; who only asks whether there are more gets none. */
function isResumed({ cursor, pollMs }: FollowCall, { status }: Response): boolean {
  return cursor !== null && pollMs === null && status === 200;
}

/** Null: no record is made of it. */
function cutOf(log: ReplayLog, endedMs: number): CutGeneration | null {
  const { facts, tenant, recorded } = log.header;
  if (recorded === undefined) return null;
  const kept = recorded as KeptForRecord; // only a generation writes it
  const { streamId, createdMs } = facts;
  return { kept, streamId, tenant, createdMs, endedMs, events: [...log.events()] };
}

async function read(followed: FollowedLog, call: FollowCall, signal: AbortSignal): Promise<Response> {
  if (call.isWhole) return joinedWhole(followed, signal);
  if (call.pollMs !== null) {
    const answer = await followed.poll(call.cursor, call.format, call.pollMs);
    return answer.ok ? Response.json(answer.value) : refusal(answer.refusal);
  }
  const body = followed.follow(call.cursor, call.format, signal);
  return body.ok ? streaming(body.value, null) : refusal(body.refusal);
}

/** Like `whole`, for a client that joined: it is a reader until it leaves. */
async function joinedWhole(followed: FollowedLog, signal: AbortSignal): Promise<Response> {
  const detach = followed.attach();
  signal.addEventListener('abort', detach);
  try {
    return await whole(followed);
  } finally {
    detach();
  }
}

function routedText(routed: Routed | null): string {
  return routed === null ? ROUTED_PENDING : JSON.stringify(routed);
}

function streaming(body: ReadableStream<Uint8Array> | null, headroom: number | null): Response {
  if (body === null) return new Response(null, { status: 204 });
  const headers = new Headers({ 'content-type': 'text/event-stream' });
  if (headroom !== null) headers.set(HEADROOM_HEADER, String(headroom));
  return new Response(body, { headers });
}

/** The whole answer as one JSON body, for `stream: false`. */
async function whole(followed: FollowedLog): Promise<Response> {
  await followed.untilEnd();
  const completion = toCompletion(followed.log.header.facts, followed.log.events());
  return completion.type === 'completion' ? Response.json(completion.body) : failure(completion.code);
}

function failure(
  code: Extract<Refusal, { reason: 'generation_failed' }>['failure'],
  retryAfterMs: number | null = null,
): Response {
  return refusal({ reason: 'generation_failed', failure: code, retryAfterMs });
}

function refusal(reason: Refusal): Response {
  const body: RefusalBody = { refusal: reason };
  return Response.json(body, { status: REFUSED_STATUS });
}
