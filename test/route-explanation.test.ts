// The promise: a decision says what would have turned it, and what it says is true: changing just that does turn it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Config, TenantConfig } from '../policy/config.ts';
import { decideRoute } from '../policy/plan-route.ts';
import { policyDocument } from '../policy/policy-version.ts';
import { configuredTarget, fixedThreshold } from '../policy/route/route-target.ts';
import type { DecidedRoute, RouteQuestion } from '../policy/route/route-question.ts';
import type { RouteDecision } from '../protocol/route.ts';
import { answers, ask, chat, configOf, MODELS, opinion, returns, says } from './support/route-question.ts';

const UNCHECKED = { answerCheck: 'off', locality: 'any', maxUsd: null } as const;

function decided(rest: Partial<RouteQuestion> = {}): DecidedRoute {
  const route = decideRoute(ask({ wishes: UNCHECKED, ...rest }));
  if (!route.ok) throw new Error(JSON.stringify(route.refusal));
  return route.value;
}

function decision(rest: Partial<RouteQuestion> = {}): RouteDecision {
  return decided(rest).decision;
}

describe('the counterfactual of the classifier', () => {
  const PROBABILITY = fc.double({ min: 0.001, max: 0.999, noNaN: true });

  it('names a threshold at which the decision turns, on the right side of every rounding', () => {
    fc.assert(
      fc.property(PROBABILITY, PROBABILITY, (probability, threshold) => {
        const classification = () => opinion(probability, { signals: [] });
        const { tier, counterfactual } = decision({ classification, threshold });
        const [, sense, named] = /threshold were (above )?(\d\.\d{3})/.exec(counterfactual ?? '') ?? [];
        const turned = Number(named) + (sense === undefined ? 0 : 1e-12);
        expect(decision({ classification, threshold: turned }).tier).not.toBe(tier);
      }),
      { numRuns: 500, seed: 11 },
    );
  });

  it('names a signal exactly when leaving it out turns the decision, the strongest first', () => {
    const signals = [
      { name: 'mathematics', weight: -0.84 },
      { name: 'asks for a proof', weight: -0.5 },
      { name: 'greeting', weight: 0.3 },
    ];
    const at = (logit: number, threshold: number) =>
      decision({
        classification: () => ({ probability: 1 / (1 + Math.exp(-logit)), logit, signals, features: [] }),
        threshold,
      }).counterfactual;
    expect([at(-0.5, 0.5), at(-2, 0.5), at(0.2, 0.5), at(0.5, 0.5)]).toEqual([
      "edge if the threshold were 0.377 or lower (p=0.378), edge without 'mathematics' (-0.84)",
      'edge if the threshold were 0.119 or lower (p=0.119)',
      "cloud if the threshold were above 0.550 (p=0.550), cloud without 'greeting' (+0.30)",
      'cloud if the threshold were above 0.623 (p=0.622)',
    ]);
  });

  it('weighs a left-out signal with the calibration that holds', () => {
    const signals = [{ name: 'law', weight: -0.2 }];
    const classification = () => ({ probability: 0.5, logit: 0, signals, features: [] });
    const steep = (raw: number) => (raw > 0.52 ? 0.9 : 0.1);
    expect([
      decision({ classification, calibrated: steep, threshold: 0.8 }).counterfactual,
      decision({ classification, threshold: 0.8 }).counterfactual,
    ]).toEqual([
      "edge if the threshold were 0.100 or lower (p=0.100), edge without 'law' (-0.20)",
      'edge if the threshold were 0.500 or lower (p=0.500)',
    ]);
  });

  it('is one line of ASCII whatever a signal is called', () => {
    const signals = [{ name: 'größe\r\nx', weight: 5 }];
    const { counterfactual } = decision({ classification: () => opinion(0.9, { signals }) });
    expect(counterfactual).toMatch(/^[\x20-\x7e]+$/);
    expect(counterfactual).toContain("'gr?e?x'");
  });
});

describe('the counterfactual of everything else', () => {
  const image = { type: 'image', url: 'data:image/png;base64,AA==' } as const;
  const loop = [says('user', 'x'), answers('', 'c'), returns('c')];
  const repeated = [says('user', 'one two three'), answers('a'), says('user', 'one two three')];
  const tenant: TenantConfig = { id: 't', key_sha256: [], tier: 'cloud' };

  it.each<[Partial<RouteQuestion>, string]>([
    [{ request: chat({ model: 'large' }) }, 'the router would choose if the request named model auto'],
    [{ request: chat({ model: 'edge' }) }, 'the router would choose if the request named model auto'],
    [{ tenant }, 'the router would choose if the tenant had no fixed tier'],
    [
      { request: chat({ messages: [{ role: 'user', content: [image] }] }) },
      'edge would be possible if the request had no images',
    ],
    [
      { inputTokens: 7_000 },
      'edge would be possible if the request had at most 8000 tokens with its answer (its input has 7000)',
    ],
    [{ request: chat({ messages: repeated }) }, 'edge would be possible if the user had not asked again'],
    [
      { request: chat({ messages: loop }) },
      'cloud would be possible after the next words of the user: tool results are being handed back',
    ],
    [
      { config: configOf({ routing: { stages: { classifier: false } } }) },
      'edge would be possible if the classifier stage were on',
    ],
    [
      { config: configOf({ routing: { exploration: 0.02 } }), draw: 0 },
      'cloud would be possible without exploration: the tier was drawn at random',
    ],
  ])('%#', (rest, sentence) => {
    expect(decision(rest).counterfactual).toBe(sentence);
  });
});

describe('the arms', () => {
  it('a model’s time to the first token is the measured one, else the expected, else unknown', () => {
    const models = MODELS.map((model) => ({ ...model, first_token_ms: model.tier === 'edge' ? 150 : 900 }));
    const config = configOf({ models });
    const times = (rest: Partial<RouteQuestion>) => decision(rest).arms.map((arm) => arm.firstTokenMs);
    expect([
      times({}),
      times({ config }),
      times({ config, firstTokenMs: (model) => (model === 'small' ? 80 : null) }),
    ]).toEqual([
      [null, null],
      [150, 900],
      [80, 900],
    ]);
  });

  it('the chosen arm comes first, and an answer costs a typical one or its limit if that is less', () => {
    const arms = decision({
      request: chat({ maxOutputTokens: 50 }),
      classification: () => opinion(0.1),
    }).arms;
    expect(arms.map(({ tier, costUsd }) => [tier, costUsd])).toEqual([
      ['cloud', (10 * 1 + 50 * 4) / 1e6],
      ['edge', (10 * 0.1 + 50 * 0.2) / 1e6],
    ]);
  });

  it('a named model stands beside what else could have served; a gate leaves the chosen arm alone', () => {
    const tiers = (rest: Partial<RouteQuestion>) => decision(rest).arms.map((arm) => arm.model);
    expect([tiers({ request: chat({ model: 'large-json' }) }), tiers({ inputTokens: 9_000 })]).toEqual([
      ['large-json', 'small'],
      ['large'],
    ]);
  });
});

describe('the evidence', () => {
  it('names the edge model that the probability is about, also when the cloud answers', () => {
    const tools = chat({ tools: [{ type: 'function', function: { name: 'f' } }] });
    const { evidence } = decided({ request: tools, classification: () => opinion(0.1) });
    expect(evidence).toEqual({ rawProbability: 0.1, features: [7], edgeModel: 'small-tools' });
  });

  it('has no probability when the classifier was not asked', () => {
    expect(decided({ request: chat({ model: 'cloud' }) }).evidence).toEqual({
      rawProbability: null,
      features: [],
      edgeModel: 'small',
    });
  });
});

describe('the knob of a tenant', () => {
  const configured = configOf({ routing: { target: { quality: 0.9 } } });
  const fixed = configOf({ routing: { threshold: 0.4 } });
  const own = (rest: Partial<TenantConfig>): TenantConfig => ({ id: 't', key_sha256: [], ...rest });

  it.each<[string, Config, TenantConfig | null, unknown, number | null]>([
    ['nothing configured', configOf(), null, { type: 'fixed' }, null],
    ['a threshold', fixed, null, { type: 'fixed' }, 0.4],
    ['a target', configured, null, { type: 'quality', value: 0.9 }, null],
    ['a tenant’s threshold over a target', configured, own({ threshold: 0.3 }), { type: 'fixed' }, 0.3],
    [
      'a tenant’s target over a threshold',
      fixed,
      own({ target: { max_usd_per_1k: 2 } }),
      { type: 'max_usd_per_1k', value: 2 },
      null,
    ],
    ['a tenant that says nothing', fixed, own({}), { type: 'fixed' }, 0.4],
  ])('%s', (_name, config, tenant, target, threshold) => {
    expect([configuredTarget({ config, tenant }), fixedThreshold({ config, tenant })]).toEqual([
      target,
      threshold,
    ]);
  });
});

describe('the version of a policy', () => {
  const tenant: TenantConfig = { id: 't', key_sha256: ['a'.repeat(64)], threshold: 0.5 };
  const parts = { config: configOf(), tenant, artefactSha: 'sha', calibrationVersion: '1' };
  const document = (rest: Partial<typeof parts> = {}) => policyDocument({ ...parts, ...rest });

  it('is the same for what decides alike', () => {
    const reordered = Object.fromEntries(Object.entries(parts.config).reverse()) as unknown as Config; // same keys
    const routing = { shadow: { dispatch_share: 0.1, judge_model: 'large' }, log_decisions: false };
    const priced = configOf({
      models: MODELS.map((model) => ({ ...model, first_token_ms: 5, region: 'x' })),
    });
    expect([
      document({ config: reordered }),
      document({ config: configOf({ routing, retention_seconds: 5 }) }),
      document({ config: priced }),
      document({ tenant: { ...tenant, id: 'other', key_sha256: ['b'.repeat(64)], durability: 'strict' } }),
    ]).toEqual([document(), document(), document(), document()]);
  });

  it('is another for everything that decides', () => {
    const others = [
      document(),
      document({ artefactSha: 'other' }),
      document({ calibrationVersion: '2' }),
      document({ tenant: { ...tenant, threshold: 0.6 } }),
      document({ tenant: { ...tenant, data_locality: 'edge-only' } }),
      document({ config: configOf({ routing: { exploration: 0.01 } }) }),
      document({ config: configOf({ routing: { answer_check: { band: 0.2 } } }) }),
      document({ config: configOf({ models: MODELS.toReversed() }) }),
      document({ config: configOf({ limits: { max_output_tokens: 5 } }) }),
    ];
    expect(new Set(others).size).toBe(others.length);
  });

  it('holds no key', () => {
    expect(document()).not.toContain('aaaa');
  });
});
