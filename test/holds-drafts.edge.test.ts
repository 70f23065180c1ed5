// The promise: a lease that is refused, a disk that fails, a model that is broken and a client that leaves while drafts
// are held end the generation once, close every call and leave no timer behind.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { DirectAnswer } from '../worker/direct-answer.ts';
import { draftPlan, HeldModels, holdDrafts, type HeldDrafts } from './support/held-drafts.ts';
import { GRANTED, heldPlan, REFUSED } from './support/held-generation.ts';
import { env } from 'cloudflare:workers';

const RIGHT = 'Six times seven is 42.';
const REFUSAL = "I'm sorry, but I can't help with that request.";

afterEach(() => vi.restoreAllMocks());

function typesOf({ generation }: HeldDrafts): string[] {
  return Array.from(generation.log.events(), (event) => event.type);
}

/** Timers that were set and neither cleared nor due within a second. */
/** Longer than a hold or a wait between two, and not the patience with another object. */
function isOfCalls(ms: number): boolean {
  return ms > 250 && ms !== 5_000;
}

function timersLeft(): () => number {
  const set = vi.spyOn(globalThis, 'setTimeout');
  const clear = vi.spyOn(globalThis, 'clearTimeout');
  return () => {
    const cleared = new Set(clear.mock.calls.map(([timer]) => timer));
    return set.mock.results.filter(
      ({ value }, index) => isOfCalls(set.mock.calls[index]?.[1] ?? 0) && !cleared.has(value),
    ).length;
  };
}

describe.each(['prefix', 'full'] as const)('a lease that is refused while drafting (%s)', (mode) => {
  it('closes every draft, logs nothing, costs nothing and leaves no timer', async () => {
    const left = timersLeft();
    const held = holdDrafts({ mode });
    const run = held.generation.run();
    const drafts = [await held.model('draft'), ...(mode === 'full' ? [await held.model('opinion')] : [])];
    for (const draft of drafts) draft.say('Well, ');
    held.admission.resolve(REFUSED);
    await run;
    await Promise.all(drafts.map(({ closed }) => closed));
    expect([await held.generation.head, held.ends.map(({ end }) => end), held.store.header]).toEqual([
      { type: 'refused', refusal: REFUSED.type === 'refused' ? REFUSED.refusal : null },
      ['refused'],
      null,
    ]);
    expect([held.generation.log.end, held.asked.includes('cloud'), left()]).toEqual([0, false, 0]);
  });
});

describe.each(['batched', 'strict'] as const)('a disk that fails during a hold (%s)', (durability) => {
  it('ends as that durability promises, with every call closed', async () => {
    const left = timersLeft();
    const held = holdDrafts({ durability });
    held.store.isFull = true;
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const run = held.generation.run();
    const [draft, opinion] = [await held.model('draft'), await held.model('opinion')];
    held.admission.resolve(GRANTED);
    await vi.waitFor(() => expect(held.store.refusals).toBeGreaterThan(0));
    for (const model of [draft, opinion]) {
      if (durability === 'batched') {
        model.say(RIGHT);
        model.finish();
      }
    }
    await run;
    await Promise.all([draft.closed, opinion.closed]);
    expect([await held.generation.head, typesOf(held), held.ends.length, left()]).toEqual(
      durability === 'batched'
        ? [{ type: 'open', headroom: 9 }, ['route', 'text_delta', 'done'], 1, 0]
        : [{ type: 'failed', code: 'internal', retryAfterMs: null }, ['route', 'error'], 1, 0],
    );
  });
});

describe('a stop', () => {
  it('before the lease is granted ends with the route and one end', async () => {
    const left = timersLeft();
    const held = holdDrafts();
    const run = held.generation.run();
    const drafts = [await held.model('draft'), await held.model('opinion')];
    held.generation.stop();
    held.admission.resolve(GRANTED);
    await run;
    await Promise.all(drafts.map(({ closed }) => closed));
    expect([typesOf(held), held.ends.map(({ end }) => end), left()]).toEqual([
      ['route', 'done'],
      ['stopped'],
      0,
    ]);
  });

  it('after the cloud was asked pays for the draft, the opinion and the question to the cloud', async () => {
    const left = timersLeft();
    const held = holdDrafts();
    const run = held.generation.run();
    held.admission.resolve(GRANTED);
    const [draft, opinion] = [await held.model('draft'), await held.model('opinion')];
    opinion.say('x'.repeat(40));
    draft.say(REFUSAL);
    draft.finish();
    const cloud = await held.model('cloud');
    held.generation.stop();
    await run;
    await Promise.all([opinion.closed, cloud.closed]);
    const input = held.generation.plan.inputTokens;
    const [told] = held.ends;
    expect([typesOf(held), told?.ended.account.calls.map(({ model }) => model).toSorted(), left()]).toEqual([
      ['route', 'done'],
      ['large', 'second', 'small'],
      0,
    ]);
    // The opinion may have been dropped before its words came.
    expect(told?.usedTokens).toBeGreaterThanOrEqual(3 * input + Math.ceil(REFUSAL.length / 4));
  });
});

describe('a client that leaves before its head', () => {
  it('closes both drafts when that is the policy', async () => {
    const held = holdDrafts({ onDisconnect: { type: 'abort' } });
    const detach = held.generation.followed.attach();
    const run = held.generation.run();
    held.admission.resolve(GRANTED);
    const drafts = [await held.model('draft'), await held.model('opinion')];
    detach();
    await run;
    await Promise.all(drafts.map(({ closed }) => closed));
    expect([typesOf(held), held.asked]).toEqual([
      ['route', 'done'],
      ['draft', 'opinion'],
    ]);
  });

  it('closes nothing when the generation goes on', async () => {
    const held = holdDrafts();
    const detach = held.generation.followed.attach();
    const run = held.generation.run();
    held.admission.resolve(GRANTED);
    const drafts = [await held.model('draft'), await held.model('opinion')];
    detach();
    for (const draft of drafts) {
      draft.say(RIGHT);
      draft.finish();
    }
    await run;
    expect(typesOf(held)).toEqual(['route', 'text_delta', 'done']);
  });
});

describe('a model that cannot be called at all', () => {
  it('as the second opinion says nothing', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const held = holdDrafts({ failing: 'opinion' });
    const run = held.generation.run();
    held.admission.resolve(GRANTED);
    const draft = await held.model('draft');
    draft.say(RIGHT);
    draft.finish();
    await run;
    expect([typesOf(held), held.generation.routed?.decision.tier]).toEqual([
      ['route', 'text_delta', 'done'],
      'edge',
    ]);
  });

  it.each(['draft', 'cloud'] as const)('is an error of ours, told once (%s)', async (failing) => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const left = timersLeft();
    const held = holdDrafts({ failing });
    const run = held.generation.run();
    held.admission.resolve(GRANTED);
    if (failing === 'cloud') {
      const draft = await held.model('draft');
      draft.say(REFUSAL);
      draft.finish();
    }
    await run;
    await (
      await held.model('opinion')
    ).closed;
    expect([typesOf(held), await held.generation.head, left()]).toEqual([
      ['route', 'error'],
      { type: 'failed', code: 'internal', retryAfterMs: null },
      0,
    ]);
  });
});

describe('a good answer', () => {
  it.each(['prefix', 'full'] as const)(
    'leaves no timer and closes what it did not need (%s)',
    async (mode) => {
      const left = timersLeft();
      const held = holdDrafts({ mode });
      const run = held.generation.run();
      held.admission.resolve(GRANTED);
      const draft = await held.model('draft');
      draft.say(RIGHT);
      draft.finish();
      if (mode === 'full') (await held.model('opinion')).finish();
      await run;
      await draft.closed;
      expect([typesOf(held), left()]).toEqual([['route', 'text_delta', 'done'], 0]);
    },
  );

  it('holds each draft to its bound: a flood of tiny pieces is stopped long before its end', async () => {
    const held = holdDrafts();
    const run = held.generation.run();
    held.admission.resolve(GRANTED);
    const draft = await held.model('draft');
    let sent = 0;
    for (; sent < 200_000 && !held.asked.includes('cloud'); sent++) {
      draft.say('.');
      if (sent % 500 === 0) await scheduler.wait(0); // lets the generation read
    }
    const cloud = await held.model('cloud');
    cloud.say(RIGHT);
    cloud.finish();
    await run;
    await draft.closed;
    expect([sent < 100_000, held.generation.routed?.check?.verdict]).toEqual([
      true,
      { type: 'bad', fault: 'too_long' },
    ]);
  });
});

describe('an answer without a log', () => {
  it.each(['as it comes', 'after a check'])('frees its upstream when it has ended (%s)', async (how) => {
    const left = timersLeft();
    const models = new HeldModels();
    const plan = how === 'as it comes' ? heldPlan({}) : draftPlan({ mode: 'prefix' });
    const ends: string[] = [];
    const answer = new DirectAnswer(plan, {
      env: { ...env, ...models.env },
      onEnd: (end) => ends.push(end),
      waitUntil: () => undefined,
    });
    const opening = answer.open();
    const model = await models.model(plan.target.upstreamModel);
    model.say(RIGHT);
    model.finish();
    expect(await opening).toBe(null);
    const text = await new Response(answer.stream()).text();
    await model.closed;
    await vi.waitFor(() => expect(left()).toBe(0));
    expect([text.includes('[DONE]'), ends]).toEqual([true, ['completed']]);
  });

  it('closes both drafts when it is stopped during a check, and pays for them', async () => {
    const left = timersLeft();
    const models = new HeldModels();
    const ends: { end: string; usedTokens: number }[] = [];
    const answer = new DirectAnswer(draftPlan({}), {
      env: { ...env, ...models.env },
      onEnd: (end, usedTokens) => ends.push({ end, usedTokens }),
      waitUntil: () => undefined,
    });
    const opening = answer.open();
    const drafts = [await models.model('draft'), await models.model('opinion')];
    answer.stop();
    await Promise.all(drafts.map(({ closed }) => closed));
    await opening;
    await vi.waitFor(() => expect(left()).toBe(0));
    expect([ends, models.asked]).toEqual([[{ end: 'stopped', usedTokens: 2 * 12 }], ['draft', 'opinion']]);
  });
});
