// Speaks to Routing objects: reports what the Worker answered by itself, and asks for whoever waits, no longer than
// PATIENCE_MS. Each call takes a new stub: after an object was reset the old stub keeps failing, a new one works.

import { logFailure } from '../durable-objects/log-failure.ts';
import { within } from '../durable-objects/within.ts';
import type { RoutingState } from '../durable-objects/routing.ts';
import type { Plan } from '../protocol/plan.ts';
import { recordRoute, type EndedGeneration } from '../policy/record-route.ts';
import type { SnapshotQuestion } from '../policy/routing-snapshot.ts';
import type { Environment } from './environment.ts';

export function routingNamed(env: Environment, name: string): ReturnType<Environment['ROUTING']['get']> {
  return env.ROUTING.get(env.ROUTING.idFromName(name));
}

/** For an answer that no object owns. Never rejects: a record that is lost costs a sample, not an answer. */
export async function recordDirect(env: Environment, plan: Plan, ended: EndedGeneration): Promise<void> {
  if (!plan.isRecorded) return;
  try {
    await within(routingNamed(env, plan.tenantObject).record(recordRoute(plan, ended)));
  } catch (error) {
    logFailure('route record', error);
  }
}

/** Rejects when the object fails or takes too long. */
export async function askRouting(
  env: Environment,
  tenantObject: string,
  question: SnapshotQuestion,
): Promise<RoutingState> {
  return within(routingNamed(env, tenantObject).snapshot(question));
}
