// The promise: simple prompts go to the edge, what the edge cannot serve goes to the cloud with the reason, an explicit
// wish is obeyed or refused, and the prompt's text cannot choose its tier.

import { describe, expect, it, vi } from 'vitest';
import { formatProblems, parseConfig, type Config, type TenantConfig } from '../policy/config.ts';
import { estimateCostUsd } from '../policy/estimate-cost.ts';
import { decideRoute, type RouteOpinion, type RouteQuestion } from '../policy/plan-route.ts';
import { userTurns } from '../policy/user-turns.ts';
import type { ChatMessage, ChatRequest, ContentPart } from '../protocol/chat-request.ts';

const PRICE = { input_usd_per_mtok: 0.1, output_usd_per_mtok: 0.2 };
const LIMITS = { context_tokens: 8_000, max_output_tokens: 2_000, price: PRICE };
const EDGE = { ...LIMITS, tier: 'edge', provider: 'workers-ai', endpoint: 'edge', upstream_model: '@cf/x/y' };
const CLOUD = {
  ...LIMITS,
  tier: 'cloud',
  provider: 'openai',
  endpoint: 'cloud',
  upstream_model: 'z',
  context_tokens: 100_000,
};
const MODELS = [
  { ...EDGE, id: 'small' },
  { ...EDGE, id: 'small-tools', capabilities: ['tools'] },
  { ...CLOUD, id: 'large', capabilities: ['tools', 'vision'] },
  { ...CLOUD, id: 'large-json', capabilities: ['json'] },
];

function configOf(rest: object = {}): Config {
  const parsed = parseConfig({ models: MODELS, ...rest });
  if (!parsed.ok) throw new Error(formatProblems(parsed.refusal));
  return parsed.value;
}

const CONFIG = configOf();
const TEXT: ContentPart = { type: 'text', text: 'hello' };
const IMAGE: ContentPart = { type: 'image', url: 'data:image/png;base64,AA==' };
const AUDIO: ContentPart = { type: 'opaque', raw: { type: 'input_audio' } };
const TOOL = { type: 'function', function: { name: 'f' } };

function chat(fields: Partial<ChatRequest> = {}, ...content: ContentPart[]): ChatRequest {
  const messages: ChatMessage[] = [{ role: 'user', content: content.length > 0 ? content : [TEXT] }];
  return {
    model: 'auto',
    messages,
    stream: true,
    includeUsage: false,
    maxOutputTokens: null,
    tools: [],
    parameters: {},
    ...fields,
  };
}

function opinion(probability: number): RouteOpinion {
  return {
    probability,
    signals: [
      { name: 'Short question', weight: 1.2 },
      { name: 'code\r\nx: y', weight: -0.8 },
      { name: 'arithmetic', weight: 0.4 },
      { name: 'fourth', weight: 0.1 },
    ],
  };
}

function route(request: ChatRequest, rest: Partial<RouteQuestion> = {}) {
  return decideRoute({
    request,
    config: CONFIG,
    tenant: null,
    classification: () => opinion(0.9),
    threshold: 0.55,
    inputTokens: 10,
    ...rest,
  });
}

/** `tier model: reasons`, or the refusal. */
function told(request: ChatRequest, rest: Partial<RouteQuestion> = {}): unknown {
  const decided = route(request, rest);
  if (!decided.ok) return decided.refusal;
  const { tier, model, reasons } = decided.value;
  return `${tier} ${model}: ${reasons.join(' ')}`;
}

describe('the classifier decides when nothing else does', () => {
  it('a probability at the threshold is answered at the edge, one below it in the cloud', () => {
    expect(route(chat(), { classification: () => opinion(0.55) })).toEqual({
      ok: true,
      value: {
        tier: 'edge',
        model: 'small',
        stage: 'classifier',
        probability: 0.55,
        threshold: 0.55,
        reasons: ['classifier p=0.55>=0.55', '+short-question', '-code-x-y', '+arithmetic'],
      },
    });
    expect(told(chat(), { classification: () => opinion(0.54) })).toMatch(
      /^cloud large: classifier p=0\.54<0\.55/,
    );
  });

  it('the configured threshold wins over the classifier’s own', () => {
    expect(told(chat(), { config: configOf({ routing: { threshold: 0.95 } }) })).toMatch(
      /^cloud large: classifier p=0\.9<0\.95/,
    );
  });

  it('reasons can stand in a header whatever a signal is called', () => {
    const decided = route(chat());
    expect(decided.ok && decided.value.reasons.every((reason) => /^[\x20-\x7e]+$/.test(reason))).toBe(true);
  });

  it('with the classifier switched off the cloud answers, and it is not run', () => {
    const classification = vi.fn(() => opinion(1));
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
    ['an image', chat({}, TEXT, IMAGE), 10, 'cloud large: gate:vision'],
    [
      'a response format',
      chat({ responseFormat: { type: 'json_object' } }),
      10,
      'cloud large-json: gate:json',
    ],
    ['tools with an image', chat({ tools: [TOOL] }, IMAGE), 10, 'cloud large: gate:vision'],
    ['a long prompt', chat(), 8_000, 'cloud large: gate:context'],
    ['audio', chat({}, AUDIO), 10, 'cloud large: gate:parts'],
  ])(
    '%s goes to the cloud with its reason, and the classifier is not run',
    (_name, request, inputTokens, outcome) => {
      const classification = vi.fn(() => opinion(1));
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
    const messages: ChatMessage[] = [
      { role: 'user', content: [TEXT] },
      { role: 'assistant', content: [], toolCalls: [{ id: 'c', name: 'f', args: '{}' }] },
      { role: 'tool', toolCallId: 'c', content: [TEXT] },
    ];
    expect(told(chat({ messages }))).toMatch(/^edge small-tools/);
  });

  it('what no model can serve is refused with what is missing', () => {
    expect(told(chat({ responseFormat: { type: 'json_object' } }, IMAGE))).toMatchObject({
      reason: 'unsupported_capability',
      model: 'auto',
    });
    expect(told(chat(), { inputTokens: 100_000 })).toEqual({
      reason: 'context_too_long',
      maxTokens: 100_000,
    });
  });

  it('switched off, gates do not keep a request from the classifier', () => {
    expect(told(chat({}, IMAGE), { config: configOf({ routing: { stages: { gates: false } } }) })).toMatch(
      /^edge small: classifier/,
    );
  });
});

describe('explicit wishes and rules', () => {
  const EDGE_TENANT: TenantConfig = { id: 't', key_sha256: [], tier: 'edge' };

  it.each<[string, ChatRequest, TenantConfig | null, unknown]>([
    ['a model id is obeyed', chat({ model: 'large-json' }), null, 'cloud large-json: model:explicit'],
    [
      'a model id wins over the tenant’s rule',
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
    ['a tenant’s rule decides for auto', chat(), EDGE_TENANT, 'edge small: tenant-rule'],
    [
      'an unknown model is refused',
      chat({ model: 'gpt-99' }),
      null,
      { reason: 'unknown_model', model: 'gpt-99' },
    ],
    [
      'a model without the capability is refused',
      chat({ model: 'small' }, IMAGE),
      null,
      { reason: 'unsupported_capability', model: 'small', capability: 'images' },
    ],
    [
      'edge without the capability is refused, not sent elsewhere',
      chat({ model: 'edge' }, IMAGE),
      null,
      { reason: 'unsupported_capability', model: 'edge', capability: 'images' },
    ],
    [
      'a tenant bound to the edge is refused, not sent elsewhere',
      chat({}, IMAGE),
      EDGE_TENANT,
      { reason: 'unsupported_capability', model: 'edge', capability: 'images' },
    ],
  ])('%s', (_name, request, tenant, outcome) => {
    const classification = vi.fn(() => opinion(1));
    expect(told(request, { tenant, classification })).toEqual(outcome);
    expect(classification).not.toHaveBeenCalled();
  });

  it('a prompt that names a tier changes nothing', () => {
    const asking = chat({}, { type: 'text', text: 'route: cloud\nmodel: large' });
    expect(told(asking)).toBe(told(chat()));
  });
});

describe('the texts that are classified', () => {
  const strip = (text: string) => text.replaceAll(/<env>.*?<\/env>/g, '').trim();
  const says = (role: 'user' | 'system', text: string): ChatMessage => ({
    role,
    content: [{ type: 'text', text }],
  });

  it('only the person’s own words count, oldest first', () => {
    const messages: ChatMessage[] = [
      says('system', 'prove theorems'),
      says('user', 'first'),
      { role: 'assistant', content: [{ type: 'text', text: 'answer' }], toolCalls: [] },
      says('user', '<env>noise</env>'),
      { role: 'tool', toolCallId: 'c', content: [{ type: 'text', text: 'result' }] },
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
});

it('the cost is tokens times price', () => {
  expect(estimateCostUsd({ inputTokens: 1_000_000, outputTokens: 500_000 }, PRICE)).toBeCloseTo(0.2, 12);
});
