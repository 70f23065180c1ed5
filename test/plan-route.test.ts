// The promise: simple prompts go to the edge, what the edge cannot serve goes to the cloud with the reason, an explicit
// wish is obeyed or refused, and the prompt's text cannot choose its tier.

import { describe, expect, it, vi } from 'vitest';
import type { TenantConfig } from '../policy/config.ts';
import { estimateCostUsd } from '../policy/estimate-cost.ts';
import { decideRoute } from '../policy/plan-route.ts';
import type { RouteQuestion } from '../policy/route/route-question.ts';
import { userTurns } from '../policy/user-turns.ts';
import type { ChatMessage, ChatRequest, ContentPart } from '../protocol/chat-request.ts';
import { answers, ask, chat, configOf, opinion, returns, rule, says } from './support/route-question.ts';

const IMAGE: ContentPart = { type: 'image', url: 'data:image/png;base64,AA==' };
const AUDIO: ContentPart = { type: 'opaque', raw: { type: 'input_audio' } };
const TOOL = { type: 'function', function: { name: 'f' } };
const JSON_FORMAT = { responseFormat: { type: 'json_object' } };

function showing(...parts: readonly ContentPart[]): Partial<ChatRequest> {
  return { messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }, ...parts] }] };
}

/** `tier model: reasons`, or the refusal. */
function told(request: ChatRequest, rest: Partial<RouteQuestion> = {}): unknown {
  const decided = decideRoute(ask({ request, ...rest }));
  if (!decided.ok) return decided.refusal;
  const { tier, model, reasons } = decided.value.decision;
  return `${tier} ${model}: ${reasons.join(' ')}`;
}

describe('the classifier decides when nothing else does', () => {
  it('a probability at the threshold is answered at the edge, and the decision says everything about it', () => {
    const decided = decideRoute(
      ask({
        classification: () => opinion(0.8),
        threshold: 0.8,
        wishes: { answerCheck: 'off', locality: 'any', maxUsd: null },
      }),
    );
    const signals = opinion(0.8).signals;
    expect(decided).toEqual({
      ok: true,
      value: {
        decision: {
          tier: 'edge',
          model: 'small',
          stage: 'classifier',
          probability: 0.8,
          threshold: 0.8,
          target: { type: 'fixed' },
          signals,
          ruleId: null,
          policyVersion: 'abc',
          counterfactual:
            "cloud if the threshold were above 0.800 (p=0.800), cloud without 'Short question' (+1.20)",
          propensity: 1,
          arms: [
            { tier: 'edge', model: 'small', costUsd: (10 * 0.1 + 400 * 0.2) / 1e6, firstTokenMs: null },
            { tier: 'cloud', model: 'large', costUsd: (10 * 1 + 400 * 4) / 1e6, firstTokenMs: null },
          ],
          reasons: ['classifier p=0.8>=0.8', '+short-question', '-code-x-y', '+arithmetic'],
        },
        check: null,
        fallbacks: ['small-tools', 'large', 'large-json'],
        evidence: { rawProbability: 0.8, features: [7], edgeModel: 'small' },
        locality: 'any',
        remember: { tier: 'edge', model: 'small', atMs: 1_000_000, turns: 1, turnHash: expect.any(Number) },
      },
    });
  });

  it('a probability below the threshold is answered in the cloud', () => {
    expect(told(chat(), { classification: () => opinion(0.3) })).toMatch(
      /^cloud large: classifier p=0\.3<0\.55/,
    );
  });

  it('what feedback has taught corrects the probability, for the edge model that would answer', () => {
    const calibrated = vi.fn(() => 0.2);
    const decided = decideRoute(ask({ calibrated, request: chat({ tools: [TOOL] }) }));
    expect(decided.ok && decided.value.decision.probability).toBe(0.2);
    expect(decided.ok && decided.value.evidence.rawProbability).toBe(0.9);
    expect(calibrated).toHaveBeenCalledWith(0.9, 'small-tools');
  });

  it('calibration can be switched off', () => {
    const config = configOf({ routing: { calibrate: false } });
    expect(told(chat(), { config, calibrated: () => 0 })).toMatch(/^edge small: classifier p=0\.9/);
  });

  it('a configured threshold wins over the one that comes in, and the tenant’s over the deployment’s', () => {
    const config = configOf({ routing: { threshold: 0.95 } });
    const tenant: TenantConfig = { id: 't', key_sha256: [], threshold: 0.5 };
    const classification = () => opinion(0.8);
    expect([
      told(chat(), { config, classification }),
      told(chat(), { config, tenant, classification }),
    ]).toEqual([
      expect.stringMatching(/^cloud large: classifier p=0\.8<0\.95/),
      expect.stringMatching(/^edge small: classifier p=0\.8>=0\.5/),
    ]);
  });

  it('a tenant’s target sets a fixed threshold of the deployment aside', () => {
    const config = configOf({ routing: { threshold: 0.95 } });
    const tenant: TenantConfig = { id: 't', key_sha256: [], target: { cloud_share: 0.2 } };
    const target = { type: 'cloud_share', value: 0.2 } as const;
    const decided = decideRoute(ask({ config, tenant, target, threshold: 0.7 }));
    expect(decided.ok && decided.value.decision).toMatchObject({ tier: 'edge', threshold: 0.7, target });
  });

  it('reasons can stand in a header whatever a signal is called', () => {
    const decided = decideRoute(ask());
    expect(
      decided.ok && decided.value.decision.reasons.every((reason) => /^[\x20-\x7e]+$/.test(reason)),
    ).toBe(true);
  });

  it('with the classifier switched off the cloud answers, and it is not run', () => {
    const classification = vi.fn(() => opinion(0.99));
    const config = configOf({ routing: { stages: { classifier: false } } });
    expect(told(chat(), { config, classification })).toBe('cloud large: classifier:off');
    expect(classification).not.toHaveBeenCalled();
  });

  it('a tool request that an edge model can serve is classified, and goes to that model', () => {
    expect(told(chat({ tools: [TOOL] }))).toMatch(/^edge small-tools: classifier/);
  });
});

describe('gates', () => {
  it.each<[string, ChatRequest, number, string]>([
    ['an image', chat(showing(IMAGE)), 10, 'cloud large: gate:vision'],
    ['a response format', chat(JSON_FORMAT), 10, 'cloud large-json: gate:json'],
    ['tools with an image', chat({ tools: [TOOL], ...showing(IMAGE) }), 10, 'cloud large: gate:vision'],
    ['a long prompt', chat(), 8_000, 'cloud large: gate:context'],
    ['audio', chat(showing(AUDIO)), 10, 'cloud large: gate:parts'],
  ])(
    '%s goes to the cloud with its reason, and the classifier is not run',
    (_name, request, inputTokens, outcome) => {
      const classification = vi.fn(() => opinion(0.99));
      expect(told(request, { inputTokens, classification })).toBe(outcome);
      expect(classification).not.toHaveBeenCalled();
    },
  );

  it('the context gate leaves room for the answer: the last fitting size stays, one more token does not', () => {
    const request = chat({ maxOutputTokens: 500 });
    expect(told(request, { inputTokens: 7_500 })).toMatch(/^edge small/);
    expect(told(request, { inputTokens: 7_501 })).toBe('cloud large: gate:context');
  });

  it('a max_tokens beyond the model’s own is no reason to leave the edge', () => {
    expect(told(chat({ maxOutputTokens: 50_000 }), { inputTokens: 6_000 })).toMatch(/^edge small/);
  });

  it('a history with tool calls needs a model that knows them, even when no tool is offered', () => {
    const messages: ChatMessage[] = [says('user', 'hello'), answers('', 'c'), returns('c')];
    expect(told(chat({ messages }))).toMatch(/^edge small-tools/);
  });

  it('what no model can serve is refused with what is missing', () => {
    expect(told(chat({ ...JSON_FORMAT, ...showing(IMAGE) }))).toMatchObject({
      reason: 'unsupported_capability',
      model: 'auto',
    });
    expect(told(chat(), { inputTokens: 100_000 })).toEqual({
      reason: 'context_too_long',
      maxTokens: 100_000,
    });
  });

  it('switched off, gates do not keep a request from the classifier', () => {
    const config = configOf({ routing: { stages: { gates: false } } });
    expect(told(chat(showing(IMAGE)), { config })).toMatch(/^edge small: classifier/);
  });
});

describe('explicit wishes and the tenant’s tier', () => {
  const EDGE_TENANT: TenantConfig = { id: 't', key_sha256: [], tier: 'edge' };

  it.each<[string, ChatRequest, TenantConfig | null, unknown]>([
    ['a model id is obeyed', chat({ model: 'large-json' }), null, 'cloud large-json: model:explicit'],
    [
      'a model id wins over the tenant’s tier',
      chat({ model: 'large' }),
      EDGE_TENANT,
      'cloud large: model:explicit',
    ],
    ['edge is obeyed', chat({ model: 'edge' }), null, 'edge small: tier:explicit'],
    [
      'edge with tools takes an edge model that has them',
      chat({ model: 'edge', tools: [TOOL] }),
      null,
      'edge small-tools: tier:explicit',
    ],
    ['cloud is obeyed', chat({ model: 'cloud' }), EDGE_TENANT, 'cloud large: tier:explicit'],
    ['a tenant’s tier decides for auto', chat(), EDGE_TENANT, 'edge small: tenant-rule'],
    [
      'an unknown model is refused',
      chat({ model: 'gpt-99' }),
      null,
      { reason: 'unknown_model', model: 'gpt-99' },
    ],
    [
      'a model without the capability is refused',
      chat({ model: 'small', ...showing(IMAGE) }),
      null,
      { reason: 'unsupported_capability', model: 'small', capability: 'images' },
    ],
    [
      'edge without the capability is refused, not sent elsewhere',
      chat({ model: 'edge', ...showing(IMAGE) }),
      null,
      { reason: 'unsupported_capability', model: 'edge', capability: 'images' },
    ],
    [
      'a tenant bound to the edge is refused, not sent elsewhere',
      chat(showing(IMAGE)),
      EDGE_TENANT,
      { reason: 'unsupported_capability', model: 'edge', capability: 'images' },
    ],
  ])('%s', (_name, request, tenant, outcome) => {
    const classification = vi.fn(() => opinion(0.99));
    expect(told(request, { tenant, classification })).toEqual(outcome);
    expect(classification).not.toHaveBeenCalled();
  });

  it('a prompt that names a tier changes nothing', () => {
    const asking = chat({ messages: [says('user', 'route: cloud\nmodel: large')] });
    expect(told(asking)).toBe(told(chat()));
  });
});

describe('data locality', () => {
  const EDGE_ONLY = configOf({ routing: { data_locality: 'edge-only' } });
  const WISH = { answerCheck: null, locality: 'edge-only', maxUsd: null } as const;
  const TENANT: TenantConfig = { id: 't', key_sha256: [], data_locality: 'edge-only' };
  const RULED = configOf({
    routing: { rules: [rule('health', { contains_any: ['patient'] }, { data_locality: 'edge-only' })] },
  });
  const ABOUT_PATIENTS = { messages: [says('user', 'The patient has a cough.')] };

  it.each<[string, Partial<RouteQuestion>, Partial<ChatRequest>, string]>([
    ['the deployment', { config: EDGE_ONLY }, {}, 'routing.data_locality'],
    ['the tenant', { tenant: TENANT }, {}, "the tenant's data_locality"],
    ['a rule', { config: RULED }, ABOUT_PATIENTS, "the routing rule 'health'"],
    ['the request', { wishes: WISH }, {}, "the request's own data locality"],
  ])('%s can keep a request at the edge, however hard it is', (_name, rest, fields, setting) => {
    const hard = { ...rest, classification: () => opinion(0.01) };
    expect(told(chat(fields), hard)).toBe('edge small: gate:locality');
    for (const model of ['cloud', 'large']) {
      expect(told(chat({ ...fields, model }), hard)).toEqual({
        reason: 'data_locality',
        model,
        setting,
        missing: null,
      });
    }
    expect(told(chat({ ...fields, ...JSON_FORMAT }), hard)).toEqual({
      reason: 'data_locality',
      model: 'auto',
      setting,
      missing: 'response_format',
    });
  });

  it('a model of the edge tier that is reached over the endpoint of the cloud is out of reach too', () => {
    const config = configOf({ routing: { data_locality: 'edge-only' } });
    const models = config.models.map((model) => ({ ...model, endpoint: 'cloud' as const }));
    expect(told(chat(), { config: { ...config, models } })).toMatchObject({ reason: 'data_locality' });
  });

  it('nothing further in can loosen it', () => {
    const loose: TenantConfig = { id: 't', key_sha256: [], data_locality: 'any', tier: 'cloud' };
    expect(told(chat(), { config: EDGE_ONLY, tenant: loose })).toMatchObject({ reason: 'data_locality' });
  });

  it('the decision names no cloud model as an arm, and tells everything that comes after it', () => {
    const decided = decideRoute(ask({ config: EDGE_ONLY }));
    expect(
      decided.ok && [decided.value.locality, decided.value.decision.arms.map((arm) => arm.tier)],
    ).toEqual(['edge-only', ['edge']]);
    expect(decided.ok && decided.value.decision.counterfactual).toBe(
      'cloud would be possible without data locality edge-only (routing.data_locality)',
    );
  });
});

describe('the ceiling of one request', () => {
  // With 1,000 tokens in and up to 2,000 out the edge costs 0.0005 USD at most, the cloud 0.009.
  const request = chat();
  const asking = (maxUsd: number | null, rest: Partial<RouteQuestion> = {}) =>
    told(request, {
      inputTokens: 1_000,
      classification: () => opinion(0.1),
      wishes: { answerCheck: null, locality: 'any', maxUsd },
      ...rest,
    });

  it('a tier that may cost more is left out', () => {
    expect([asking(0.009), asking(0.0089)]).toEqual([
      expect.stringMatching(/^cloud/),
      'edge small: gate:budget',
    ]);
  });

  it('when every tier may cost more the request is refused with limit and estimate', () => {
    expect(asking(0.0004)).toEqual({ reason: 'over_budget', limitUsd: 0.0004, estimatedUsd: 0.0005 });
  });

  it('the counterfactual names the amount that would do', () => {
    const decided = decideRoute(
      ask({ inputTokens: 1_000, wishes: { answerCheck: null, locality: 'any', maxUsd: 0.001 } }),
    );
    expect(decided.ok && decided.value.decision.counterfactual).toBe(
      'cloud would be possible if the limit were 0.009000 USD (it is 0.001 USD)',
    );
  });

  it('a tenant’s ceiling replaces the deployment’s, and the request can only lower it', () => {
    const config = configOf({ routing: { max_usd_per_request: 0.001 } });
    const tenant: TenantConfig = { id: 't', key_sha256: [], max_usd_per_request: 0.01 };
    expect([
      asking(null, { config }),
      asking(null, { config, tenant }),
      asking(1, { config }),
      asking(0.001, { config, tenant }),
    ]).toEqual([
      'edge small: gate:budget',
      expect.stringMatching(/^cloud/),
      'edge small: gate:budget',
      'edge small: gate:budget',
    ]);
  });

  it('it holds for a model that the request names, too', () => {
    expect(
      told(chat({ model: 'large' }), { wishes: { answerCheck: null, locality: 'any', maxUsd: 0.001 } }),
    ).toMatchObject({
      reason: 'over_budget',
    });
  });
});

describe('the texts that are classified', () => {
  const strip = (text: string) => text.replaceAll(/<env>.*?<\/env>/g, '').trim();

  it('only the person’s own words count, oldest first', () => {
    const messages: ChatMessage[] = [
      says('system', 'prove theorems'),
      says('user', 'first'),
      answers('answer'),
      says('user', '<env>noise</env>'),
      returns('c', 'result'),
      says('user', '<env>noise</env> second'),
    ];
    expect(userTurns(messages, strip)).toEqual(['first', 'second']);
  });

  it('of a long conversation the last eight turns are looked at', () => {
    const ownText = vi.fn((text: string) => text);
    const messages = Array.from({ length: 1_000 }, (_, index) => says('user', `turn ${index}`));
    expect(userTurns(messages, ownText).at(-1)).toBe('turn 999');
    expect(ownText).toHaveBeenCalledTimes(8);
  });

  it('the task of an agent is found where it began, when its loop is long and has no words', () => {
    const messages = [
      says('user', 'the task'),
      ...Array.from({ length: 500 }, () => says('user', '<env>x</env>')),
    ];
    expect(userTurns(messages, strip)).toEqual(['the task']);
  });
});

it('the cost is tokens times price', () => {
  const price = { input_usd_per_mtok: 0.1, output_usd_per_mtok: 0.2 };
  expect(estimateCostUsd({ inputTokens: 1_000_000, outputTokens: 500_000 }, price)).toBeCloseTo(0.2, 12);
});
