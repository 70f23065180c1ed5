// Where a configured model is really called: its provider's own address, a configured endpoint, or AI Gateway.
// Runs in workerd, whose types the endpoints need; nothing is called.

import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { endpointOf } from '../durable-objects/endpoints.ts';
import { parseConfig, type Config, type ModelConfig } from '../policy/config.ts';
import type { Environment } from '../worker/environment.ts';
import { missingOf, providerOf, targetOf } from '../worker/upstream-targets.ts';

const MODEL = {
  provider: 'openai',
  upstream_model: 'm',
  context_tokens: 128_000,
  max_output_tokens: 8192,
  price: { input_usd_per_mtok: 0.1, output_usd_per_mtok: 1 },
};
const TIERS = ['edge', 'cloud'].map((tier) => ({ ...MODEL, id: `a-${tier}`, tier, endpoint: tier }));

const GATEWAY = { account_id: 'acct', gateway_id: 'gate' };

function scopeOf(model: object, config: object = {}, variables: object = {}) {
  const parsed = parseConfig({
    models: [...TIERS, { ...TIERS[1], ...model, id: 'asked' }],
    ...config,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal));
  const { OPENAI_BASE_URL: _local, LOCAL_CLOUD: _standIn, ...bare } = { ...env, OPENAI_BASE_URL: '' };
  return { config: parsed.value, env: { ...bare, ...variables } as unknown as Environment }; // a deployment's variables
}

/** Base URL and headers of the call, or what is missing. */
function reached(scope: { config: Config; env: Environment }): unknown {
  const model = scope.config.models.at(-1) as ModelConfig; // scopeOf puts it there
  const target = targetOf(model, scope);
  const provider = providerOf(target);
  const endpoint = endpointOf(target, provider, scope.env);
  if (endpoint === null) return `missing ${missingOf(model, scope)}`;
  if (endpoint.type === 'binding') return ['binding', target.gatewayId];
  const key = endpoint.apiKey === null ? {} : provider.keyHeaders(endpoint.apiKey);
  return [endpoint.baseUrl, { ...endpoint.headers, ...key }];
}

describe('the address of a model', () => {
  it.each([
    ['openai', { OPENAI_API_KEY: 'k' }, 'https://api.openai.com/v1', { authorization: 'Bearer k' }],
    ['anthropic', { ANTHROPIC_API_KEY: 'k' }, 'https://api.anthropic.com/v1', { 'x-api-key': 'k' }],
    [
      'gemini',
      { GEMINI_API_KEY: 'k' },
      'https://generativelanguage.googleapis.com',
      { 'x-goog-api-key': 'k' },
    ],
  ])('is that of its provider (%s)', (provider, variables, url, headers) => {
    expect(reached(scopeOf({ provider }, {}, variables))).toEqual([url, headers]);
  });

  it('is named as missing when its key is not set', () => {
    expect(reached(scopeOf({ provider: 'anthropic' }))).toBe('missing ANTHROPIC_API_KEY');
    expect(reached(scopeOf({ provider: 'gemini' }))).toBe('missing GEMINI_API_KEY');
  });

  it('is the deployment’s own where it gives one', () => {
    const variables = { ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: 'https://proxy.example/v1/' };
    expect(reached(scopeOf({ provider: 'anthropic' }, {}, variables))).toEqual([
      'https://proxy.example/v1',
      { 'x-api-key': 'k' },
    ]);
  });

  it('is that of a configured endpoint, with the key of its variable', () => {
    const endpoints = { fast: { base_url: 'https://fast.example/v1', api_key_var: 'FAST_KEY' } };
    const model = { provider: 'openai-compatible', endpoint: 'fast' };
    expect(reached(scopeOf(model, { endpoints }, { FAST_KEY: 'k' }))).toEqual([
      'https://fast.example/v1',
      { authorization: 'Bearer k' },
    ]);
    expect(reached(scopeOf(model, { endpoints }))).toBe('missing FAST_KEY');
  });

  it('needs no key at an endpoint that takes none', () => {
    const endpoints = { own: { base_url: 'http://127.0.0.1:11434/v1' } };
    expect(reached(scopeOf({ provider: 'openai-compatible', endpoint: 'own' }, { endpoints }))).toEqual([
      'http://127.0.0.1:11434/v1',
      {},
    ]);
  });
});

describe('Cloudflare AI Gateway', () => {
  it.each([
    ['openai', 'OPENAI_API_KEY', 'openai', { authorization: 'Bearer k' }],
    ['anthropic', 'ANTHROPIC_API_KEY', 'anthropic/v1', { 'x-api-key': 'k' }],
    ['gemini', 'GEMINI_API_KEY', 'google-ai-studio', { 'x-goog-api-key': 'k' }],
  ])('stands in front of %s', (provider, key, slug, headers) => {
    const variables = { [key]: 'k', CF_AIG_TOKEN: 't' };
    expect(reached(scopeOf({ provider }, { ai_gateway: GATEWAY }, variables))).toEqual([
      `https://gateway.ai.cloudflare.com/v1/acct/gate/${slug}`,
      { ...headers, 'cf-aig-authorization': 'Bearer t' },
    ]);
  });

  it('is named on calls of the binding', () => {
    const model = { provider: 'workers-ai', endpoint: 'edge', tier: 'edge' };
    expect(reached(scopeOf(model, { ai_gateway: GATEWAY }, { EDGE_BASE_URL: '' }))).toEqual([
      'binding',
      'gate',
    ]);
  });

  it('never gets its token to another host, and never stands before a server of one’s own', () => {
    const variables = { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'https://own.example/v1', CF_AIG_TOKEN: 't' };
    expect(reached(scopeOf({ provider: 'openai' }, { ai_gateway: GATEWAY }, variables))).toEqual([
      'https://own.example/v1',
      { authorization: 'Bearer k' },
    ]);
  });
});
