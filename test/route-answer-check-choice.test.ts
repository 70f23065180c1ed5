// The promise: only what the prompt alone cannot tell is checked, never against the conversation's course or beyond
// its ceiling; random draws are rare, honest about their probability, and never change a course.

import { describe, expect, it } from 'vitest';
import { decideRoute } from '../policy/plan-route.ts';
import type { DecidedRoute, RouteQuestion, RouteWishes } from '../policy/route/route-question.ts';
import type { ChatRequest } from '../protocol/chat-request.ts';
import {
  answers,
  ask,
  chat,
  configOf,
  MODELS,
  opinion,
  returns,
  rule,
  says,
} from './support/route-question.ts';

/** Within the default band of .12 around the threshold of .55, on its cloud side. */
const UNSURE = () => opinion(0.5);

function decided(rest: Partial<RouteQuestion> = {}): DecidedRoute {
  const route = decideRoute(ask({ classification: UNSURE, ...rest }));
  if (!route.ok) throw new Error(JSON.stringify(route.refusal));
  return route.value;
}

function modeOf(rest: Partial<RouteQuestion> = {}): string | null {
  return decided(rest).check?.mode ?? null;
}

function wishing(wish: Partial<RouteWishes>): Partial<RouteQuestion> {
  return { wishes: { answerCheck: null, locality: 'any', maxUsd: null, ...wish } };
}

describe('what is checked', () => {
  it('an uncertain request goes to the edge first, and to the cloud when the draft is not good enough', () => {
    const { decision, check } = decided();
    expect(decision).toMatchObject({
      tier: 'edge',
      model: 'small',
      stage: 'classifier',
      probability: 0.5,
      reasons: [
        'answer-check:prefix',
        'classifier p=0.5<0.55',
        '+short-question',
        '-code-x-y',
        '+arithmetic',
      ],
    });
    expect(check).toMatchObject({
      mode: 'prefix',
      holdMs: 300,
      budgetMs: 8_000,
      opinion: null,
      escalation: { tier: 'cloud', model: 'large', stage: 'answer_check', propensity: decision.propensity },
    });
    expect(check?.escalation.arms.map((arm) => arm.tier)).toEqual(['cloud', 'edge']);
  });

  it('the band is symmetrical, and configured', () => {
    const modes = [0.42, 0.431, 0.44, 0.66, 0.669, 0.68].map((p) =>
      modeOf({ classification: () => opinion(p) }),
    );
    expect(modes).toEqual([null, 'prefix', 'prefix', 'prefix', 'prefix', null]);
    const narrow = configOf({ routing: { answer_check: { band: 0 } } });
    expect(modeOf({ config: narrow })).toBe(null);
  });

  it.each<[string, Partial<ChatRequest>]>([
    ['a request that is not streamed', { stream: false }],
    ['tools', { tools: [{ type: 'function', function: { name: 'f' } }] }],
    ['a response format', { responseFormat: { type: 'json_object' } }],
  ])('%s is checked as a whole', (_name, fields) => {
    const models = MODELS.map((model) => ({ ...model, capabilities: ['tools', 'json'] }));
    expect(modeOf({ request: chat(fields), config: configOf({ models }) })).toBe('full');
  });

  it('the request’s wish wins over a rule, a rule over the kind of request', () => {
    const ruled = (check: string) => ({
      config: configOf({ routing: { rules: [rule('r', {}, { answer_check: check })] } }),
    });
    expect([
      modeOf(wishing({ answerCheck: 'full' })),
      modeOf(wishing({ answerCheck: 'off' })),
      modeOf(ruled('full')),
      modeOf(ruled('off')),
      modeOf({ ...ruled('off'), ...wishing({ answerCheck: 'prefix' }) }),
      modeOf({ request: chat({ stream: false }), ...wishing({ answerCheck: 'prefix' }) }),
    ]).toEqual(['full', null, 'full', null, 'prefix', 'prefix']);
  });

  it.each<[string, Partial<RouteQuestion>]>([
    ['with the stage off', { config: configOf({ routing: { stages: { answer_check: false } } }) }],
    ['when the cloud is out of reach', wishing({ locality: 'edge-only' })],
    ['for a named tier', { request: chat({ model: 'edge' }) }],
    [
      'in an agent’s loop',
      { request: chat({ messages: [says('user', 'x'), answers('', 'c'), returns('c')] }) },
    ],
    [
      'in a conversation that is in the cloud',
      { remembered: { tier: 'cloud', model: 'large', atMs: 999_999, turns: 0, turnHash: 0 } },
    ],
    [
      'when both answers together may cost more than the ceiling',
      { inputTokens: 1_000, ...wishing({ maxUsd: 0.009 + 0.0005 - 1e-9 }) },
    ],
  ])('nothing is checked %s', (_name, rest) => {
    expect(modeOf(rest)).toBe(null);
  });

  it('where conversations are not to be sticky, one that was in the cloud is checked like any other', () => {
    const remembered = { tier: 'cloud', model: 'large', atMs: 999_999, turns: 0, turnHash: 0 } as const;
    const config = configOf({ routing: { conversation: { sticky: false } } });
    expect(modeOf({ config, remembered })).toBe('prefix');
  });

  it('a ceiling that holds both answers lets them be checked', () => {
    expect(modeOf({ inputTokens: 1_000, ...wishing({ maxUsd: 0.009 + 0.0005 + 1e-9 }) })).toBe('prefix');
  });

  it('a second opinion is asked for whole drafts, of another edge model that can serve', () => {
    const config = configOf({ routing: { answer_check: { second_opinion: 'small-tools' } } });
    const opinionOf = (fields: Partial<ChatRequest>, rest: Partial<RouteQuestion> = {}) =>
      decided({ config, request: chat(fields), ...rest }).check?.opinion;
    const tool = { tools: [{ type: 'function', function: { name: 'f' } }] };
    expect([
      opinionOf({ stream: false }),
      opinionOf({ stream: true }),
      opinionOf({ stream: false, ...tool }),
    ]).toEqual(['small-tools', null, null]);
  });
});

describe('exploration', () => {
  const config = configOf({ routing: { exploration: 0.02, answer_check: { band: 0 } } });
  const SURE = () => opinion(0.9);
  const seen = (draw: number, rest: Partial<RouteQuestion> = {}) => {
    const { decision } = decided({ config, draw, classification: SURE, ...rest });
    return [decision.tier, decision.stage, decision.propensity];
  };

  it('draws one of both tiers with the configured probability, and says with which', () => {
    expect([seen(0), seen(0.0099), seen(0.01), seen(0.0199), seen(0.02), seen(0.9)]).toEqual([
      ['edge', 'exploration', 0.99],
      ['edge', 'exploration', 0.99],
      ['cloud', 'exploration', 0.01],
      ['cloud', 'exploration', 0.01],
      ['edge', 'classifier', 0.99],
      ['edge', 'classifier', 0.99],
    ]);
  });

  it('the propensities are the frequencies', () => {
    const draws = Array.from({ length: 1_000 }, (_, at) => seen(at / 1_000));
    const edge = draws.filter(([tier]) => tier === 'edge').length / draws.length;
    expect(edge).toBeCloseTo(0.99, 6);
  });

  it('is not checked, and a checked draft is an action of its own', () => {
    const banded = configOf({ routing: { exploration: 0.02 } });
    const cloud = decided({ config: banded, draw: 0.015 });
    const edge = decided({ config: banded, draw: 0.5 });
    expect([cloud.check, cloud.decision.propensity, edge.check?.mode, edge.decision.propensity]).toEqual([
      null,
      0.01,
      'prefix',
      0.98,
    ]);
  });

  it.each<[string, Partial<RouteQuestion>]>([
    ['a gate decides', { inputTokens: 9_000 }],
    ['a tier is named', { request: chat({ model: 'edge' }) }],
    ['the cloud is out of reach', wishing({ locality: 'edge-only' })],
    [
      'a loop is locked',
      { request: chat({ messages: [says('user', 'x'), answers('', 'c'), returns('c')] }) },
    ],
    [
      'the conversation has begun',
      { request: chat({ messages: [says('user', 'x'), answers('a'), says('user', 'y')] }) },
    ],
  ])('nothing is drawn when %s', (_name, rest) => {
    expect([seen(0, rest), seen(0.015, rest)]).toEqual([seen(0.9, rest), seen(0.9, rest)]);
    expect(seen(0.9, rest)[2]).toBe(1);
  });

  it('is off unless configured', () => {
    expect(seen(0, { config: configOf() })).toEqual(['edge', 'classifier', 1]);
  });
});
