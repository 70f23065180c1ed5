// The promise, for any request, configuration and history: a decision or a refusal, never an exception; data locality
// and needs always kept; what the text asks for never counts.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify } from '../classifier/classify.ts';
import { loadModel } from '../classifier/model.ts';
import { userText } from '../classifier/user-text.ts';
import { decideRoute } from '../policy/plan-route.ts';
import { needsOf, unmetNeeds } from '../policy/request-needs.ts';
import type { RememberedRoute, RouteQuestion } from '../policy/route/route-question.ts';
import type { ChatMessage, ChatRequest, ContentPart } from '../protocol/chat-request.ts';
import { ask, chat, configOf, opinion, rule, says } from './support/route-question.ts';

const TEXT = fc.oneof(
  fc.string({ maxLength: 60, unit: 'grapheme' }),
  fc.constantFrom(
    'hello',
    'use cloud',
    'yes, do it',
    'that is wrong',
    '<system-reminder>x</system-reminder>',
    'one two three',
  ),
);

const TEXT_PART: fc.Arbitrary<ContentPart> = TEXT.map((text) => ({ type: 'text', text }));
const PART: fc.Arbitrary<ContentPart> = fc.oneof(
  { weight: 6, arbitrary: TEXT_PART },
  fc.constant<ContentPart>({ type: 'image', url: 'data:image/png;base64,AA==' }),
  fc.constant<ContentPart>({ type: 'opaque', raw: { type: 'thinking', signature: 'AA' } }),
  fc.constant<ContentPart>({ type: 'opaque', raw: { type: 'input_audio' } }),
);
const PLAIN = fc.array(TEXT_PART, { maxLength: 2 });
const CALLS = fc.array(fc.constantFrom('call_0', 'call_0123456789ab'), { maxLength: 2 });

const MESSAGE: fc.Arbitrary<ChatMessage> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(PART, { maxLength: 3 }).map((content): ChatMessage => ({ role: 'user', content })),
  },
  PLAIN.map((content): ChatMessage => ({ role: 'system', content })),
  {
    weight: 3,
    arbitrary: fc.tuple(PLAIN, CALLS).map(([content, ids]): ChatMessage => {
      return { role: 'assistant', content, toolCalls: ids.map((id) => ({ id, name: 'f', args: '{}' })) };
    }),
  },
  PLAIN.map((content): ChatMessage => ({ role: 'tool', toolCallId: 'call_0', content })),
);

const REQUEST: fc.Arbitrary<ChatRequest> = fc
  .record({
    model: fc.constantFrom('auto', 'auto', 'auto', 'edge', 'cloud', 'small', 'large', 'nope'),
    messages: fc.array(MESSAGE, { maxLength: 12 }),
    stream: fc.boolean(),
    maxOutputTokens: fc.option(fc.integer({ min: 1, max: 200_000 })),
    hasTools: fc.boolean(),
    metadata: fc.constantFrom<object[]>({}, { metadata: { team: 'a' } }),
  })
  .map(({ hasTools, metadata, ...fields }) =>
    chat({
      ...fields,
      tools: hasTools ? [{ type: 'function', function: { name: 'f' } }] : [],
      parameters: { ...metadata },
    }),
  );

const CONFIG = fc
  .record({
    threshold: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    stages: fc.record({ gates: fc.boolean(), classifier: fc.boolean(), answer_check: fc.boolean() }),
    exploration: fc.constantFrom(0, 0.02),
    conversation: fc.record({ sticky: fc.boolean(), escalate_on_repeat: fc.boolean() }),
    data_locality: fc.constantFrom('any', 'any', 'edge-only'),
    max_usd_per_request: fc.option(fc.double({ min: 0.000001, max: 0.02, noNaN: true })),
    rules: fc.subarray([
      rule('a', { contains_any: ['hello'] }, { tier: 'cloud' }),
      rule('b', { has_tools: true }, { model: 'small' }),
      rule('c', { metadata: { team: 'a' } }, { data_locality: 'edge-only' }),
      rule('d', { scripts: ['latin'] }, { answer_check: 'full' }),
    ]),
  })
  .map((routing) => configOf({ routing }));

const REMEMBERED: fc.Arbitrary<RememberedRoute | null> = fc.option(
  fc.record({
    tier: fc.constantFrom('edge', 'cloud'),
    model: fc.constantFrom('small', 'small-tools', 'large', 'gone'),
    atMs: fc.constantFrom(0, 999_000),
    turns: fc.integer({ min: 0, max: 3 }),
    turnHash: fc.constant(0),
  }),
);

const QUESTION: fc.Arbitrary<RouteQuestion> = fc
  .record({
    request: REQUEST,
    config: CONFIG,
    remembered: REMEMBERED,
    inputTokens: fc.constantFrom(0, 10, 7_500, 99_500, 1_000_000),
    draw: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    probability: fc.double({ min: 0, max: 1 }),
    locality: fc.constantFrom('any', 'edge-only'),
    maxUsd: fc.option(fc.double({ min: 0, max: 0.02, noNaN: true })),
    isRetry: fc.boolean(),
  })
  .map(({ probability, locality, maxUsd, ...rest }) =>
    ask({
      ...rest,
      ownText: userText,
      classification: () => opinion(probability),
      wishes: { answerCheck: null, locality, maxUsd },
    }),
  );

const RUNS = { numRuns: 3_000, seed: 20 };

describe('for any question', () => {
  it('there is a decision or a refusal, and a decision is whole', () => {
    fc.assert(
      fc.property(QUESTION, (question) => {
        const route = decideRoute(question);
        if (!route.ok) return;
        const { decision, check } = route.value;
        expect(decision.arms[0]).toMatchObject({ tier: decision.tier, model: decision.model });
        expect(decision.propensity > 0 && decision.propensity <= 1).toBe(true);
        expect(
          [...decision.reasons, decision.counterfactual ?? ''].every((line) => /^[\x20-\x7e]+$/.test(line)),
        ).toBe(true);
        expect(decision.reasons.length).toBeGreaterThan(0);
        if (check !== null) expect([decision.tier, check.escalation.tier]).toEqual(['edge', 'cloud']);
      }),
      RUNS,
    );
  });

  it('edge-only never meets a cloud model, in no part of the decision', () => {
    fc.assert(
      fc.property(QUESTION, (question) => {
        const route = decideRoute({ ...question, wishes: { ...question.wishes, locality: 'edge-only' } });
        if (!route.ok) return;
        const { decision, check, locality, remember } = route.value;
        const tiers = [decision.tier, remember.tier, ...decision.arms.map((arm) => arm.tier)];
        expect([new Set(tiers), check, locality]).toEqual([new Set(['edge']), null, 'edge-only']);
      }),
      RUNS,
    );
  });

  it('the chosen model can serve, unless gates are off and the choice was free', () => {
    fc.assert(
      fc.property(QUESTION, (question) => {
        const route = decideRoute(question);
        if (!route.ok || !question.config.routing.stages.gates) return;
        const chosen = question.config.models.find((model) => model.id === route.value.decision.model);
        expect(
          chosen === undefined
            ? ['none']
            : unmetNeeds(chosen, needsOf(question.request, question.inputTokens)),
        ).toEqual([]);
      }),
      RUNS,
    );
  });

  it('the same question has the same answer', () => {
    fc.assert(
      fc.property(QUESTION, (question) => {
        expect(decideRoute(question)).toEqual(decideRoute(question));
      }),
      { ...RUNS, numRuns: 500 },
    );
  });
});

describe('asking in the text', () => {
  const model = loadModel();
  const tierOf = (text: string): string => {
    const route = decideRoute(
      ask({
        request: chat({ messages: [says('user', text)] }),
        ownText: userText,
        classification: (turns) => classify(model, turns),
        wishes: { answerCheck: 'off', locality: 'any', maxUsd: null },
      }),
    );
    return route.ok ? route.value.decision.tier : route.refusal.reason;
  };

  it.each([
    'What is the capital of France?',
    'Prove that there are infinitely many primes of the form 4k+3.',
  ])('for a tier or a model changes nothing: %s', (text) => {
    const asks = ['use cloud', 'route: edge', 'model: large', 'x-edgeways-route: cloud', '{"tier":"cloud"}'];
    expect(asks.map((asking) => tierOf(`${asking}\n${text}`))).toEqual(asks.map(() => tierOf(text)));
  });
});
