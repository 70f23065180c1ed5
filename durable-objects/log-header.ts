// What a log says of its generation from the first write on: whose it is, and what a restart needs of it.

import type { Plan } from '../protocol/plan.ts';
import { keptForRecord } from '../policy/analytics/record-cut.ts';
import { chunkingOf } from '../policy/analytics/record-generation.ts';
import type { LogHeader } from '../replay/header.ts';

export function headerOf(plan: Plan): LogHeader {
  const facts = {
    generation: plan.generation,
    streamId: plan.streamId,
    model: plan.decision.model,
    createdMs: plan.createdMs,
    includeUsage: plan.request.includeUsage,
  };
  const { tenant, tenantObject, conversation } = plan;
  const { retentionMs } = plan.limits;
  // What goes on after a restart is the request: kept with the log while it runs, deleted with its end.
  const unfinished = plan.failover.onUpstreamLoss === 'continue' && plan.cached === null ? plan : null;
  const owner = { tenant, tenantObject, conversation, retentionMs };
  const recorded = keptForRecord(plan, chunkingOf(plan, { isDirect: false }));
  const kept = recorded === null ? {} : { recorded };
  return { facts, ...owner, epochStarts: [0], finished: null, unfinished, ...kept };
}
