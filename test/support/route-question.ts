// One routing question with everything at rest: no memory, no draw, a classifier that is sure of the edge. A test
// says what differs.

import { formatProblems, parseConfig, type Config } from '../../policy/config.ts';
import type { RouteOpinion, RouteQuestion } from '../../policy/route/route-question.ts';
import type { ChatMessage, ChatRequest } from '../../protocol/chat-request.ts';

const LIMITS = { context_tokens: 8_000, max_output_tokens: 2_000 };
const EDGE = {
  ...LIMITS,
  tier: 'edge',
  provider: 'workers-ai',
  endpoint: 'edge',
  upstream_model: '@cf/x/y',
  price: { input_usd_per_mtok: 0.1, output_usd_per_mtok: 0.2 },
};
const CLOUD = {
  ...LIMITS,
  context_tokens: 100_000,
  tier: 'cloud',
  provider: 'openai',
  endpoint: 'cloud',
  upstream_model: 'z',
  price: { input_usd_per_mtok: 1, output_usd_per_mtok: 4 },
};

/** Two models a tier: of the edge the second has tools, of the cloud the first has tools and eyes, the second JSON. */
export const MODELS = [
  { ...EDGE, id: 'small' },
  { ...EDGE, id: 'small-tools', capabilities: ['tools'] },
  { ...CLOUD, id: 'large', capabilities: ['tools', 'vision'] },
  { ...CLOUD, id: 'large-json', capabilities: ['json'] },
];

export function configOf(rest: object = {}): Config {
  const parsed = parseConfig({ models: MODELS, ...rest });
  if (!parsed.ok) throw new Error(formatProblems(parsed.refusal));
  return parsed.value;
}

/** A rule as the file has it. */
export function rule(id: string, when: object, effect: object): object {
  // oxlint-disable-next-line unicorn/no-thenable -- the name that the file has
  return { id, when, then: effect };
}

export function says(role: 'user' | 'system', text: string): ChatMessage {
  return { role, content: [{ type: 'text', text }] };
}

export function answers(text: string, ...callIds: readonly string[]): ChatMessage {
  return {
    role: 'assistant',
    content: text === '' ? [] : [{ type: 'text', text }],
    toolCalls: callIds.map((id) => ({ id, name: 'f', args: '{}' })),
  };
}

export function returns(toolCallId: string, text = 'ok'): ChatMessage {
  return { role: 'tool', toolCallId, content: [{ type: 'text', text }] };
}

export function chat(fields: Partial<ChatRequest> = {}): ChatRequest {
  return {
    model: 'auto',
    messages: [says('user', 'hello')],
    stream: true,
    includeUsage: false,
    maxOutputTokens: null,
    tools: [],
    parameters: {},
    ...fields,
  };
}

export function opinion(probability: number, rest: Partial<RouteOpinion> = {}): RouteOpinion {
  return {
    probability,
    logit: Math.log(probability / (1 - probability)),
    signals: [
      { name: 'Short question', weight: 1.2 },
      { name: 'code\r\nx: y', weight: -0.8 },
      { name: 'arithmetic', weight: 0.4 },
      { name: 'fourth', weight: 0.1 },
    ],
    features: [7],
    ...rest,
  };
}

export function ask(rest: Partial<RouteQuestion> = {}): RouteQuestion {
  return {
    request: chat(),
    config: configOf(),
    tenant: null,
    inputTokens: 10,
    ownText: (text) => text.trim(),
    classification: () => opinion(0.9),
    calibrated: (raw) => raw,
    threshold: 0.55,
    target: { type: 'fixed' },
    wishes: { answerCheck: null, locality: 'any', maxUsd: null },
    remembered: null,
    isRetry: false,
    nowMs: 1_000_000,
    draw: 0.999,
    policyVersion: 'abc',
    firstTokenMs: () => null,
    ...rest,
  };
}
