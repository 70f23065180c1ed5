// The promise: what a tenant's traffic has taught is at hand without waiting, asked for seldom, once at a time, and an
// object that fails or hangs is asked ever more rarely.

import { describe, expect, it } from 'vitest';
import type { RoutingSnapshot } from '../policy/routing-snapshot.ts';
import { TenantRoutings } from '../worker/tenant-routing.ts';

function snapshotOf(version: string, decisions: number): RoutingSnapshot {
  return {
    version,
    threshold: null,
    calibrations: {},
    labels: {},
    firstTokenMs: {},
    drift: { psi: null, level: 'unknown', sample: 0, against: 'training_mix' },
    share: { cloud: 0, held: 0, escalated: 0, addedTtftMs: 0 },
    decisions,
  };
}

/** A memory, the questions that it asked, and what they are answered with. */
class Asking {
  readonly routings = new TenantRoutings();
  readonly waits: Promise<unknown>[] = [];
  asked = 0;
  answer: () => Promise<RoutingSnapshot> = () => Promise.resolve(snapshotOf('v', 1_000));

  at(nowMs: number, tenant = 'tenant'): string | null {
    const ask = (): Promise<RoutingSnapshot> => {
      this.asked++;
      return this.answer();
    };
    const known = this.routings.current(tenant, ask, (promise) => this.waits.push(promise), nowMs);
    return known?.version ?? null;
  }

  async over(): Promise<void> {
    await Promise.all(this.waits.splice(0));
  }
}

describe('what is known of a tenant', () => {
  it('is there from the second request on; nobody waits for the first', async () => {
    const asking = new Asking();
    const first = asking.at(0);
    await asking.over();
    expect([first, asking.at(1), asking.asked]).toEqual([null, 'v', 1]);
  });

  it.each([
    ['a minute', 1_000, 60_000],
    ['20 seconds while there are few decisions', 50, 20_000],
  ])('is asked for again after %s, and the old one serves meanwhile', async (_, decisions, freshMs) => {
    const asking = new Asking();
    asking.answer = () => Promise.resolve(snapshotOf(`v${asking.asked}`, decisions));
    asking.at(0);
    await asking.over();
    const seen = [asking.at(freshMs - 1), asking.asked, asking.at(freshMs), asking.asked];
    await asking.over();
    expect([...seen, asking.at(freshMs + 1)]).toEqual(['v1', 1, 'v1', 2, 'v2']);
  });

  it('is asked for once when a thousand requests come at once', () => {
    const asking = new Asking();
    for (let request = 0; request < 1_000; request++) asking.at(0);
    expect(asking.asked).toBe(1);
  });

  it('is each tenant’s own', async () => {
    const asking = new Asking();
    asking.answer = () => Promise.resolve(snapshotOf(`v${asking.asked}`, 1_000));
    asking.at(0, 'a');
    asking.at(0, 'b');
    await asking.over();
    expect([asking.at(1, 'a'), asking.at(1, 'b')]).toEqual(['v1', 'v2']);
  });

  it('is forgotten for the tenant that was longest not seen, beyond ten thousand', async () => {
    const asking = new Asking();
    for (let tenant = 0; tenant < 10_000; tenant++) asking.at(0, `t${tenant}`);
    await asking.over();
    asking.at(1, 't0');
    asking.at(1, 'one more');
    const before = asking.asked;
    expect([asking.at(2, 't0'), asking.at(2, 't1'), asking.asked - before]).toEqual(['v', null, 1]);
  });
});

describe('an object that fails', () => {
  it('is asked after 20 s, 40 s, … and at most 10 min, and at once as usual when it answers', async () => {
    const asking = new Asking();
    asking.answer = () => Promise.reject(new Error('reset'));
    const times: number[] = [];
    for (let nowMs = 0; nowMs <= 3_000_000; nowMs += 10_000) {
      const before = asking.asked;
      asking.at(nowMs);
      await asking.over();
      if (asking.asked > before) times.push(nowMs / 1000);
    }
    expect(times).toEqual([0, 20, 60, 140, 300, 620, 1220, 1820, 2420]);
    asking.answer = () => Promise.resolve(snapshotOf('v', 1_000));
    asking.at(3_020_000);
    await asking.over();
    const before = asking.asked;
    asking.at(3_080_000);
    expect(asking.asked - before).toBe(1);
  });

  it('takes nothing away of what is known', async () => {
    const asking = new Asking();
    asking.at(0);
    await asking.over();
    asking.answer = () => {
      throw new Error('no such object');
    };
    asking.at(60_000);
    await asking.over();
    expect(asking.at(60_001)).toBe('v');
  });

  it('by never answering is given up after half a minute; its late answer is still taken', async () => {
    const asking = new Asking();
    const late = Promise.withResolvers<RoutingSnapshot>();
    asking.answer = () => late.promise;
    const asked = [0, 29_999, 30_000, 59_999, 60_000, 99_999, 100_000].map((nowMs) => {
      asking.at(nowMs);
      return asking.asked;
    });
    late.resolve(snapshotOf('late', 1_000));
    await asking.over();
    expect([asked, asking.at(100_001)]).toEqual([[1, 1, 2, 2, 3, 3, 4], 'late']);
  });

  it('by failing late, after another question was asked, does not end that question', async () => {
    const asking = new Asking();
    const questions: PromiseWithResolvers<RoutingSnapshot>[] = [];
    asking.answer = () => {
      const question = Promise.withResolvers<RoutingSnapshot>();
      questions.push(question);
      return question.promise;
    };
    asking.at(0);
    asking.at(30_000);
    questions[0]?.reject(new Error('reset'));
    await asking.waits[0];
    asking.at(55_000);
    expect(asking.asked).toBe(2);
  });
});
