// The promise under every order of events: extra calls stay within their bound, one probe at a time, breakers turn only
// as they may, and what several isolates saw adds up to what one would have seen.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FailureCode } from '../protocol/events.ts';
import type { Candidate } from '../protocol/plan.ts';
import { nextCall, upstreamKey, type FailedCall } from '../policy/failover/next-call.ts';
import { RetryBudget } from '../policy/failover/retry-budget.ts';
import { UpstreamHealth } from '../policy/failover/upstream-health.ts';
import type { CallOutcome } from '../policy/failover/upstream-record.ts';

const START = 1_700_000_000_000;
const KEYS = ['cloud/a', 'cloud/b', 'edge/c'] as const;

const outcome: fc.Arbitrary<CallOutcome> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('success' as const), firstTokenMs: fc.nat(20_000) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('failure' as const),
      code: fc.constantFrom<FailureCode>('upstream_failed', 'upstream_rate_limited', 'upstream_rejected'),
      retryAfterMs: fc.option(fc.nat(100_000)),
    }),
  },
  fc.record({ type: fc.constant('late' as const) }),
  fc.record({ type: fc.constant('outrun' as const), firstTokenMs: fc.nat(20_000) }),
);

const key = fc.constantFrom(...KEYS);
const random = fc.double({ min: 0, max: 1, noNaN: true });

it('over any run: calls ≤ (1 + ratio) × requests + candidates, and hedges ≤ requests / 20 + 1', () => {
  const request = fc.record({
    candidates: fc.integer({ min: 1, max: 6 }),
    retries: fc.nat(5),
    hedges: fc.nat(2),
  });
  fc.assert(
    fc.property(
      fc.array(request, { maxLength: 300 }),
      fc.constantFrom(0, 0.1, 0.25, 1),
      (requests, ratio) => {
        const budget = new RetryBudget();
        let [calls, hedges, most] = [0, 0, 0];
        requests.forEach(({ candidates, retries, hedges: wanted }, at) => {
          budget.request(ratio, candidates);
          calls++;
          most = Math.max(most, candidates);
          for (let retry = 0; retry < retries; retry++) if (budget.take()) calls++;
          for (let hedge = 0; hedge < wanted; hedge++) {
            if (!budget.takeHedge()) continue;
            calls++;
            hedges++;
          }
          expect(calls).toBeLessThanOrEqual((1 + ratio) * (at + 1) + most + 0.001);
          expect(hedges).toBeLessThanOrEqual(0.05 * (at + 1) + 1.001);
        });
      },
    ),
    { numRuns: 300, seed: 7 },
  );
});

it('in a storm of any shape the calls made by nextCall keep the same bound, and it always comes to an end', () => {
  const candidates: readonly Candidate[] = KEYS.map((name) => ({
    tier: 'cloud',
    model: name,
    target: { provider: 'p', endpoint: 'cloud', upstreamModel: name },
    maxOutputTokens: 1,
    canPrefill: false,
    leavesOut: [],
  }));
  const code = fc.constantFrom<FailureCode>('upstream_failed', 'upstream_timeout', 'upstream_denied');
  const steps = fc.array(fc.record({ code, gapMs: fc.nat(3_000), random }), { minLength: 1, maxLength: 150 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 3 }), (requests, count) => {
      const [health, budget] = [new UpstreamHealth(() => 0.5), new RetryBudget()];
      let [nowMs, calls, served] = [START, 0, 0];
      for (const { code: answer, gapMs, random: draw } of requests) {
        nowMs += gapMs;
        const failed: FailedCall[] = [];
        for (let turn = 0; ; turn++) {
          expect(turn).toBeLessThanOrEqual(10);
          const next = nextCall(
            {
              candidates: candidates.slice(0, count),
              failed,
              calls: failed.length,
              plan: { maxCalls: 10, retryRatio: 0.1 },
              holdLeftMs: 4_000,
              nowMs,
              random: draw,
            },
            { health, budget },
          );
          if (next.type === 'give_up') break;
          if (turn === 0) served++;
          calls++;
          health.outcome(upstreamKey(next.candidate), { type: 'failure', code: answer }, nowMs);
          failed.push({ candidate: next.candidate, code: answer, retryAfterMs: null });
        }
      }
      expect(calls).toBeLessThanOrEqual(1.1 * served + count + 0.001);
    }),
    { numRuns: 200, seed: 7 },
  );
});

it('one probe at a time, legal turns only, no NaN, and an open breaker ends, wherever the clock jumps', () => {
  const step = fc.record({
    call: fc.boolean(),
    outcome: fc.option(outcome),
    gapMs: fc.oneof(fc.nat(2_000), fc.nat(100_000), fc.integer({ min: -4_000_000, max: 0 })),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), random, (steps, draw) => {
      const health = new UpstreamHealth(() => draw);
      const name = KEYS[0];
      let nowMs = START;
      let probeUntilMs = -Infinity;
      for (const { call, outcome: ended, gapMs } of steps) {
        nowMs += gapMs;
        if (gapMs < 0) probeUntilMs = -Infinity; // a probe whose time cannot be known any more may be replaced
        const before = health.state(name);
        if (call && health.mayCall(name, nowMs) === 'probe') {
          expect(before).not.toBe('closed');
          expect(nowMs).toBeGreaterThanOrEqual(probeUntilMs);
          probeUntilMs = nowMs + 10_000;
        }
        const between = health.state(name);
        if (ended !== null) health.outcome(name, ended, nowMs);
        const after = health.state(name);
        if (between !== 'half_open' || after !== 'half_open')
          probeUntilMs = after === 'half_open' ? probeUntilMs : -Infinity;
        if (before !== between) expect([before, between]).toEqual(['open', 'half_open']);
        if (between === 'closed') expect(after).not.toBe('half_open');
        if (between === 'open') expect(after).toBe('open');
        for (const { key: _key, state: _state, cause: _cause, lastFailure: _code, ...numbers } of health.view(
          nowMs,
        )) {
          for (const value of Object.values(numbers))
            expect(value === null || Number.isFinite(value)).toBe(true);
        }
        expect(health.waitMs(name, nowMs)).toBeLessThanOrEqual(60_000 + 5_000);
      }
      expect(['yes', 'probe']).toContain(health.verdict(name, nowMs + 65_001));
    }),
    { numRuns: 500, seed: 7 },
  );
});

it('k isolates that tell each other know the calls and first tokens that one would have seen', () => {
  const seen = fc.record({ isolate: fc.nat(3), key, outcome, gapMs: fc.nat(300), exchanges: fc.boolean() });
  fc.assert(
    fc.property(fc.array(seen, { maxLength: 200 }), (events) => {
      const alone = new UpstreamHealth(() => 0.5);
      const shared = new UpstreamHealth(() => 0.5);
      const isolates = Array.from({ length: 4 }, () => new UpstreamHealth(() => 0.5));
      let nowMs = START;
      const exchange = (isolate: UpstreamHealth): void => {
        shared.merge(isolate.takeDelta(), nowMs);
        isolate.adopt(shared.snapshot(nowMs), nowMs);
      };
      for (const event of events) {
        nowMs += event.gapMs;
        alone.outcome(event.key, event.outcome, nowMs);
        const isolate = isolates[event.isolate];
        isolate?.outcome(event.key, event.outcome, nowMs);
        if (event.exchanges && isolate !== undefined) exchange(isolate);
      }
      for (const isolate of isolates) exchange(isolate);
      for (const isolate of isolates) exchange(isolate);
      for (const view of [shared, ...isolates]) expect(countsOf(view, nowMs)).toEqual(countsOf(alone, nowMs));
    }),
    { numRuns: 300, seed: 7 },
  );
});

/** Without what is slow: each isolate judges that by what it knows at the moment. */
function countsOf(health: UpstreamHealth, nowMs: number): object {
  return Object.fromEntries(
    health
      .view(nowMs)
      .map(
        (view) =>
          [view.key, [view.calls, view.failures, view.firstTokenP50Ms, view.firstTokenP95Ms]] as const,
      )
      .toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
}

it('never knows more than 512 upstreams', () => {
  const health = new UpstreamHealth(() => 0);
  for (let at = 0; at < 2_000; at++) health.outcome(`cloud/${at}`, { type: 'late' }, START);
  expect(health.view(START).length).toBe(512);
});
