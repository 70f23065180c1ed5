// Counts requests that a quota refused, for operators. A flood of them must not become a flood of calls: an isolate adds
// them up and tells the sum every few seconds. What it has not told when it is thrown away is lost.

import { reportRefusals } from '../durable-objects/stats-client.ts';
import type { Refusal } from '../protocol/errors.ts';
import type { RefusalCount } from '../protocol/generation-record.ts';
import { authenticate } from './authenticate.ts';
import type { Environment } from './environment.ts';
import type { RequestContext } from './pipeline.ts';

const TELL_MS = 3_000;

type Pending = { readonly sinceMs: number; readonly counts: Map<string, RefusalCount> };

/** One per environment object, which is one per isolate. Counts alone; tenants and reasons are few. */
const pending = new WeakMap<Environment, Pending>();

export function countRefusal(request: Request, refusal: Refusal, context: RequestContext): void {
  const isQuota = 'retryAfterMs' in refusal && refusal.reason !== 'generation_failed';
  if (isQuota && context.deployment.config.analytics.enabled)
    context.waitUntil(note(request, refusal.reason, context));
}

async function note(request: Request, reason: string, { deployment, env }: RequestContext): Promise<void> {
  const principal = await authenticate(request, deployment);
  if (!principal.ok) return;
  const { tenant } = principal.value;
  const known = pending.get(env);
  // Who was to tell them may have been thrown away with its request: then the next one does.
  const isTold = known !== undefined && Math.abs(Date.now() - known.sinceMs) <= 2 * TELL_MS;
  const { counts } = known ?? { counts: new Map<string, RefusalCount>() };
  const name = `${tenant} ${reason}`;
  counts.set(name, { tenant, reason, count: (counts.get(name)?.count ?? 0) + 1 });
  if (isTold) return;
  pending.set(env, { sinceMs: Date.now(), counts });
  await new Promise((resolve) => setTimeout(resolve, TELL_MS));
  pending.delete(env);
  await reportRefusals(env, [...counts.values()]);
}
