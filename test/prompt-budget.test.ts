// The promise: a conversation that has grown too long for every allowed model is answered from its newest turns, and
// the explanation says what was left out. Nothing is left out of one that fits.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerLimit } from '../policy/effective-limits.ts';
import { estimateInputTokens } from '../policy/estimate-tokens.ts';
import { decideRoute } from '../policy/plan-route.ts';
import { decideWithinBudget } from '../policy/prompt-budget/decide-within-budget.ts';
import { RequestTrimmer, withoutMessages } from '../policy/prompt-budget/request-trimmer.ts';
import { leavesOut } from '../policy/prompt-budget/trim-history.ts';
import type { RouteQuestion } from '../policy/route/route-question.ts';
import type { ChatMessage } from '../protocol/chat-request.ts';
import { answers, ask, chat, configOf, MODELS, returns, rule, says } from './support/route-question.ts';

/** Ten tokens a message, so that contexts are easy to count. */
function left(messages: readonly ChatMessage[], contextTokens: number, reserveTokens = 0) {
  return leavesOut({ messages, tokensOf: () => 10, contextTokens, reserveTokens })?.indices ?? null;
}

const LAST = says('user', 'and now?');
const OLD = [says('user', 'a'), answers('b')];

describe('what is left out of a history', () => {
  it('is nothing when all of it fits, to the token', () => {
    expect([left([...OLD, LAST], 30), left([...OLD, LAST], 35, 5), left([], 0)]).toEqual([[], [], []]);
  });

  it('is whole turns, the oldest first, and no more of them than needed', () => {
    const history = [...OLD, ...OLD, ...OLD, LAST];
    expect([left(history, 69), left(history, 50), left(history, 30)]).toEqual([
      [0, 1],
      [0, 1, 2, 3],
      [0, 1, 2, 3, 4, 5],
    ]);
  });

  it('never is a system message, wherever it stands', () => {
    const history = [says('system', 's'), ...OLD, says('system', 't'), ...OLD, LAST];
    expect(left(history, 30)).toEqual([1, 2, 4, 5]);
  });

  it('never is the last turn, its tool calls included: then nothing fits', () => {
    const loop = [LAST, answers('', 'c1'), returns('c1'), answers('', 'c2'), returns('c2')];
    expect([left([...OLD, ...loop], 50), left([...OLD, ...loop], 49), left([LAST], 9)]).toEqual([
      [0, 1],
      null,
      null,
    ]);
  });

  it('is a tool call together with its result, also when the person spoke in between', () => {
    const history = [says('user', 'a'), answers('', 'c1'), says('user', 'wait'), returns('c1'), ...OLD, LAST];
    expect([left(history, 60), left(history, 40)]).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ]);
  });

  it('takes messages that the person sent in a row as one turn', () => {
    const history = [...OLD, says('user', 'the document'), LAST];
    expect([left(history, 20), left(history, 19)]).toEqual([[0, 1], null]);
  });

  const message: fc.Arbitrary<ChatMessage> = fc.oneof(
    fc.constantFrom(says('system', 's'), says('user', 'u'), says('user', 'v'), answers('a')),
    fc.constantFrom('c1', 'c2', 'c3').map((id) => answers('', id)),
    fc.constantFrom('c1', 'c2', 'c3').map((id) => returns(id)),
  );

  it('under every history: what stays fits, begins where a turn begins, and keeps what it must', () => {
    const costs = new Map<ChatMessage, number>();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(message, fc.nat(40)), { maxLength: 30 }),
        fc.nat(400),
        fc.nat(60),
        (drawn, contextTokens, reserveTokens) => {
          const messages = drawn.map(([one, cost]) => {
            const own = { ...one };
            costs.set(own, cost);
            return own;
          });
          const tokensOf = (one: ChatMessage) => costs.get(one) ?? 0;
          const found = leavesOut({ messages, tokensOf, contextTokens, reserveTokens });
          if (found === null) return;
          const gone = new Set(found.indices);
          const kept = messages.filter((_, index) => !gone.has(index));
          const sum = (some: readonly ChatMessage[]) => some.reduce((total, one) => total + tokensOf(one), 0);
          expect(sum(kept) + found.tokens).toBe(sum(messages));
          expect(sum(kept) + reserveTokens).toBeLessThanOrEqual(contextTokens);
          expect(leavesOut({ messages: kept, tokensOf, contextTokens, reserveTokens })).toEqual({
            indices: [],
            tokens: 0,
          });
          const lastUser = messages.findLastIndex(({ role }) => role === 'user');
          expect(found.indices.some((index) => index >= lastUser || messages[index]?.role === 'system')).toBe(
            false,
          );
          expect(tornPairs(messages, gone)).toEqual([]);
          if (gone.size > 0) expect(kept.find(({ role }) => role !== 'system')?.role).toBe('user');
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

/** Results that stay while the call before them goes; a call that goes has its result after it. */
function tornPairs(messages: readonly ChatMessage[], gone: ReadonlySet<number>): readonly number[] {
  return [...messages.keys()].filter((at) => {
    const result = messages[at];
    if (result?.role !== 'tool') return false;
    const call = messages.findLastIndex(
      (one, index) =>
        index < at && one.role === 'assistant' && one.toolCalls.some(({ id }) => id === result.toolCallId),
    );
    return call >= 0 && gone.has(call) !== gone.has(at);
  });
}

const LONG = 'several words of an older turn. '.repeat(600);

/** Turns of some 4,000 tokens each, then a question. */
function turnsOf(turns: number): readonly ChatMessage[] {
  const old = Array.from({ length: turns }, () => [says('user', LONG), answers('noted')]);
  return [says('system', 'be brief'), ...old.flat(), says('user', 'what did I say?')];
}

function question(messages: readonly ChatMessage[], rest: Partial<RouteQuestion> = {}): RouteQuestion {
  const request = { ...chat({ messages }), ...rest.request, messages };
  return ask({ ...rest, request, inputTokens: estimateInputTokens(request) });
}

function outcome(asked: RouteQuestion, isTrimmed = true) {
  const found = decideWithinBudget(asked, { isTrimmed, decide: decideRoute });
  if (!found.ok) return found.refusal.reason;
  const { decision } = found.value.decided;
  return [decision.model, decision.reasons.find((reason) => reason.startsWith('left-out')) ?? 'all of it'];
}

describe('a request that is too long', () => {
  it('goes to a model with room for all of it before anything is left out', () => {
    expect(outcome(question(turnsOf(3)))).toEqual(['large', 'all of it']);
  });

  it('is shortened when no model has room, and the decision says by how much', () => {
    const asked = question(turnsOf(40));
    const found = decideWithinBudget(asked, { isTrimmed: true, decide: decideRoute });
    const [model, reason] = outcome(asked);
    expect(model).toBe('large');
    expect(reason).toMatch(/^left-out:\d+ messages, \d+ tokens$/);
    expect(found.ok && found.value.isShortened && found.value.inputTokens).toBeLessThan(100_000);
  });

  it('is refused when trimming is off, or when its last turn alone is too long', () => {
    const huge = [...turnsOf(1), says('user', LONG.repeat(40))];
    expect([outcome(question(turnsOf(40)), false), outcome(question(huge))]).toEqual([
      'context_too_long',
      'context_too_long',
    ]);
  });

  it('is shortened for the edge when its text may not leave it, and for the model that it or a rule names', () => {
    const config = configOf({
      routing: { rules: [rule('small-only', { model: 'auto' }, { model: 'small' })] },
    });
    const wishes = { answerCheck: null, locality: 'edge-only', maxUsd: null } as const;
    const shortened = [
      question(turnsOf(3), { wishes }),
      question(turnsOf(3), { request: chat({ model: 'small' }) }),
      question(turnsOf(3), { config }),
    ];
    for (const asked of shortened)
      expect(outcome(asked)).toEqual(['small', expect.stringMatching(/^left-out:/)]);
  });

  it('is still refused for what it lacks besides room', () => {
    const wishes = { answerCheck: null, locality: 'edge-only', maxUsd: null } as const;
    const request = chat({ responseFormat: { type: 'json_object' } });
    expect(outcome(question(turnsOf(3), { wishes, request }))).toBe('data_locality');
  });

  it('that is asked again is known as such, and a new question with the same words is not', () => {
    const config = configOf({ models: MODELS.map((model) => ({ ...model, context_tokens: 8_000 })) });
    const decide = (turns: number, remembered: RouteQuestion['remembered']) => {
      const found = decideWithinBudget(question(turnsOf(turns), { config, remembered }), {
        isTrimmed: true,
        decide: decideRoute,
      });
      if (!found.ok) throw new Error(found.refusal.reason);
      return found.value.decided;
    };
    const first = decide(5, null);
    const [same, next] = [decide(5, first.remember), decide(6, first.remember)];
    expect([first, same, next].map(({ decision }) => decision.tier)).toEqual(['edge', 'cloud', 'edge']);
    expect([first.remember.turns, next.remember.turns]).toEqual([6, 7]);
  });
});

describe('each candidate', () => {
  const request = chat({ messages: turnsOf(3) });
  const [small, , large] = configOf().models;

  it('gets as much of the history as fits its own context, and none when nothing does', () => {
    const trimmer = new RequestTrimmer(request);
    const tiny = { context_tokens: 300, max_output_tokens: 290 };
    const fits = small === undefined ? null : trimmer.leavesOutFor(small);
    const shorter = withoutMessages(request, { indices: fits?.indices ?? [] });
    expect([
      fits?.indices,
      large && trimmer.leavesOutFor(large)?.indices,
      trimmer.leavesOutFor(tiny),
    ]).toEqual([[1, 2, 3, 4], [], null]);
    expect(estimateInputTokens(shorter)).toBe(estimateInputTokens(request) - (fits?.tokens ?? 0));
  });

  it('keeps room for tools and for the answer that was asked for', () => {
    const tools = [{ type: 'function', function: { name: 'f', description: LONG } }];
    const indices = (rest: object) =>
      new RequestTrimmer({ ...request, ...rest }).leavesOutFor(MODELS[0] ?? NONE)?.indices;
    expect([indices({}), indices({ tools }), indices({ maxOutputTokens: 2_000 })]).toEqual([
      [1, 2, 3, 4],
      [1, 2, 3, 4, 5, 6],
      [1, 2, 3, 4],
    ]);
  });
});

const NONE = { context_tokens: 1, max_output_tokens: 1 };

it('an answer without a limit of its own gets the model’s default, within what tenant and model allow', () => {
  const config = configOf();
  const limit = (asked: number | null, defaultTokens?: number) =>
    answerLimit({ config, tenant: null }, asked, {
      max_output_tokens: 2_000,
      ...(defaultTokens === undefined ? {} : { default_max_tokens: defaultTokens }),
    });
  expect([limit(null), limit(null, 300), limit(500, 300), limit(null, 3_000), limit(9_000, 300)]).toEqual([
    2_000, 300, 500, 2_000, 2_000,
  ]);
});
