// The headers of `docs/protocol.md` that stand on every generation, streamed or not.

import type { Plan } from '../protocol/plan.ts';
import { makeTicket } from './ticket.ts';
import type { Deployment } from './deployment.ts';
import type { Phases } from './phases.ts';

export type GenerationHead = {
  readonly plan: Plan;
  /** The conversation's name as the client knows it. */
  readonly conversation: string;
  readonly isResumable: boolean;
  readonly phases: Phases;
};

export async function generationHeaders(head: GenerationHead, deployment: Deployment): Promise<Headers> {
  const { plan } = head;
  const headers = new Headers({
    'x-edgeways-stream': plan.streamId,
    'x-edgeways-conversation': head.conversation,
    'x-edgeways-route': plan.decision.tier,
    'x-edgeways-model': plan.decision.model,
    'x-edgeways-reason': plan.decision.reasons.join('; '),
    'x-edgeways-resumable': String(head.isResumable),
    'server-timing': head.phases.toHeader(),
  });
  if (!head.isResumable) return headers;
  const expiresMs = plan.createdMs + plan.limits.retentionMs;
  const ticket = await makeTicket(deployment.signer, plan.streamId, { tenant: plan.tenant, expiresMs });
  headers.set('link', `</v1/streams/${plan.streamId}?ticket=${encodeURIComponent(ticket)}>; rel="resume"`);
  return headers;
}

/** Proxies must pass each event on at once, unchanged and uncompressed. */
export function addStreamHeaders(headers: Headers): void {
  headers.set('content-type', 'text/event-stream; charset=utf-8');
  headers.set('cache-control', 'no-cache, no-transform');
  headers.set('x-accel-buffering', 'no');
}
