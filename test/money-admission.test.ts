// The promise: no upstream call is made for a request that its budget will refuse, and who may go to the edge instead
// is asked for once more, without a limit.

import { expect, it } from 'vitest';
import { Headroom } from '../policy/headroom.ts';
import type { AdmissionOutcome } from '../protocol/admission.ts';
import type { Refusal } from '../protocol/errors.ts';
import type { Budget, LeaseMoney, LeaseRequest } from '../protocol/plan.ts';
import { refuse, ok, type Result } from '../protocol/result.ts';
import { admit } from '../worker/admit.ts';
import type { Environment } from '../worker/environment.ts';
import type { PlannedRequest } from '../worker/make-plan.ts';
import { parseRequestOptions } from '../worker/request-options.ts';
import { leaseRequest } from './support/lease-requests.ts';

const GRANTED: AdmissionOutcome = { type: 'granted', headroom: 50 };
const SPENT: AdmissionOutcome = {
  type: 'refused',
  refusal: {
    reason: 'budget_spent',
    period: 'day',
    limitUsd: 1,
    leftUsd: 0,
    estimatedUsd: 2,
    retryAfterMs: null,
  },
};

function moneyOf(over: Budget['over']): LeaseMoney {
  return { estimatedUsd: 2, budget: { usdPerDay: 1, usdPerMonth: 9, over } };
}

function plannedWith(streamId: string, money: LeaseMoney | null): PlannedRequest {
  const lease = leaseRequest(streamId, money === null ? {} : { money });
  const plan = { streamId, tenant: 'a', tenantObject: 'o', admission: { type: 'ask', lease } };
  return { plan, lease, conversationObject: 'c' } as PlannedRequest; // admission looks at nothing else of a plan
}

/** Admits a request of a tenant that had much room a moment ago. */
async function admitted(
  money: LeaseMoney | null,
  outcomes: readonly AdmissionOutcome[],
  edge: Result<PlannedRequest, Refusal> = refuse({
    reason: 'data_locality',
    model: 'x',
    setting: 'x',
    missing: null,
  }),
) {
  const asked: LeaseRequest[] = [];
  const answer = (lease: LeaseRequest) => Promise.resolve(outcomes[asked.push(lease) - 1]);
  const env = { TENANTS: { idFromName: String, get: () => ({ admit: answer }) } } as unknown as Environment; // the one binding that is used
  const options = parseRequestOptions(new Headers());
  if (!options.ok) throw new Error('no headers are no options');
  const planned = plannedWith('first', money);
  const headroom = new Headroom();
  headroom.granted({ ...planned.lease, tenant: 'a' }, 50, Date.now());
  const question = { planned, options: options.value, atEdge: () => Promise.resolve(edge) };
  const outcome = await admit(question, { deployment: { headroom }, env });
  const shown = !outcome.ok
    ? outcome.refusal.reason
    : outcome.value.type === 'planned'
      ? `${outcome.value.planned.plan.streamId} ${outcome.value.planned.plan.admission.type}`
      : 'joined';
  return { shown, asked: asked.map(({ streamId, money: wanted }) => [streamId, wanted?.budget.usdPerDay]) };
}

it('a tenant with a budget waits for its lease, however many streams it may start; others run ahead', async () => {
  expect([await admitted(moneyOf('edge'), [GRANTED]), await admitted(null, [])]).toEqual([
    { shown: 'first granted', asked: [['first', 1]] },
    { shown: 'first ask', asked: [] },
  ]);
});

it.each(['refuse', 'wait'] as const)('over a budget that says %s it is refused', async (over) => {
  const edge = ok(plannedWith('edge', moneyOf(over)));
  expect(await admitted(moneyOf(over), [SPENT], edge)).toEqual({
    shown: 'budget_spent',
    asked: [['first', 1]],
  });
});

it('over a budget that says edge it is asked for again at the edge, without a limit', async () => {
  const edge = ok(plannedWith('edge', moneyOf('edge')));
  expect(await admitted(moneyOf('edge'), [SPENT, GRANTED], edge)).toEqual({
    shown: 'edge granted',
    asked: [
      ['first', 1],
      ['edge', null],
    ],
  });
});

it('where the edge cannot serve it the budget is what the client is told', async () => {
  expect((await admitted(moneyOf('edge'), [SPENT])).shown).toBe('budget_spent');
});

it('another limit that is met at the edge is told as it is', async () => {
  const edge = ok(plannedWith('edge', moneyOf('edge')));
  const full: AdmissionOutcome = {
    type: 'refused',
    refusal: { reason: 'too_many_streams', limit: 1, retryAfterMs: 1 },
  };
  expect((await admitted(moneyOf('edge'), [SPENT, full], edge)).shown).toBe('too_many_streams');
});
