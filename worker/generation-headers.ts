// The headers of `docs/protocol.md` that stand on every generation, streamed or not.

import type { DraftVerdict, Routed } from '../protocol/answer-check.ts';
import { ROUTED_HEADER, ROUTED_PENDING, type About } from '../protocol/conversation-call.ts';
import type { Plan } from '../protocol/plan.ts';
import { directId } from '../protocol/direct-id.ts';
import { reasonText } from '../protocol/reason-text.ts';
import { routeEvent } from '../protocol/route-event.ts';
import type { RouteDecision, Tier } from '../protocol/route.ts';
import { makeTicket } from './ticket.ts';
import type { Deployment } from './deployment.ts';
import type { Phases } from './phases.ts';

export type GenerationHead = {
  readonly plan: Plan;
  /** What was decided in the end; null while a draft is still being checked. */
  readonly routed: Routed | null;
  /** The conversation's name as the client knows it. */
  readonly conversation: string;
  /** Where the stream can be resumed; null when it cannot. */
  readonly link: string | null;
  readonly phases: Phases;
};

export function generationHeaders(head: GenerationHead): Headers {
  const { plan, routed } = head;
  const headers = new Headers({
    'x-edgeways-stream': head.link === null ? directId(plan) : plan.streamId,
    'x-edgeways-conversation': head.conversation,
    'x-edgeways-resumable': String(head.link !== null),
    'server-timing': head.phases.toHeader(),
  });
  if (head.link !== null) headers.set('link', head.link);
  if (routed === null) addPendingHeaders(headers, plan.decision);
  else addRouteHeaders(headers, routed.decision);
  if (plan.cached !== null) headers.set('x-edgeways-cache', 'hit');
  else if (plan.cache !== null) headers.set('x-edgeways-cache', 'miss');
  if (plan.answerCheck !== null) headers.set('x-edgeways-answer-check', checkText(routed));
  return headers;
}

function addRouteHeaders(headers: Headers, decision: RouteDecision): void {
  headers.set('x-edgeways-route', decision.tier);
  headers.set('x-edgeways-model', decision.model);
  headers.set('x-edgeways-reason', reasonText(routeEvent({ decision, check: null })));
}

/** The head left before the draft was judged: which tier answers is told by the `route` event, not by a guess. */
function addPendingHeaders(headers: Headers, decision: RouteDecision): void {
  headers.set('x-edgeways-route', ROUTED_PENDING);
  headers.set('x-edgeways-reason', reasonText(routeEvent({ decision, check: null })));
}

function checkText(routed: Routed | null): string {
  const check = routed?.check ?? null;
  if (routed === null || check === null) return ROUTED_PENDING;
  const { tier } = routed.decision;
  const { mode, verdict, heldMs } = check;
  return `${foundText(verdict, tier)}; mode=${mode}; held_ms=${heldMs}`;
}

/** `doubted`: the draft is shown all the same, because the cloud did not answer at all. */
function foundText(verdict: DraftVerdict, shown: Tier): string {
  if (verdict.type === 'good') return 'good';
  return `${shown === 'cloud' ? 'escalated' : 'doubted'}; fault=${verdict.fault}`;
}

/** What the object says it decided; without a check and as long as no other model had to answer, it is the plan. */
export function routedOf(plan: Plan, response: Response): Routed | null {
  const text = response.headers.get(ROUTED_HEADER);
  if (text === null && plan.answerCheck === null) return { decision: plan.decision, check: null };
  if (text === null || text === ROUTED_PENDING) return null;
  return JSON.parse(text) as Routed; // written by our own object
}

/** Where a browser's EventSource reads the stream, with a ticket that lasts as long as the stream may. */
export async function resumeLink(
  { streamId, tenant, createdMs }: Pick<Plan, 'streamId' | 'tenant' | 'createdMs'>,
  { signer, config }: Deployment,
): Promise<string> {
  const expiresMs = createdMs + config.retention_seconds * 1000;
  const ticket = await makeTicket(signer, streamId, { tenant, expiresMs });
  return `</v1/streams/${streamId}?ticket=${encodeURIComponent(ticket)}>; rel="resume"`;
}

/** The same facts for a stream that another request started, as its object tells them. */
export function addAboutHeaders(headers: Headers, about: string | null): void {
  if (about === null) return;
  const { conversation, route, isPending } = JSON.parse(about) as About; // written by our own object
  if (conversation !== '') headers.set('x-edgeways-conversation', conversation);
  if (isPending) headers.set('x-edgeways-route', ROUTED_PENDING);
  if (route === null) return;
  headers.set('x-edgeways-route', route.tier);
  headers.set('x-edgeways-model', route.model);
  headers.set('x-edgeways-reason', route.reason);
}

/** Proxies must pass each event on at once, unchanged and uncompressed. */
export function addStreamHeaders(headers: Headers): void {
  headers.set('content-type', 'text/event-stream; charset=utf-8');
  headers.set('cache-control', 'no-cache, no-transform');
  headers.set('x-accel-buffering', 'no');
}
