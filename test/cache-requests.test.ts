// The promise: an answer is repeated only for the very same request of the same tenant, and only for those who asked
// for a cache.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cacheChoice } from '../policy/cache/cache-choice.ts';
import { canonicalRequest, type CacheScope } from '../policy/cache/canonical-request.ts';
import { formatProblems, parseConfig } from '../policy/config.ts';
import type { ChatRequest } from '../protocol/chat-request.ts';
import { answers, chat, configOf, MODELS, rule, says } from './support/route-question.ts';

const SCOPE: CacheScope = {
  tenant: 'alice',
  keyId: null,
  locality: 'any',
  wishes: { answerCheck: null, locality: 'any', maxUsd: null },
};

function textOf(request: Partial<ChatRequest>, scope: Partial<CacheScope> = {}): string {
  return canonicalRequest(chat(request), { ...SCOPE, ...scope });
}

describe('two requests are the same', () => {
  it('when only the order of keys differs, however deep', () => {
    const tool = {
      type: 'function',
      function: { name: 'f', parameters: { type: 'object', required: ['a'] } },
    };
    const turned = {
      function: { parameters: { required: ['a'], type: 'object' }, name: 'f' },
      type: 'function',
    };
    expect(textOf({ tools: [tool], parameters: { seed: 1, top_p: 1 } })).toBe(
      textOf({ tools: [turned], parameters: { top_p: 1, seed: 1 } }),
    );
  });

  it('however the answer is delivered', () => {
    const first = textOf({ stream: true, includeUsage: true, cacheScope: 'hash' });
    expect(first).toBe(textOf({ stream: false, includeUsage: false }));
  });
});

describe('two requests differ', () => {
  const turn = says('user', 'hello');
  const changes: [string, Partial<ChatRequest>][] = [
    ['model', { model: 'small' }],
    ['a space', { messages: [says('user', 'hello ')] }],
    ['role', { messages: [says('system', 'hello')] }],
    ['history', { messages: [turn, answers('hi'), turn] }],
    ['order of messages', { messages: [answers('hi'), turn, turn] }],
    ['output limit', { maxOutputTokens: 5 }],
    ['temperature', { parameters: { temperature: 0 } }],
    ['order of stops', { parameters: { stop: ['a', 'b'] } }],
    ['other order of stops', { parameters: { stop: ['b', 'a'] } }],
    ['tools', { tools: [{ type: 'function', function: { name: 'f' } }] }],
    ['tool choice', { toolChoice: 'none' }],
    ['response format', { responseFormat: { type: 'json_object' } }],
    ['metadata', { metadata: { team: 'x' } }],
    ['a key with a special name', { parameters: JSON.parse('{"__proto__":{"a":1}}') }],
  ];

  it('in anything that changes the answer', () => {
    const texts = [{}, ...changes.map(([, change]) => change)].map((change) => textOf(change));
    expect(new Set(texts).size).toBe(changes.length + 1);
  });

  it('in their tenant, their key when keys do not share, their locality and their wishes', () => {
    const scopes: Partial<CacheScope>[] = [
      {},
      { tenant: 'bob' },
      { keyId: 'k1' },
      { keyId: 'k2' },
      { locality: 'edge-only' },
      { wishes: { ...SCOPE.wishes, answerCheck: 'full' } },
      { wishes: { ...SCOPE.wishes, maxUsd: 1 } },
    ];
    expect(new Set(scopes.map((scope) => textOf({}, scope))).size).toBe(scopes.length);
  });

  it('whenever their texts do: no text can be written so that one request looks like another', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('"', '","', '\\', '\0', ']', 'alice', '\ud800'));
    const request = fc.record({ tenant: text, said: text, model: text });
    fc.assert(
      fc.property(request, request, (left, right) => {
        const [one, other] = [left, right].map(({ tenant, said, model }) =>
          textOf({ model, messages: [says('user', said)] }, { tenant }),
        );
        return (one === other) === (JSON.stringify(left) === JSON.stringify(right));
      }),
    );
  });
});

describe('the cache is used', () => {
  const ruled = (cache: boolean) => ({ routing: { rules: [rule('faq', { model: 'auto' }, { cache })] } });
  const choice = (rest: object, question: Partial<Parameters<typeof cacheChoice>[0]> = {}) =>
    cacheChoice({ config: configOf(rest), tenant: null, ruleId: null, wish: null, ...question });

  it('by nobody who did not ask for it', () => {
    expect([
      choice({}),
      choice({}, { wish: 'off' }),
      choice({ cache: { enabled: true } }, { wish: 'off' }),
    ]).toEqual([null, null, null]);
  });

  it('when the request, its rule, its tenant or the deployment says so, in this order', () => {
    const config = configOf({ cache: { enabled: true }, tenants: [tenantWith({ enabled: false })] });
    const [tenant = null] = config.tenants;
    const asked = [
      choice({}, { wish: 'on' }),
      choice(ruled(true), { ruleId: 'faq' }),
      choice({ cache: { enabled: true } }),
      choice({ cache: { enabled: true }, ...ruled(false) }, { ruleId: 'faq' }),
      choice({ cache: { enabled: true }, ...ruled(false) }, { ruleId: 'faq', wish: 'on' }),
      cacheChoice({ config, tenant, ruleId: null, wish: null }),
    ];
    expect(asked.map((found) => found !== null)).toEqual([true, true, true, false, true, false]);
  });

  it('for writing only by a refresh', () => {
    expect([choice({}, { wish: 'on' })?.reads, choice({}, { wish: 'refresh' })?.reads]).toEqual([
      true,
      false,
    ]);
  });

  it('within the tenant’s bounds, the deployment’s where it has none', () => {
    const config = configOf({
      cache: { ttl_seconds: 60, max_entries: 5, max_answer_bytes: 2_048 },
      tenants: [tenantWith({ ttl_seconds: 7, scope: 'key' })],
    });
    const [tenant = null] = config.tenants;
    expect(cacheChoice({ config, tenant, ruleId: null, wish: 'on' })).toEqual({
      reads: true,
      scope: 'key',
      ttlMs: 7_000,
      maxEntries: 5,
      maxAnswerBytes: 2_048,
    });
  });

  it('is refused in the configuration with the field and the remedy', () => {
    const parsed = parseConfig({ models: MODELS, cache: { ttl_seconds: 0, colour: 'red' } });
    const problems = parsed.ok ? '' : formatProblems(parsed.refusal);
    expect(problems).toContain('cache.ttl_seconds: 0 is not allowed here. Use at least 1.');
    expect(problems).toContain('cache.colour: unknown key');
  });
});

function tenantWith(cache: object): object {
  return { id: 'alice', key_sha256: ['a'.repeat(64)], cache };
}
