// The promise: a configuration is either complete and trusted, or refused with where, what and how to mend it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Config, formatProblems, parseConfig } from '../policy/config.ts';
import {
  defaultDisconnectPolicy,
  generationLimits,
  answerLimit,
  tenantLimits,
} from '../policy/effective-limits.ts';
import { withKey } from '../scripts/key.ts';
import { renderSchema } from '../scripts/schema.ts';
import { rule } from './support/route-question.ts';

const PRICE = { input_usd_per_mtok: 0.1, output_usd_per_mtok: 0.2 };
const EDGE = {
  id: 'small',
  tier: 'edge',
  provider: 'workers-ai',
  endpoint: 'edge',
  upstream_model: '@cf/x/small',
  context_tokens: 8_000,
  max_output_tokens: 2_000,
  price: PRICE,
};
const CLOUD = {
  ...EDGE,
  id: 'large',
  tier: 'cloud',
  provider: 'openai',
  endpoint: 'cloud',
  upstream_model: 'large',
};
const LEAST = { models: [EDGE, CLOUD] };
const KEY = 'a'.repeat(64);

function accepted(value: unknown): Config {
  const parsed = parseConfig(value);
  if (!parsed.ok) throw new Error(formatProblems(parsed.refusal));
  return parsed.value;
}

function problems(value: unknown): readonly string[] {
  const parsed = parseConfig(value);
  return parsed.ok ? [] : parsed.refusal.map(({ path, message }) => `${path}: ${message}`);
}

describe('the shipped files', () => {
  it('the shipped configuration is valid', () => {
    const file: unknown = JSON.parse(
      readFileSync(join(import.meta.dirname, '..', 'edgeways.config.json'), 'utf8'),
    );
    expect(accepted(file).models.map((model) => model.tier)).toContain('cloud');
  });

  it('the shipped JSON Schema is the one that the validator’s definition gives', () => {
    const shipped: unknown = JSON.parse(
      readFileSync(join(import.meta.dirname, '..', 'edgeways.schema.json'), 'utf8'),
    );
    expect(shipped).toEqual(JSON.parse(renderSchema()));
  });
});

describe('the editor’s schema', () => {
  it('describes every key of routing, of rules and of a tenant’s routing', () => {
    const { properties } = JSON.parse(renderSchema()) as Described;
    const tenant = properties?.['tenants']?.items?.properties ?? {};
    const { key_sha256: _keys, limits: _limits, ...own } = tenant;
    expect([
      ...undescribed(properties?.['routing']?.properties ?? {}, 'routing'),
      ...undescribed(own, 'tenants'),
      ...undescribed(properties?.['models']?.items?.properties ?? {}, 'models'),
    ]).toEqual([]);
  });
});

type Described = {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly items?: Described;
  readonly anyOf?: readonly Described[];
};

/** Paths of keys that no sentence stands for; a section may leave it to its keys. */
function undescribed(properties: Readonly<Record<string, Described>>, path: string): readonly string[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const variants = [schema, ...(schema.anyOf ?? []), ...(schema.items === undefined ? [] : [schema.items])];
    const inner = variants.flatMap((variant) => undescribed(variant.properties ?? {}, `${path}.${key}`));
    const isSection = variants.some((variant) => variant.properties !== undefined);
    return isSection || variants.some((variant) => variant.description !== undefined)
      ? inner
      : [...inner, `${path}.${key}`];
  });
}

describe('defaults', () => {
  it('two models are enough; everything else has a default', () => {
    const { models, ...rest } = accepted(LEAST);
    expect(models.map((model) => model.capabilities)).toEqual([[], []]);
    expect(rest).toEqual({
      operators: [],
      analytics: { enabled: true, shards: 4 },
      endpoints: {},
      ai_gateway: null,
      failover: {
        on_upstream_loss: 'continue',
        cross_tier: 'up',
        fallbacks: {},
        max_calls: 4,
        max_continuations: 3,
        breaker: true,
        hedge: false,
        retry_ratio: 0.1,
      },
      cache: {
        enabled: false,
        scope: 'tenant',
        ttl_seconds: 3_600,
        max_entries: 1_000,
        max_answer_bytes: 262_144,
      },
      prompt_budget: { trim: 'history' },
      routing: {
        threshold: null,
        target: null,
        stages: { gates: true, classifier: true, answer_check: true },
        rules: [],
        answer_check: { band: 0.12, hold_ms: 300, budget_ms: 8_000, second_opinion: null },
        conversation: { sticky: true, idle_seconds: 3_600, escalate_on_repeat: true },
        exploration: 0,
        calibrate: true,
        shadow: { dispatch_share: 0, judge_model: null },
        log_decisions: true,
        data_locality: 'any',
        max_usd_per_request: null,
      },
      tenants: [],
      limits: {
        concurrent_streams: 20,
        streams_per_address: 30,
        requests_per_minute: 600,
        tokens_per_minute: 200_000,
        budget: null,
        max_output_tokens: 8_192,
        followers_per_stream: 32,
        body_bytes: 4_194_304,
        messages: 1_000,
        upstream_event_bytes: 1_048_576,
        answer_bytes: 16_777_216,
      },
      local_limits: {
        concurrent_streams: 2_000,
        streams_per_address: null,
        requests_per_minute: null,
        tokens_per_minute: null,
        budget: null,
      },
      timeouts: {
        connect_ms: 5_000,
        first_content_ms: 30_000,
        idle_ms: 60_000,
        total_ms: 840_000,
        head_hold_ms: 4_000,
        heartbeat_ms: 10_000,
      },
      retention_seconds: 86_400,
      durability: 'batched',
      on_disconnect: { default: 'linger', linger_seconds: 60 },
      cors: { allowed_origins: [] },
    });
  });

  it('a section that sets one value keeps the other defaults', () => {
    expect(accepted({ ...LEAST, limits: { messages: 5 } }).limits).toMatchObject({
      messages: 5,
      concurrent_streams: 20,
    });
  });
});

describe('refusals', () => {
  it.each([
    ['a misspelt section', { ...LEAST, limts: {} }, /^limts: unknown key; known here: .*limits/],
    [
      'a misspelt limit',
      { ...LEAST, limits: { concurent: 3 } },
      /^limits\.concurent: unknown key; known here: concurrent_streams/,
    ],
    [
      'a misspelt field of a model',
      { models: [{ ...EDGE, tool: true }, CLOUD] },
      /^models\[0\]\.tool: unknown key/,
    ],
    [
      'a missing field',
      { models: [EDGE, { ...CLOUD, price: { input_usd_per_mtok: 1 } }] },
      /^models\[1\]\.price\.output_usd_per_mtok: required, but missing/,
    ],
    [
      'a number as text',
      { ...LEAST, retention_seconds: '60' },
      /^retention_seconds: "60" is not allowed here/,
    ],
    [
      'a fraction of a stream',
      { ...LEAST, limits: { concurrent_streams: 1.5 } },
      /^limits\.concurrent_streams: 1\.5/,
    ],
    ['no streams at all', { ...LEAST, limits: { concurrent_streams: 0 } }, /^limits\.concurrent_streams: 0/],
    ['a threshold above one', { ...LEAST, routing: { threshold: 1.01 } }, /^routing\.threshold: 1\.01/],
    [
      'a reserved model id',
      { models: [{ ...EDGE, id: 'auto' }, CLOUD] },
      /^models\[0\]\.id: "auto" has a meaning/,
    ],
    [
      'a model id that could break a header',
      { models: [{ ...EDGE, id: 'a\r\nb' }, CLOUD] },
      /^models\[0\]\.id/,
    ],
    ['the same model id twice', { models: [EDGE, CLOUD, EDGE] }, /^models\[2\]\.id: "small" is used twice/],
    [
      'an endpoint that nobody describes',
      { models: [EDGE, { ...CLOUD, endpoint: 'groq' }] },
      /^models\[1\]\.endpoint: no endpoint "groq"/,
    ],
    [
      'an endpoint with the name of the deployment’s own',
      { ...LEAST, endpoints: { cloud: { base_url: 'https://api.example/v1' } } },
      /^endpoints\.cloud: the deployment has/,
    ],
    [
      'an endpoint without TLS',
      { ...LEAST, endpoints: { far: { base_url: 'http://api.example/v1' } } },
      /^endpoints\.far\.base_url: "http:/,
    ],
    [
      'an endpoint with a key in its address',
      { ...LEAST, endpoints: { far: { base_url: 'https://user:secret@api.example/v1' } } },
      /^endpoints\.far\.base_url/,
    ],
    [
      'an endpoint with the key in place of its variable',
      { ...LEAST, endpoints: { far: { base_url: 'https://api.example/v1', api_key_var: 'sk-1234' } } },
      /^endpoints\.far\.api_key_var/,
    ],
    [
      'a fallback that does not exist',
      { ...LEAST, failover: { fallbacks: { small: ['nobody'] } } },
      /^failover\.fallbacks\.small: no model "nobody"/,
    ],
    [
      'a default answer longer than the model’s longest',
      { models: [EDGE, { ...CLOUD, default_max_tokens: 10_000_000 }] },
      /^models\[1\]\.default_max_tokens: more than/,
    ],
    ['no cloud model', { models: [EDGE] }, /^models: no model has tier "cloud"/],
    [
      'an answer longer than the context',
      { models: [{ ...EDGE, max_output_tokens: 8_001 }, CLOUD] },
      /^models\[0\]\.max_output_tokens: more than/,
    ],
    [
      'a tenant without keys',
      { ...LEAST, tenants: [{ id: 'a', key_sha256: [] }] },
      /^tenants\[0\]\.key_sha256/,
    ],
    [
      'the same tenant twice',
      {
        ...LEAST,
        tenants: [
          { id: 'a', key_sha256: [KEY] },
          { id: 'a', key_sha256: ['b'.repeat(64)] },
        ],
      },
      /^tenants\[1\]\.id: "a" is used twice/,
    ],
    [
      'a key of two tenants',
      {
        ...LEAST,
        tenants: [
          { id: 'a', key_sha256: [KEY] },
          { id: 'b', key_sha256: [KEY] },
        ],
      },
      /^tenants\[1\]\.key_sha256\[0\]: this key is listed twice/,
    ],
    ['a wildcard origin', { ...LEAST, cors: { allowed_origins: ['*'] } }, /^cors\.allowed_origins\[0\]/],
    [
      'an origin with a path',
      { ...LEAST, cors: { allowed_origins: ['https://a.example/'] } },
      /^cors\.allowed_origins\[0\]/,
    ],
    ['nothing', null, /^: null is not allowed here/],
    ['a list', [], /^models: required/],
  ])('%s is refused with its path', (_name, value, problem) => {
    expect(problems(value)[0]).toMatch(problem);
  });

  const ruled = (...rules: readonly object[]) => ({ ...LEAST, routing: { rules } });
  const TENANT = { id: 'a', key_sha256: [KEY] };
  const TO_EDGE = { tier: 'edge' };

  it.each<[string, unknown, RegExp]>([
    [
      'a misspelt key of routing',
      { ...LEAST, routing: { treshold: 0.5 } },
      /^routing\.treshold: unknown key; known here: threshold, target/,
    ],
    [
      'a misspelt target',
      { ...LEAST, routing: { target: { cloudshare: 0.5 } } },
      /^routing\.target\.cloudshare: unknown key; known here: cloud_share, quality, max_usd_per_1k/,
    ],
    ['no target in a target', { ...LEAST, routing: { target: {} } }, /^routing\.target: not one target/],
    [
      'two targets',
      { ...LEAST, routing: { target: { cloud_share: 0.5, quality: 0.9 } } },
      /^routing\.target: not one target/,
    ],
    [
      'a target beside a threshold',
      { ...LEAST, routing: { threshold: 0.5, target: { quality: 0.9 } } },
      /^routing\.target: given together with routing\.threshold/,
    ],
    [
      'a tenant’s target beside its threshold',
      { ...LEAST, tenants: [{ ...TENANT, threshold: 0.5, target: { quality: 0.9 } }] },
      /^tenants\[0\]\.target: given together/,
    ],
    [
      'a free thousand',
      { ...LEAST, routing: { target: { max_usd_per_1k: 0 } } },
      /^routing\.target\.max_usd_per_1k: 0/,
    ],
    [
      'a share above one',
      { ...LEAST, routing: { target: { cloud_share: 1.1 } } },
      /^routing\.target\.cloud_share: 1\.1/,
    ],
    [
      'exploration beyond two per cent',
      { ...LEAST, routing: { exploration: 0.03 } },
      /^routing\.exploration: 0\.03/,
    ],
    [
      'a band beyond a half',
      { ...LEAST, routing: { answer_check: { band: 0.6 } } },
      /^routing\.answer_check\.band/,
    ],
    [
      'a second opinion of the cloud',
      { ...LEAST, routing: { answer_check: { second_opinion: 'large' } } },
      /^routing\.answer_check\.second_opinion: "large" cannot give one/,
    ],
    [
      'a second opinion of the first edge model',
      { ...LEAST, routing: { answer_check: { second_opinion: 'small' } } },
      /^routing\.answer_check\.second_opinion: "small" cannot give one/,
    ],
    [
      'an unknown judge',
      { ...LEAST, routing: { shadow: { judge_model: 'x' } } },
      /^routing\.shadow\.judge_model: "x" is not configured/,
    ],
    [
      'shadow answers that nobody judges',
      { ...LEAST, routing: { shadow: { dispatch_share: 0.05 } } },
      /^routing\.shadow\.judge_model: needed for dispatch_share/,
    ],
    ['an unknown locality', { ...LEAST, routing: { data_locality: 'eu' } }, /^routing\.data_locality: "eu"/],
    [
      'a misspelt condition',
      ruled(rule('r', { contains: ['x'] }, TO_EDGE)),
      /^routing\.rules\[0\]\.when\.contains: unknown key; known here: model, contains_any/,
    ],
    [
      'a rule that does nothing',
      ruled(rule('r', {}, {})),
      /^routing\.rules\[0\]\.then: the rule does nothing/,
    ],
    [
      'a rule with tier and model',
      ruled(rule('r', {}, { tier: 'edge', model: 'small' })),
      /^routing\.rules\[0\]\.then\.model: given together with tier/,
    ],
    [
      'a rule to an unknown model',
      ruled(rule('r', {}, { model: 'x' })),
      /^routing\.rules\[0\]\.then\.model: "x" is not configured/,
    ],
    [
      'a rule that sends to the cloud what may not leave the edge',
      ruled(rule('r', {}, { model: 'large', data_locality: 'edge-only' })),
      /^routing\.rules\[0\]\.then\.data_locality: contradicts/,
    ],
    [
      'a rule’s id used twice',
      ruled(rule('r', {}, TO_EDGE), rule('r', {}, TO_EDGE)),
      /^routing\.rules\[1\]\.id: "r" is used twice/,
    ],
    [
      'a tenant’s rule with an id of the deployment',
      { ...ruled(rule('r', {}, TO_EDGE)), tenants: [{ ...TENANT, rules: [rule('r', {}, TO_EDGE)] }] },
      /^tenants\[0\]\.rules\[0\]\.id: "r" is used twice/,
    ],
    [
      'a phrase that nobody sees',
      ruled(rule('r', { contains_any: ['\u200b '] }, TO_EDGE)),
      /^routing\.rules\[0\]\.when\.contains_any\[0\]: nothing but invisible/,
    ],
    [
      'phrases beyond the bound of their list',
      ruled(
        ...Array.from({ length: 3 }, (_, at) =>
          rule(`r${at}`, { contains_any: Array.from({ length: 50 }, () => 'x'.repeat(64)) }, TO_EDGE),
        ),
      ),
      /^routing\.rules: the phrases have 9600 characters/,
    ],
    [
      'a rule that can never apply',
      ruled(rule('r', { min_input_tokens: 5, max_input_tokens: 4 }, TO_EDGE)),
      /^routing\.rules\[0\]\.when\.max_input_tokens: below min_input_tokens/,
    ],
    [
      'whole words of nothing',
      ruled(rule('r', { whole_words: true }, TO_EDGE)),
      /^routing\.rules\[0\]\.when\.whole_words: without contains_any/,
    ],
    [
      'more than a hundred rules',
      ruled(...Array.from({ length: 101 }, (_, at) => rule(`r${at}`, {}, TO_EDGE))),
      /^routing\.rules: /,
    ],
  ])('%s is refused with its path', (_name, value, expected) => {
    expect(problems(value)[0]).toMatch(expected);
  });

  it('every problem of routing says how it is mended', () => {
    const parsed = parseConfig({
      ...LEAST,
      routing: { threshold: 0.5, target: { quality: 1 }, rules: [rule('r', {}, {})] },
    });
    expect(parsed.ok ? [] : parsed.refusal.map(({ remedy }) => remedy)).toEqual([
      'Remove one: a target sets the threshold itself.',
      'Give tier, model, data_locality or answer_check.',
    ]);
  });

  it('an API key put where its hash belongs is not shown in the problem', () => {
    const value = { ...LEAST, tenants: [{ id: 'a', key_sha256: ['ew_secret'] }] };
    const parsed = parseConfig(value);
    expect(parsed.ok ? '' : formatProblems(parsed.refusal)).toMatch(
      /^tenants\[0\]\.key_sha256\[0\]: not a SHA-256(?!.*ew_secret)/,
    );
  });

  it.each([
    ['connect_ms', 10, 900_000],
    ['total_ms', 100, 900_000],
    ['head_hold_ms', 0, 60_000],
    ['heartbeat_ms', 100, 60_000],
  ])('timeouts.%s is accepted at its bounds and refused beyond them', (key, least, most) => {
    const tried = [least - 1, least, most, most + 1].map(
      (value) => problems({ ...LEAST, timeouts: { [key]: value } }).length,
    );
    expect(tried).toEqual([1, 0, 0, 1]);
  });
});

describe('the limits that hold for a request', () => {
  const config = accepted({
    ...LEAST,
    tenants: [
      {
        id: 'a',
        key_sha256: [KEY],
        limits: { concurrent_streams: 3, tokens_per_minute: null, max_output_tokens: 100 },
      },
    ],
  });
  const tenant = config.tenants[0] ?? null;

  it('a tenant’s own limits win over the general ones, also when they lift a limit', () => {
    expect(tenantLimits({ config, tenant }, false)).toEqual({
      concurrentStreams: 3,
      streamsPerAddress: 30,
      requestsPerMinute: 600,
      tokensPerMinute: null,
    });
  });

  it('local mode has no limits a minute', () => {
    expect(tenantLimits({ config, tenant: null }, true)).toEqual({
      concurrentStreams: 2_000,
      streamsPerAddress: null,
      requestsPerMinute: null,
      tokensPerMinute: null,
    });
  });

  it('an answer is limited by the least of request, tenant and model', () => {
    const scope = { config, tenant };
    expect([
      answerLimit(scope, null, { max_output_tokens: 2_000 }),
      answerLimit(scope, 50, { max_output_tokens: 2_000 }),
      answerLimit(scope, 101, { max_output_tokens: 2_000 }),
      answerLimit({ config, tenant: null }, null, { max_output_tokens: 2_000 }),
      answerLimit({ config, tenant: null }, null, { max_output_tokens: 9_000 }),
    ]).toEqual([100, 50, 100, 2_000, 8_192]);
    const model = { max_output_tokens: 2_000, default_max_tokens: 700 };
    expect([
      answerLimit({ config, tenant: null }, null, model),
      answerLimit({ config, tenant: null }, 900, model),
      answerLimit(scope, null, model),
    ]).toEqual([700, 900, 100]);
  });

  it('durations reach the generation in milliseconds', () => {
    expect(generationLimits(config)).toMatchObject({
      retentionMs: 86_400_000,
      headHoldMs: 4_000,
      maxFollowers: 32,
    });
    expect(defaultDisconnectPolicy(config)).toEqual({ type: 'linger', lingerMs: 60_000 });
  });
});

describe('adding a key', () => {
  const empty = JSON.stringify(LEAST);

  it('a new tenant is added with its key, and a second key goes to the same entry', () => {
    const once = withKey(empty, { list: 'tenants', id: 'acme' }, KEY);
    const twice = accepted(JSON.parse(withKey(once, { list: 'tenants', id: 'acme' }, 'b'.repeat(64))));
    expect(twice.tenants).toEqual([{ id: 'acme', key_sha256: [KEY, 'b'.repeat(64)] }]);
  });

  it('a tenant’s name that the configuration would refuse is refused before anything is written', () => {
    expect(() => withKey(empty, { list: 'tenants', id: 'a b' }, KEY)).toThrow(/tenants\[0\]\.id/);
  });

  it('a configuration that is broken already is left alone', () => {
    expect(() => withKey('{"tenants":["x"]}', { list: 'tenants', id: 'acme' }, KEY)).toThrow(/tenants\[0\]/);
  });
});
