// The headers of `docs/protocol.md` that stand on every generation, streamed or not.

import type { About } from '../protocol/conversation-call.ts';
import type { Plan } from '../protocol/plan.ts';
import { makeTicket } from './ticket.ts';
import type { Deployment } from './deployment.ts';
import type { Phases } from './phases.ts';

export type GenerationHead = {
  readonly plan: Plan;
  /** The conversation's name as the client knows it. */
  readonly conversation: string;
  /** Where the stream can be resumed; null when it cannot. */
  readonly link: string | null;
  readonly phases: Phases;
};

export function generationHeaders(head: GenerationHead): Headers {
  const { plan } = head;
  const headers = new Headers({
    'x-edgeways-stream': head.link === null ? directId(plan) : plan.streamId,
    'x-edgeways-conversation': head.conversation,
    'x-edgeways-route': plan.decision.tier,
    'x-edgeways-model': plan.decision.model,
    'x-edgeways-reason': plan.decision.reasons.join('; '),
    'x-edgeways-resumable': String(head.link !== null),
    'server-timing': head.phases.toHeader(),
  });
  if (head.link !== null) headers.set('link', head.link);
  return headers;
}

/** Names an answer in a report. It opens nothing: asking for a stream that has no log would end its lease. */
function directId({ generation }: Plan): string {
  return `d_${generation}`;
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
  const { conversation, route } = JSON.parse(about) as About; // written by our own object
  if (conversation !== '') headers.set('x-edgeways-conversation', conversation);
  if (route === null) return;
  headers.set('x-edgeways-route', route.tier);
  headers.set('x-edgeways-model', route.model);
  headers.set('x-edgeways-reason', route.reasons.join('; '));
}

/** Proxies must pass each event on at once, unchanged and uncompressed. */
export function addStreamHeaders(headers: Headers): void {
  headers.set('content-type', 'text/event-stream; charset=utf-8');
  headers.set('cache-control', 'no-cache, no-transform');
  headers.set('x-accel-buffering', 'no');
}
