// The promise: a generation's record says what happened in numbers that add up: phases to the time to the first word,
// shown and hidden money to the cost; and a wish of the client is never a failure of the model.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerStatistics } from '../policy/analytics/answer-statistics.ts';
import { keptForRecord, recordCut } from '../policy/analytics/record-cut.ts';
import { recordGeneration, type ObservedAnswer } from '../policy/analytics/record-generation.ts';
import type { EndedGeneration } from '../policy/record-route.ts';
import type { GenerationRecord } from '../protocol/generation-record.ts';
import { failureEvent } from '../protocol/errors.ts';
import type { FinishReason, StreamEvent, TerminalEvent } from '../protocol/events.ts';
import type { Plan, TokenPrice } from '../protocol/plan.ts';
import { NO_USAGE, type Usage } from '../protocol/usage.ts';
import { aDecision, aRouteEvent } from './support/a-route.ts';
import { aPlan } from './support/a-plan.ts';

const CREATED_MS = 1_790_000_000_000;

const PRICES = {
  small: { inputUsdPerMtok: 0.1, outputUsdPerMtok: 1 },
  large: { inputUsdPerMtok: 2, outputUsdPerMtok: 8, cachedInputUsdPerMtok: 0.5 },
} as const satisfies Record<string, TokenPrice>;

const PLAN: Plan = aPlan({
  createdMs: CREATED_MS,
  decision: aDecision({ model: 'small', tier: 'edge' }),
  analytics: { receivedMs: CREATED_MS - 4, shards: 4, cloudPrice: PRICES.large },
  prices: PRICES,
});

function usageOf(input: number, output: number, cached = 0): Usage {
  return { ...NO_USAGE, input_tokens: input, output_tokens: output, cached_tokens: cached, estimated: false };
}

const USED = usageOf(1_000, 200);

function done(finish_reason: FinishReason): TerminalEvent {
  return { type: 'done', finish_reason, usage: USED, timing: { first_token_ms: 1, total_ms: 2 } };
}

/** With its first content so many milliseconds after the plan; null: none came. */
function observed(firstMs: number | null, changes: Partial<ObservedAnswer> = {}): ObservedAnswer {
  const statistics = new AnswerStatistics();
  if (firstMs !== null) statistics.take([{ type: 'text_delta', text: 'a' }], CREATED_MS + firstMs);
  return {
    statistics,
    times: null,
    isAbandoned: false,
    isDirect: false,
    reconnects: 0,
    followers: 0,
    ...changes,
  };
}

function record(ended: Partial<EndedGeneration> = {}, plan: Partial<Plan> = {}): GenerationRecord {
  return recordGeneration(
    { ...PLAN, ...plan },
    {
      routed: null,
      terminal: done('stop'),
      account: { usage: USED, calls: [{ model: 'small', usage: USED }] },
      endedMs: CREATED_MS + 1_000,
      observed: observed(100),
      ...ended,
    },
  );
}

describe('the outcome', () => {
  const gone = { observed: observed(100, { isAbandoned: true }) };
  it.each([
    ['of an answer to its end is completed', {}, 'completed', null],
    ['of an answer cut by its limit is completed', { terminal: done('length') }, 'completed', null],
    ['of one that somebody stopped is stopped', { terminal: done('stopped') }, 'stopped', null],
    [
      'of one that nobody read any more is not a wish',
      { terminal: done('stopped'), ...gone },
      'client_gone',
      null,
    ],
    [
      'without a terminal event is the leaving of its reader',
      { terminal: null, ...gone },
      'client_gone',
      null,
    ],
    ['of a completed one whose reader left is still completed', gone, 'completed', null],
    [
      'of a failure is its code',
      { terminal: failureEvent('upstream_timeout', true), ...gone },
      'failed',
      'upstream_timeout',
    ],
  ] as const)('%s', (_name, ended, outcome, failure) => {
    const found = record(ended);
    expect([found.outcome, found.failure]).toEqual([outcome, failure]);
  });
});

describe('money', () => {
  const tokens = fc.record({ input: fc.nat(100_000), output: fc.nat(10_000), cached: fc.nat(100_000) });
  const usages = tokens.map(({ input, output, cached }) => usageOf(input, output, Math.min(input, cached)));

  it('is what is shown and what is hidden, together the cost of every call', () => {
    fc.assert(
      fc.property(usages, fc.array(usages, { maxLength: 3 }), (shown, others) => {
        const beside = others.map((usage, at) => ({ model: at % 2 === 0 ? 'small' : 'large', usage }));
        const account = { usage: shown, calls: [{ model: 'small', usage: shown }, ...beside] };
        const { costUsd, hiddenUsd, allCloudUsd } = record({ account });
        const alone = record({ account: { usage: shown, calls: account.calls.slice(0, 1) } });
        expect(alone.hiddenUsd).toBe(0);
        expect(alone.costUsd + hiddenUsd).toBeCloseTo(costUsd, 12);
        expect(allCloudUsd).toBe(alone.allCloudUsd);
      }),
    );
  });

  it('of an answer of the edge would have been that of the cloud for the same tokens', () => {
    const { costUsd, allCloudUsd } = record();
    expect([costUsd, allCloudUsd]).toEqual([expect.closeTo(0.0003, 12), expect.closeTo(0.0036, 12)]);
  });

  it('of an answer of the cloud is what it would have been', () => {
    const usage = usageOf(1_000, 200, 500);
    const account = { usage, calls: [{ model: 'large', usage }] };
    const { costUsd, allCloudUsd } = record(
      { account },
      { decision: aDecision({ model: 'large', tier: 'cloud' }) },
    );
    expect([costUsd, allCloudUsd]).toEqual([expect.closeTo(0.00285, 12), expect.closeTo(0.00285, 12)]);
  });

  it('of a repeated answer is nothing, and all of it is saved', () => {
    const cached = { ...CACHED, usage: USED };
    const found = record({ account: { usage: USED, calls: [] } }, { cached });
    const { isCached, costUsd, hiddenUsd, allCloudUsd, inputTokens } = found;
    expect([isCached, costUsd, hiddenUsd, allCloudUsd, inputTokens]).toEqual([
      true,
      0,
      0,
      expect.closeTo(0.0036, 12),
      1_000,
    ]);
  });

  it('is not said to be saved by an answer that never came', () => {
    const found = record({
      terminal: failureEvent('upstream_unreachable', false),
      account: { usage: usageOf(1_000, 0), calls: [] },
      observed: observed(null),
    });
    const { costUsd, hiddenUsd, allCloudUsd, inputTokens, outputTokens } = found;
    expect([costUsd, hiddenUsd, allCloudUsd, inputTokens, outputTokens]).toEqual([0, 0, 0, 0, 0]);
  });

  it('that bought not a word is hidden as a whole', () => {
    const found = record({
      terminal: failureEvent('upstream_empty', false),
      account: { usage: usageOf(900, 0), calls: [{ model: 'small', usage: usageOf(1_000, 0) }] },
      observed: observed(null),
    });
    expect([found.costUsd, found.hiddenUsd, found.allCloudUsd]).toEqual([
      expect.closeTo(0.0001, 12),
      expect.closeTo(0.0001, 12),
      0,
    ]);
  });
});

const CACHED: NonNullable<Plan['cached']> = {
  tier: 'edge',
  model: 'small',
  rows: [],
  finishReason: 'stop',
  usage: USED,
  costUsd: null,
  timing: { first_token_ms: 1, total_ms: 2 },
  storedMs: CREATED_MS - 1_000,
};

describe('the time to the first content', () => {
  const spans = fc.record({
    admit: fc.nat(5_000),
    detour: fc.nat(5_000),
    model: fc.nat(60_000),
    hold: fc.nat(5_000),
  });

  it('is the sum of the phases after the plan, and ours of it is all but the model and detours', () => {
    fc.assert(
      fc.property(spans, ({ admit, detour, model, hold }) => {
        const firstCallMs = CREATED_MS + admit;
        const shownCallMs = firstCallMs + detour;
        const modelContentMs = shownCallMs + model;
        const times = { firstCallMs, shownCallMs, modelContentMs };
        const { ttftMs, overheadMs, phases } = record({
          observed: observed(admit + detour + model + hold, { times }),
          endedMs: CREATED_MS + 200_000,
        });
        expect(phases).toEqual({
          workerMs: 4,
          admitMs: admit,
          detourMs: detour,
          modelMs: model,
          holdMs: hold,
        });
        expect(ttftMs).toBe(admit + detour + model + hold);
        expect(overheadMs).toBe(4 + admit + hold);
      }),
    );
  });

  it('is all ours for a repeated answer', () => {
    const { ttftMs, overheadMs, phases } = record({ observed: observed(7) }, { cached: CACHED });
    expect([ttftMs, overheadMs, phases.admitMs, phases.modelMs]).toEqual([7, 11, 7, null]);
  });

  it('is not there for an answer without content, and neither is a rate', () => {
    const found = record({ observed: observed(null), terminal: done('stopped') });
    expect([found.ttftMs, found.overheadMs, found.tokensPerSecond]).toEqual([null, null, null]);
  });

  it('has no negative part when the clocks of two machines differ', () => {
    const times = {
      firstCallMs: CREATED_MS - 3,
      shownCallMs: CREATED_MS - 3,
      modelContentMs: CREATED_MS - 1,
    };
    const { phases, ttftMs } = record({ observed: observed(-2, { times }) });
    expect([ttftMs, Object.values(phases).filter((ms) => ms !== null && ms < 0)]).toEqual([0, []]);
  });
});

describe('the rate', () => {
  it('is of the time from the first content to the end', () => {
    expect(record().tokensPerSecond).toBeCloseTo(200 / 0.9, 9);
  });

  it('is not told of an answer that came at once', () => {
    expect(record({ endedMs: CREATED_MS + 149 }).tokensPerSecond).toBeNull();
  });
});

it('names an answer without a log by an id that opens nothing', () => {
  const { id, chunking } = record({ observed: observed(1, { isDirect: true }) });
  expect([id, chunking]).toEqual([`d_${PLAN.generation}`, 'direct']);
});

it('names the fallback that answered, and the words it was asked in', () => {
  const target = { provider: 'anthropic', endpoint: 'cloud', upstreamModel: 'x' };
  const fallback = {
    tier: 'cloud',
    model: 'large',
    target,
    maxOutputTokens: null,
    canPrefill: false,
    leavesOut: [],
  };
  const plan = { failover: { ...PLAN.failover, fallbacks: [{ ...fallback, tier: 'cloud' as const }] } };
  const decision = aDecision({
    model: 'large',
    tier: 'cloud',
    reasons: ['failover:upstream_timeout', 'gate:vision'],
  });
  const { tier, model, provider, reason } = record({ routed: { decision, check: null } }, plan);
  expect([tier, model, provider, reason]).toEqual(['cloud', 'large', 'anthropic', 'gate:vision']);
});

it('keeps labels few: no number and no more than three signals', () => {
  const signals = ['short', 'greeting', 'code', 'math'].map((name, at) => ({
    name,
    weight: at === 2 ? -1 : 1,
  }));
  const decision = aDecision({ reasons: ['classifier p=0.7512 t=0.5'], signals });
  const found = record({ routed: { decision, check: null } });
  expect([found.reason, found.signals]).toEqual(['classifier', ['+short', '+greeting', '-code']]);
});

describe('a generation that a restart has cut', () => {
  const kept = keptForRecord(PLAN, 'strict');
  if (kept === null) throw new Error('nothing is kept');
  const cut = (events: readonly StreamEvent[]): GenerationRecord =>
    recordCut({
      kept: { ...kept, inputTokens: 1_000 },
      streamId: 's_cut',
      tenant: 'ann',
      createdMs: CREATED_MS,
      endedMs: CREATED_MS + 9_000,
      events,
    });
  const route = aRouteEvent({ model: 'small', tier: 'edge' });

  it('failed, interrupted, at the cost of what was shown', () => {
    const found = cut([route, { type: 'text_delta', text: 'x'.repeat(400) }]);
    expect(found).toMatchObject({
      id: 's_cut',
      tenant: 'ann',
      model: 'small',
      chunking: 'strict',
      outcome: 'failed',
      failure: 'interrupted',
      totalMs: 9_000,
      ttftMs: null,
      inputTokens: 1_000,
      outputTokens: 100,
      costUsd: expect.closeTo(0.0002, 12),
      allCloudUsd: expect.closeTo(0.0028, 12),
    });
  });

  it('saved nothing when it had shown nothing', () => {
    expect(cut([route])).toMatchObject({ inputTokens: 0, outputTokens: 0, costUsd: 0, allCloudUsd: 0 });
  });

  it('names the model that its reader was told last', () => {
    const changed = {
      type: 'route_changed',
      tier: 'cloud',
      model: 'large',
      reason: 'failover',
      failure: null,
    } as const;
    expect(cut([route, changed])).toMatchObject({ tier: 'cloud', model: 'large' });
  });

  it('escalated when the cloud answered in place of a bad draft, and only then', () => {
    const answerCheck = { mode: 'full', verdict: 'refused', held_ms: 5 } as const;
    const told = (['edge', 'cloud'] as const).map((tier) =>
      cut([{ ...route, tier, answer_check: answerCheck }]),
    );
    expect(told.map(({ check, isEscalated }) => [check, isEscalated])).toEqual([
      ['bad', false],
      ['bad', true],
    ]);
  });

  it('is what was planned when not even its route survived', () => {
    expect(cut([])).toMatchObject({
      tier: 'edge',
      model: 'small',
      reason: 'classifier',
      failure: 'interrupted',
    });
  });
});
