// The promise: a provider that fails is left alone within two seconds and taken back when it answers again, one that
// works is not; no storm doubles the calls; and every failure leads to the call that may help, or to none.

import { describe, expect, it } from 'vitest';
import type { FailureCode } from '../protocol/events.ts';
import type { Candidate } from '../protocol/plan.ts';
import { backoffMs } from '../policy/failover/backoff.ts';
import { hedgeCandidate, hedgeDelayMs } from '../policy/failover/hedge.ts';
import { nextCall, upstreamKey, type FailedCall, type NextCall } from '../policy/failover/next-call.ts';
import { RetryBudget } from '../policy/failover/retry-budget.ts';
import { UpstreamHealth } from '../policy/failover/upstream-health.ts';
import type { CallOutcome } from '../policy/failover/upstream-record.ts';

const START = 1_700_000_000_000;
const KEY = 'cloud/large';
const FAILED: CallOutcome = { type: 'failure', code: 'upstream_failed' };
const GOOD: CallOutcome = { type: 'success', firstTokenMs: 200 };

function healthOf(random = 1): UpstreamHealth {
  return new UpstreamHealth(() => random);
}

function report(health: UpstreamHealth, outcomes: readonly CallOutcome[], atMs: number, everyMs = 0): void {
  outcomes.forEach((outcome, at) => health.outcome(KEY, outcome, atMs + at * everyMs));
}

function times<Value>(count: number, value: Value): readonly Value[] {
  return Array.from({ length: count }, () => value);
}

/** How long a storm lasts until its first call is held back, at that many calls a second after healthy ones. */
function stormUntilOpenMs(callsPerSecond: number, beginsMs: number): number {
  const health = healthOf();
  const everyMs = 1_000 / callsPerSecond;
  for (let nowMs = START; nowMs < START + beginsMs; nowMs += everyMs) health.outcome(KEY, GOOD, nowMs);
  for (let nowMs = START + beginsMs; ; nowMs += everyMs) {
    if (health.mayCall(KEY, nowMs) === 'no') return nowMs - START - beginsMs;
    health.outcome(KEY, FAILED, nowMs);
  }
}

describe('a circuit breaker', () => {
  it('opens within two seconds of a storm, whenever in a second it begins', () => {
    const delays = [5, 20, 100, 1_000].flatMap((rate) =>
      [20_000, 20_250, 20_500, 20_999].map((beginsMs) => stormUntilOpenMs(rate, beginsMs)),
    );
    expect(Math.max(...delays)).toBeLessThanOrEqual(2_000);
  });

  it('opens after three failures in a row where calls are rare', () => {
    const health = healthOf();
    report(health, times(2, FAILED), START, 15_000);
    expect(health.mayCall(KEY, START + 15_000)).toBe('yes');
    health.outcome(KEY, FAILED, START + 30_000);
    expect(health.mayCall(KEY, START + 30_000)).toBe('no');
  });

  it('opens also where a call comes once in several minutes, and forgets what is older than a quarter of an hour', () => {
    const opensAfter = [30_000, 120_000, 240_000, 600_000].map((everyMs) => {
      const health = healthOf();
      report(health, times(3, FAILED), START, everyMs);
      return health.mayCall(KEY, START + 2 * everyMs);
    });
    expect(opensAfter).toEqual(['no', 'no', 'no', 'yes']);
  });

  it('gives out one probe when the clock was set back, not one to everybody', () => {
    const health = healthOf();
    report(health, times(3, FAILED), START);
    const backMs = START - 60_000;
    expect([health.mayCall(KEY, backMs), health.mayCall(KEY, backMs)]).toEqual(['probe', 'no']);
  });

  it('stays closed while one call in five fails', () => {
    const health = healthOf();
    const outcomes = times(2_000, null).map((_, at) => (at % 5 === 0 ? FAILED : GOOD));
    report(health, outcomes, START, 37);
    expect(health.state(KEY)).toBe('closed');
  });

  it('opens when half of many calls fail, one after the other', () => {
    const health = healthOf();
    const outcomes = times(20, null).map((_, at) => (at % 2 === 0 ? FAILED : GOOD));
    report(health, outcomes, START, 100);
    expect(health.state(KEY)).toBe('open');
  });

  it('lets one probe through after its cool-down, and closes when that answers', () => {
    const health = healthOf();
    report(health, times(3, FAILED), START);
    const seen = [999, 1_000, 1_001, 5_000].map((ms) => health.mayCall(KEY, START + ms));
    health.outcome(KEY, GOOD, START + 5_000);
    expect([...seen, health.mayCall(KEY, START + 5_000)]).toEqual(['no', 'probe', 'no', 'no', 'yes']);
  });

  it('opens again by new failures only, not by those from before it closed', () => {
    const health = healthOf();
    report(health, times(20, FAILED), START);
    health.mayCall(KEY, START + 1_000);
    health.outcome(KEY, GOOD, START + 1_000);
    report(health, times(2, FAILED), START + 2_000);
    expect(health.state(KEY)).toBe('closed');
  });

  it('waits twice as long after each probe that fails, up to a quarter of a minute', () => {
    const health = healthOf();
    report(health, times(3, FAILED), START);
    let nowMs = START;
    const waits = times(7, null).map(() => {
      const waitMs = health.waitMs(KEY, nowMs);
      nowMs += waitMs;
      expect(health.mayCall(KEY, nowMs)).toBe('probe');
      health.outcome(KEY, FAILED, nowMs);
      return waitMs;
    });
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  });

  it('gives out another probe when nothing was heard of the last one', () => {
    const health = healthOf();
    report(health, times(3, FAILED), START);
    expect([1_000, 10_999, 11_000].map((ms) => health.mayCall(KEY, START + ms))).toEqual([
      'probe',
      'no',
      'probe',
    ]);
  });

  it('stays open for as long as the upstream asked', () => {
    const health = healthOf();
    report(health, times(3, { type: 'failure', code: 'upstream_rate_limited', retryAfterMs: 7_000 }), START);
    expect(health.waitMs(KEY, START)).toBe(7_000);
  });

  it('begins with a short cool-down again after a minute of health, not before', () => {
    const after = [10_000, 70_000].map((healthyMs) => {
      const health = healthOf();
      report(health, times(3, FAILED), START);
      health.mayCall(KEY, START + 1_000);
      health.outcome(KEY, GOOD, START + 1_000);
      report(health, times(3, FAILED), START + 1_000 + healthyMs);
      return health.waitMs(KEY, START + 1_000 + healthyMs);
    });
    expect(after).toEqual([2_000, 1_000]);
  });

  it('counts what tells of the upstream, and nothing that is the fault of the request or of this router', () => {
    const codes: readonly FailureCode[] = [
      'upstream_unreachable',
      'upstream_timeout',
      'upstream_denied',
      'upstream_rate_limited',
      'upstream_failed',
      'upstream_empty',
      'upstream_malformed',
      'upstream_rejected',
      'answer_too_large',
      'interrupted',
      'internal',
    ];
    const opening = codes.filter((code) => {
      const health = healthOf();
      report(health, times(10, { type: 'failure', code }), START);
      return health.state(KEY) === 'open';
    });
    expect(opening).toEqual(codes.slice(0, 7));
  });

  it('one upstream that fails does not touch another', () => {
    const health = healthOf();
    report(health, times(9, FAILED), START);
    expect([health.mayCall('cloud/other', START), health.mayCall('edge/large', START)]).toEqual([
      'yes',
      'yes',
    ]);
  });

  it('opens for calls that are far slower than usual, and is then the last resort', () => {
    const health = healthOf();
    report(health, times(100, GOOD), START, 200);
    report(health, times(5, { type: 'success', firstTokenMs: 3_000 }), START + 30_000, 100);
    expect([health.state(KEY), health.mayCall(KEY, START + 30_500)]).toEqual(['open', 'slow']);
    report(health, times(10, FAILED), START + 31_000);
    expect(health.mayCall(KEY, START + 31_000)).toBe('no');
  });

  it('knows the p95 of the first token when there were enough calls, and forgets it after five minutes', () => {
    const health = healthOf();
    report(health, times(18, GOOD), START);
    report(health, [{ type: 'outrun', firstTokenMs: 900 }], START);
    expect([health.firstTokenP95Ms(KEY, START), health.view(START)[0]?.calls]).toEqual([null, 18]);
    report(health, times(2, { type: 'success', firstTokenMs: 900 }), START);
    const p95 = health.firstTokenP95Ms(KEY, START) ?? 0;
    expect(p95).toBeGreaterThanOrEqual(900);
    expect(p95).toBeLessThan(900 * 1.15);
    expect(health.firstTokenP95Ms(KEY, START + 300_000)).toBeNull();
  });
});

describe('isolates that share what they see', () => {
  /** What an isolate does once a second: tell, and take the view of all. */
  function exchange(isolate: UpstreamHealth, shared: UpstreamHealth, nowMs: number): void {
    shared.merge(structuredClone(isolate.takeDelta()), nowMs);
    isolate.adopt(structuredClone(shared.snapshot(nowMs)), nowMs);
  }

  /**
   * Isolates with five calls a second each, which exchange once a second, ask an upstream that is dead for a minute.
   * How often it was probed meanwhile, and when, after its return, the last isolate called it again.
   */
  function deadMinute(count: number): { readonly probes: number; readonly lastBackMs: number } {
    let seed = 1;
    const random = (): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const shared = new UpstreamHealth(random);
    const isolates = times(count, null).map((_, at) => ({
      health: new UpstreamHealth(random),
      offsetMs: at * 7,
    }));
    const back = new Set<UpstreamHealth>();
    let [probes, lastBackMs] = [0, 0];
    for (let ms = 0; ms < 120_000 && back.size < count; ms++) {
      for (const { health, offsetMs } of isolates) {
        const nowMs = START + ms;
        if ((ms + offsetMs) % 200 === 0) {
          const verdict = health.mayCall(KEY, nowMs);
          if (ms < 60_000 && verdict === 'probe') probes++;
          if (verdict !== 'no') health.outcome(KEY, ms < 60_000 ? FAILED : GOOD, nowMs);
          if (ms >= 60_000 && verdict === 'yes') back.add(health);
          lastBackMs = ms - 60_000;
        }
        const isDue = health.news === 'urgent' ? 250 : 1_000;
        if ((ms + offsetMs) % isDue === 0) exchange(health, shared, nowMs);
      }
    }
    return { probes, lastBackMs };
  }

  it('open a breaker together that none of them would have opened alone', () => {
    const shared = healthOf();
    const isolates = times(3, null).map(() => healthOf());
    for (const isolate of isolates) {
      isolate.outcome(KEY, FAILED, START);
      expect(isolate.state(KEY)).toBe('closed');
      exchange(isolate, shared, START);
    }
    const newcomer = healthOf();
    exchange(newcomer, shared, START);
    expect([isolates[2]?.state(KEY), newcomer.mayCall(KEY, START)]).toEqual(['open', 'no']);
  });

  it('hear of a probe that is out, and of its success', () => {
    const shared = healthOf();
    const [prober, other] = [healthOf(0), healthOf()];
    report(prober, times(5, FAILED), START);
    exchange(prober, shared, START + 10);
    exchange(other, shared, START + 20);
    // The opener's own cool-down holds for it; the other waits until it is given a probe.
    expect([other.mayCall(KEY, START + 600), prober.mayCall(KEY, START + 600)]).toEqual(['no', 'probe']);
    exchange(prober, shared, START + 610);
    exchange(other, shared, START + 620);
    expect(other.mayCall(KEY, START + 5_000)).toBe('no');
    prober.outcome(KEY, GOOD, START + 5_000);
    exchange(prober, shared, START + 5_010);
    exchange(other, shared, START + 5_020);
    expect([other.mayCall(KEY, START + 5_020), shared.state(KEY)]).toEqual(['yes', 'closed']);
  });

  it('one with a bad connection of its own does not close an upstream for the others', () => {
    const shared = healthOf();
    const [cut, fine] = [healthOf(), healthOf()];
    report(fine, times(50, GOOD), START, 10);
    exchange(fine, shared, START + 500);
    report(cut, times(5, FAILED), START + 600);
    exchange(cut, shared, START + 700);
    exchange(fine, shared, START + 800);
    expect([cut.mayCall(KEY, START + 800), fine.mayCall(KEY, START + 800)]).toEqual(['no', 'yes']);
  });

  it('are given the probe one at a time, also those that opened the breaker themselves before', () => {
    const shared = healthOf();
    const [first, second] = [healthOf(), healthOf()];
    report(second, times(5, FAILED), START);
    exchange(second, shared, START + 10);
    exchange(first, shared, START + 1_010);
    expect(first.mayCall(KEY, START + 1_020)).toBe('probe');
    first.outcome(KEY, FAILED, START + 1_030);
    for (const isolate of [first, second]) exchange(isolate, shared, START + 1_040);
    // The first has opened it again for two seconds and is gone.
    const third = healthOf();
    for (const isolate of [second, third]) exchange(isolate, shared, START + 4_000);
    expect([second, third].map((isolate) => isolate.mayCall(KEY, START + 4_010))).toEqual(['probe', 'no']);
  });

  it('do not forget what they saw while an exchange was under way', () => {
    const [isolate, shared] = [healthOf(), healthOf()];
    report(isolate, times(2, FAILED), START);
    shared.merge(isolate.takeDelta(), START);
    const snapshot = shared.snapshot(START);
    report(isolate, [GOOD], START);
    isolate.adopt(snapshot, START);
    expect(isolate.view(START)[0]).toMatchObject({ calls: 3, failures: 2 });
  });

  it('probe a dead upstream together little more often than one would, and all come back when it does', () => {
    const alone = deadMinute(1);
    const many = deadMinute(20);
    expect(many.probes).toBeLessThanOrEqual(2 * alone.probes); // 20 × without the shared object
    expect(Math.max(alone.lastBackMs, many.lastBackMs)).toBeLessThanOrEqual(15_000 + 2_000);
  });

  it('keep what they saw when the shared object has forgotten everything', () => {
    const isolate = healthOf();
    report(isolate, times(5, FAILED), START);
    exchange(isolate, healthOf(), START);
    isolate.takeDelta();
    isolate.adopt(healthOf().snapshot(START), START);
    expect(isolate.mayCall(KEY, START)).toBe('no');
  });
});

function candidate(model: string): Candidate {
  return {
    tier: 'cloud',
    model,
    target: { provider: 'p', endpoint: 'cloud', upstreamModel: model },
    maxOutputTokens: 100,
    canPrefill: false,
    leavesOut: [],
  };
}

const [ONE, TWO, THREE] = [candidate('one'), candidate('two'), candidate('three')] as const;

function failed(by: Candidate, code: FailureCode, retryAfterMs: number | null = null): FailedCall {
  return { candidate: by, code, retryAfterMs };
}

type Ask = {
  readonly candidates?: readonly Candidate[];
  readonly failed?: readonly FailedCall[];
  readonly holdLeftMs?: number;
  readonly maxCalls?: number;
  readonly open?: readonly Candidate[];
  /** Since the breakers of `open` opened. */
  readonly afterMs?: number;
  readonly budget?: RetryBudget;
};

/** A budget that earlier requests have filled. */
function ampleBudget(): RetryBudget {
  const budget = new RetryBudget();
  for (let request = 0; request < 200; request++) budget.request(0.1, 3);
  return budget;
}

function ask(asked: Ask): NextCall {
  const health = healthOf();
  for (const { model } of asked.open ?? []) {
    for (let call = 0; call < 3; call++) health.outcome(`cloud/${model}`, FAILED, START);
  }
  const question = {
    candidates: asked.candidates ?? [ONE, TWO, THREE],
    failed: asked.failed ?? [],
    calls: asked.failed?.length ?? 0,
    plan: { maxCalls: asked.maxCalls ?? 4, retryRatio: 0.1 },
    holdLeftMs: asked.holdLeftMs ?? 4_000,
    nowMs: START + (asked.afterMs ?? 0),
    random: 0.5,
  };
  return nextCall(question, { health, budget: asked.budget ?? ampleBudget() });
}

/** `model +wait`, with `probe` when it is one, or why none is made. */
function told(next: NextCall): string {
  if (next.type === 'give_up') return next.code;
  return `${next.candidate.model} +${next.waitMs}${next.isProbe ? ' probe' : ''}`;
}

describe('the next call', () => {
  it('goes to the first candidate, then to each of the others, then once more to the first after a wait', () => {
    const all = [
      failed(ONE, 'upstream_failed'),
      failed(TWO, 'upstream_timeout'),
      failed(THREE, 'upstream_empty'),
    ];
    expect([0, 1, 2, 3].map((calls) => told(ask({ failed: all.slice(0, calls) })))).toEqual([
      'one +0',
      'two +0',
      'three +0',
      'one +125',
    ]);
  });

  it('moves on after every failure that another candidate may not meet', () => {
    const codes: readonly FailureCode[] = [
      'upstream_unreachable',
      'upstream_timeout',
      'upstream_denied',
      'upstream_rate_limited',
      'upstream_failed',
      'upstream_empty',
      'upstream_malformed',
    ];
    expect(codes.map((code) => told(ask({ failed: [failed(ONE, code)] })))).toEqual(times(7, 'two +0'));
  });

  it('ends at once with what is the fault of the request or of this router', () => {
    const codes: readonly FailureCode[] = [
      'upstream_rejected',
      'answer_too_large',
      'interrupted',
      'internal',
    ];
    expect(codes.map((code) => told(ask({ failed: [failed(ONE, code)] })))).toEqual(codes);
  });

  it('retries the only candidate once, never one that denied us', () => {
    const candidates = [ONE];
    const once = [failed(ONE, 'upstream_failed')];
    expect([
      told(ask({ candidates, failed: once })),
      told(ask({ candidates, failed: [...once, ...once] })),
      told(ask({ candidates, failed: [failed(ONE, 'upstream_denied')] })),
    ]).toEqual(['one +125', 'upstream_failed', 'upstream_denied']);
  });

  it('never asks earlier than the upstream said, and does not wait beyond the hold', () => {
    const asked = { candidates: [ONE], failed: [failed(ONE, 'upstream_rate_limited', 2_000)] };
    expect([told(ask(asked)), ask({ ...asked, holdLeftMs: 2_000 })]).toEqual([
      'one +2125',
      { type: 'give_up', code: 'upstream_rate_limited', retryAfterMs: 2_000 },
    ]);
  });

  it('skips candidates whose breaker is open', () => {
    expect([
      told(ask({ open: [ONE] })),
      told(ask({ open: [TWO], failed: [failed(ONE, 'upstream_failed')] })),
    ]).toEqual(['two +0', 'three +0']);
  });

  it('calls nobody while all breakers are open, and says why and when that may change', () => {
    const open = [ONE, TWO, THREE];
    expect([ask({ open, afterMs: 400 }), told(ask({ open, afterMs: 1_000 }))]).toEqual([
      { type: 'give_up', code: 'upstream_failed', retryAfterMs: 600 },
      'one +0 probe',
    ]);
  });

  it('probes only when another call can make up for it, or when none ever can', () => {
    const spent = new RetryBudget();
    spent.request(0, 1);
    spent.take();
    const asked = { open: [ONE], afterMs: 1_000 };
    expect([
      told(ask(asked)),
      told(ask({ ...asked, budget: spent })),
      told(ask({ ...asked, candidates: [ONE], budget: spent })),
      told(ask({ ...asked, maxCalls: 1 })),
    ]).toEqual(['one +0 probe', 'two +0', 'one +0 probe', 'one +0 probe']);
  });

  it('ends when the calls of the plan or of the budget are used up', () => {
    const spent = new RetryBudget();
    const first = [failed(ONE, 'upstream_failed')];
    expect([told(ask({ failed: first, maxCalls: 1 })), told(ask({ failed: first, budget: spent }))]).toEqual([
      'upstream_failed',
      'upstream_failed',
    ]);
  });

  it('tells the failure that may pass by itself before the one that an operator must mend', () => {
    const failures = [failed(ONE, 'upstream_denied'), failed(TWO, 'upstream_unreachable')];
    expect(told(ask({ failed: failures, maxCalls: 2 }))).toBe('upstream_unreachable');
  });
});

describe('a hedge', () => {
  const plan = { hedges: true, maxCalls: 4 };

  function warm(): UpstreamHealth {
    const health = healthOf();
    for (let call = 0; call < 100; call++) health.outcome(upstreamKey(ONE), GOOD, START);
    return health;
  }

  function hedge(health: UpstreamHealth, candidates: readonly Candidate[], calls = 1): string | null {
    const question = { candidates, running: ONE, failed: [], calls, plan, nowMs: START };
    return hedgeCandidate(question, { health, budget: ampleBudget() })?.model ?? null;
  }

  it('leaves when the first token is later than the p95 of its own model, once that is known', () => {
    const delay = hedgeDelayMs(plan, ONE, warm(), START) ?? 0;
    expect(Math.abs(delay / 200 - 1)).toBeLessThan(0.15);
    expect([
      hedgeDelayMs(plan, TWO, warm(), START),
      hedgeDelayMs({ hedges: false }, ONE, warm(), START),
    ]).toEqual([null, null]);
  });

  it('goes to the next healthy candidate, or to the same one when there is none', () => {
    const health = warm();
    for (let call = 0; call < 3; call++) health.outcome(upstreamKey(TWO), FAILED, START);
    expect([hedge(warm(), [ONE, TWO]), hedge(health, [ONE, TWO, THREE]), hedge(health, [ONE, TWO])]).toEqual([
      'two',
      'three',
      'one',
    ]);
  });

  it('is not made beside a probe, nor beyond the calls of the plan', () => {
    const probing = warm();
    for (let call = 0; call < 200; call++) probing.outcome(upstreamKey(ONE), FAILED, START);
    expect(probing.state(upstreamKey(ONE))).toBe('open');
    expect([hedge(probing, [ONE, TWO]), hedge(warm(), [ONE, TWO], 4)]).toEqual([null, null]);
  });

  /** First tokens of an upstream that takes twenty times as long for two calls in a hundred, in milliseconds. */
  function bimodal(hedges: boolean): { readonly p99Ms: number; readonly extraShare: number } {
    const requests = 5_000;
    const [health, budget] = [healthOf(), new RetryBudget()];
    let seed = 1;
    const draw = (): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const call = (): number => (draw() < 0.02 ? 4_000 : 200) * (0.9 + draw() / 5);
    let extra = 0;
    const firstTokens = times(requests, null).map((_, at) => {
      const nowMs = START + at * 50;
      budget.request(0.1, 1);
      const ms = call();
      const delayMs = hedgeDelayMs({ hedges }, ONE, health, nowMs);
      const question = { candidates: [ONE], running: ONE, failed: [], calls: 1, plan, nowMs };
      const isHedged =
        delayMs !== null && ms > delayMs && hedgeCandidate(question, { health, budget }) !== null;
      const second = isHedged ? (delayMs ?? 0) + call() : Infinity;
      extra += isHedged ? 1 : 0;
      const first = Math.min(ms, second);
      const winner = first === ms ? ms : second - (delayMs ?? 0);
      health.outcome(upstreamKey(ONE), { type: 'success', firstTokenMs: winner }, nowMs);
      if (isHedged) {
        const loser = first === ms ? ms - (delayMs ?? 0) : first;
        health.outcome(upstreamKey(ONE), { type: 'outrun', firstTokenMs: loser }, nowMs);
      }
      return first;
    });
    const sorted = firstTokens.toSorted((left, right) => left - right);
    return { p99Ms: sorted[Math.floor(requests * 0.99)] ?? 0, extraShare: extra / requests };
  }

  it('makes the p99 of an upstream with two speeds five times shorter, for at most six calls more in a hundred', () => {
    const [without, hedged] = [bimodal(false), bimodal(true)];
    expect(without.p99Ms / hedged.p99Ms).toBeGreaterThanOrEqual(5);
    expect(hedged.extraShare).toBeLessThanOrEqual(0.06);
  });

  it('is made for at most one request in twenty, and one more', () => {
    const budget = new RetryBudget();
    let hedges = 0;
    for (let request = 0; request < 1_000; request++) {
      budget.request(0.1, 2);
      if (budget.takeHedge()) hedges++;
    }
    expect(hedges).toBe(51);
  });
});

it('backs off by chance below a bound that doubles, also after the time that the upstream asked for', () => {
  expect([
    backoffMs(0, null, 0),
    backoffMs(0, null, 1),
    backoffMs(2, null, 1),
    backoffMs(50, null, 1),
    backoffMs(0, 900, 0),
    backoffMs(0, 900, 1),
  ]).toEqual([0, 250, 1_000, 2_000, 900, 1_150]);
});
