// Who may talk to a deployment: in local mode this machine only, whatever a page or a header claims; elsewhere whoever
// has a key, and nobody at all until secret and keys are set.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHeldUpstream, type HeldUpstream } from './support/held-upstream.ts';
import { startProduct, testModels, type Product } from './support/product.ts';
import { rawHttp } from './support/raw-http.ts';

const BODY = '{"model":"auto","messages":[{"role":"user","content":"Hi"}]}';

let upstream: HeldUpstream;
let product: Product;

beforeAll(async () => {
  upstream = await startHeldUpstream();
  upstream.play((call) => {
    call.text('hello');
    call.finish();
  });
  product = await startProduct({
    vars: urls(),
    config: { cors: { allowed_origins: ['https://app.example'] } },
  });
});

afterAll(async () => {
  await product.dispose();
  await upstream.dispose();
});

function urls(): Record<string, string> {
  return { OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url };
}

type Outcome = { readonly status: number; readonly code: string | null; readonly origin: string | null };

async function outcomeOf(response: Response): Promise<Outcome> {
  const text = await response.text();
  const code = text.startsWith('{"error"')
    ? (JSON.parse(text) as { error: { code: string } }).error.code
    : null;
  return { status: response.status, code, origin: response.headers.get('access-control-allow-origin') };
}

async function post(headers: Record<string, string>, url = product.url): Promise<Outcome> {
  return outcomeOf(await fetch(`${url}/v1/chat/completions`, { method: 'POST', body: BODY, headers }));
}

const JSON_TYPE = { 'content-type': 'application/json' };

describe('local mode', () => {
  it('refuses a Host that is not loopback, on every endpoint, so that a rebound name reaches nothing', async () => {
    const before = upstream.calls.length;
    const hosts = [
      'evil.example',
      'evil.example:8787',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      '0.0.0.0',
      '[::2]',
      '10.0.0.1',
      '128.0.0.1',
    ];
    const requests = hosts.map((host) => [`POST /v1/chat/completions HTTP/1.1`, `host: ${host}`]);
    const paths = ['/healthz', '/v1/models', '/v1/streams/s_x', '/nothing'].map((path) => [
      `GET ${path} HTTP/1.1`,
      'host: evil.example',
    ]);
    const rebound = [
      `POST /v1/chat/completions HTTP/1.1`,
      'host: evil.example',
      'origin: http://evil.example',
    ];
    const preflight = [
      `OPTIONS /v1/chat/completions HTTP/1.1`,
      'host: evil.example',
      'origin: http://localhost:3000',
    ];
    const answers = await Promise.all(
      [...requests, ...paths, rebound, preflight].map(async (lines) => {
        const more = lines[0]?.startsWith('POST')
          ? ['content-type: application/json', `content-length: ${BODY.length}`]
          : [];
        const { status, text } = await rawHttp(
          product.port,
          [...lines, ...more],
          more.length > 0 ? BODY : '',
        );
        return [status, text.includes('foreign_host')];
      }),
    );
    expect([answers, upstream.calls.length - before]).toEqual([answers.map(() => [403, true]), 0]);
  });

  it('answers to every loopback name and address', async () => {
    const hosts = ['localhost', 'localhost:8787', 'LOCALHOST', '127.0.0.1', '127.1.2.3:80', '[::1]:8787'];
    const answers = await Promise.all(
      hosts.map((host) => rawHttp(product.port, ['GET /healthz HTTP/1.1', `host: ${host}`])),
    );
    expect(answers.map(({ status }) => status)).toEqual(hosts.map(() => 200));
  });

  it('refuses a request that claims to come from elsewhere, and does not believe other headers', async () => {
    const outcomes = {
      'a public address': await post({ ...JSON_TYPE, 'cf-connecting-ip': '203.0.113.7' }),
      'a public IPv6 address': await post({ ...JSON_TYPE, 'cf-connecting-ip': '2001:db8::1' }),
      'an address and a loopback one': await post({
        ...JSON_TYPE,
        'cf-connecting-ip': '127.0.0.1, 203.0.113.7',
      }),
      nonsense: await post({ ...JSON_TYPE, 'cf-connecting-ip': 'localhost' }),
      'a loopback address': await post({ ...JSON_TYPE, 'cf-connecting-ip': '127.0.0.1' }),
      'x-forwarded-for': await post({
        ...JSON_TYPE,
        'x-forwarded-for': '203.0.113.7',
        'x-forwarded-host': 'evil.example',
      }),
    };
    const refused = { status: 403, code: 'foreign_host', origin: null };
    const served = { status: 200, code: null, origin: null };
    expect(outcomes).toEqual({
      'a public address': refused,
      'a public IPv6 address': refused,
      'an address and a loopback one': refused,
      nonsense: refused,
      'a loopback address': served,
      'x-forwarded-for': served,
    });
  });

  it('refuses the POST that a foreign page can send without a preflight, and runs nothing for it', async () => {
    const before = upstream.calls.length;
    const origins = [
      'https://evil.example',
      'null',
      'http://localhost.evil.example',
      'http://127.0.0.1.evil.example',
      'http://localhost@evil.example',
      'https://app.example.evil.example',
      'http://app.example',
    ];
    const outcomes = await Promise.all(
      origins.map((origin) => post({ 'content-type': 'text/plain', origin })),
    );
    const asJson = await Promise.all(origins.map((origin) => post({ ...JSON_TYPE, origin })));
    const refused = { status: 403, code: 'foreign_origin', origin: null };
    expect([outcomes, asJson, upstream.calls.length - before]).toEqual([
      origins.map(() => refused),
      origins.map(() => refused),
      0,
    ]);
  });

  it('lets pages of this machine and allowed origins call, and read what they need', async () => {
    const response = await fetch(`${product.url}/v1/chat/completions`, {
      method: 'POST',
      body: BODY,
      headers: { ...JSON_TYPE, origin: 'https://app.example' },
    });
    const exposed = (response.headers.get('access-control-expose-headers') ?? '').split(', ');
    const readable = [...response.headers.keys()].filter(
      (name) => name.startsWith('x-') || name === 'link' || name === 'server-timing',
    );
    expect([
      await outcomeOf(response),
      readable.filter((name) => !exposed.includes(name)),
      response.headers.get('vary'),
      await post({ ...JSON_TYPE, origin: 'http://localhost:5173' }),
      await post({ ...JSON_TYPE, origin: product.url }),
    ]).toEqual([
      { status: 200, code: null, origin: 'https://app.example' },
      [],
      'origin',
      { status: 200, code: null, origin: 'http://localhost:5173' },
      { status: 200, code: null, origin: product.url },
    ]);
  });

  it('answers a preflight of an allowed origin with what the page may send, and refuses others', async () => {
    const preflight = (origin: string): Promise<Response> =>
      fetch(`${product.url}/v1/chat/completions`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type,last-event-id',
        },
      });
    const allowed = await preflight('https://app.example');
    const foreign = await preflight('https://evil.example');
    expect([
      allowed.status,
      ['allow-origin', 'allow-methods', 'allow-headers', 'max-age'].map((name) =>
        allowed.headers.get(`access-control-${name}`),
      ),
      allowed.headers.get('vary'),
      await outcomeOf(foreign),
    ]).toEqual([
      204,
      [
        'https://app.example',
        'GET, POST, DELETE, OPTIONS',
        'authorization,content-type,last-event-id',
        '7200',
      ],
      expect.stringContaining('origin'),
      { status: 403, code: 'foreign_origin', origin: null },
    ]);
  });

  it('tells a page of an allowed origin about refusals too', async () => {
    const response = await fetch(`${product.url}/v1/streams/s_nothing`, {
      headers: { origin: 'https://app.example' },
    });
    expect(await outcomeOf(response)).toEqual({
      status: 404,
      code: 'unknown_stream',
      origin: 'https://app.example',
    });
  });
});

describe('a deployment that is not local', () => {
  const KEY = 'ew-test-key-1';
  const OTHER_KEY = 'ew-test-key-2';
  const hash = (key: string): string => createHash('sha256').update(key).digest('hex');
  const tenants = [
    { id: 'acme', key_sha256: [hash(KEY)] },
    { id: 'other', key_sha256: [hash(OTHER_KEY)] },
  ];

  /** What every endpoint of a deployment with these variables says. */
  async function saidBy(vars: Record<string, string>, config?: object): Promise<[number[], string]> {
    const deployed = await startProduct({
      vars: { ...urls(), ...vars },
      ...(config === undefined ? {} : { config }),
    });
    const responses = await Promise.all([
      fetch(`${deployed.url}/v1/chat/completions`, {
        method: 'POST',
        body: BODY,
        headers: { ...JSON_TYPE, authorization: `Bearer ${KEY}` },
      }),
      fetch(`${deployed.url}/v1/models`),
      fetch(`${deployed.url}/healthz`),
    ]);
    const texts = await Promise.all(responses.map((response) => response.text()));
    await deployed.dispose();
    return [responses.map(({ status }) => status), texts[0] ?? ''];
  }

  it('answers 503 and says what to set when the secret, the keys or a valid configuration are missing', async () => {
    const production = { EDGEWAYS_ENV: 'production' };
    const before = upstream.calls.length;
    const outcomes = {
      'no secret': await saidBy({ ...production, EDGEWAYS_SECRET: '' }, { tenants }),
      'a short secret': await saidBy({ ...production, EDGEWAYS_SECRET: 'x'.repeat(31) }, { tenants }),
      'no keys': await saidBy(production, { tenants: [] }),
      'no word about where it runs, no keys': await saidBy({ EDGEWAYS_ENV: '' }, { tenants: [] }),
      'a misspelt key': await saidBy(production, { tenants, limits: { body_byte: 5 } }),
      'no JSON': await saidBy({ ...production, EDGEWAYS_CONFIG: '{' }),
      'local mode without a secret': await saidBy({ EDGEWAYS_SECRET: '' }, {}),
    };
    const unfit = (text: string): unknown => [[503, 503, 503], expect.stringContaining(text)];
    expect(outcomes).toEqual({
      'no secret': unfit('wrangler secret put EDGEWAYS_SECRET'),
      'a short secret': unfit('at least 32 bytes'),
      'no keys': unfit('npm run key'),
      'no word about where it runs, no keys': unfit('npm run key'),
      'a misspelt key': unfit('limits.body_byte'),
      'no JSON': unfit('valid configuration'),
      'local mode without a secret': unfit('EDGEWAYS_SECRET'),
    });
    expect(upstream.calls.length - before).toBe(0);
  });

  it('serves whoever has a key, however it is sent, and nobody else', async () => {
    const deployed = await startProduct({
      vars: { ...urls(), EDGEWAYS_ENV: 'production' },
      config: { tenants },
    });
    const ask = async (headers: Record<string, string>): Promise<unknown> => {
      const { status, code } = await post({ ...JSON_TYPE, ...headers }, deployed.url);
      return code ?? status;
    };
    const bearer = { authorization: `Bearer ${KEY}` };
    const outcomes = {
      'no key': await ask({}),
      'an empty key': await ask({ authorization: 'Bearer ' }),
      'an unknown key': await ask({ authorization: 'Bearer nobody' }),
      'the hash instead of the key': await ask({ authorization: `Bearer ${hash(KEY)}` }),
      'another scheme': await ask({ authorization: `Basic ${KEY}` }),
      bearer: await ask(bearer),
      'bearer in lower case': await ask({ authorization: `bearer ${KEY}` }),
      'x-api-key': await ask({ 'x-api-key': KEY }),
      'both, the same': await ask({ ...bearer, 'x-api-key': KEY }),
      'both, two known ones': await ask({ ...bearer, 'x-api-key': OTHER_KEY }),
      'both, one unknown': await ask({ ...bearer, 'x-api-key': 'nobody' }),
      'no key for the models': (await outcomeOf(await fetch(`${deployed.url}/v1/models`))).code,
      'no key for a route': (
        await outcomeOf(
          await fetch(`${deployed.url}/v1/route`, { method: 'POST', body: BODY, headers: JSON_TYPE }),
        )
      ).code,
      'no key for health': (await outcomeOf(await fetch(`${deployed.url}/healthz`))).status,
      'a key in the query': (await outcomeOf(await fetch(`${deployed.url}/v1/models?api_key=${KEY}`))).code,
      'a foreign page with a key': await ask({ ...bearer, origin: 'https://evil.example' }),
      'a page of this machine': await ask({ ...bearer, origin: 'http://localhost:3000' }),
    };
    await deployed.dispose();
    expect(outcomes).toEqual({
      'no key': 'missing_key',
      'an empty key': 'missing_key',
      'an unknown key': 'unknown_key',
      'the hash instead of the key': 'unknown_key',
      'another scheme': 'missing_key',
      bearer: 200,
      'bearer in lower case': 200,
      'x-api-key': 200,
      'both, the same': 200,
      'both, two known ones': 'conflicting_credentials',
      'both, one unknown': 'conflicting_credentials',
      'no key for the models': 'missing_key',
      'no key for a route': 'missing_key',
      'no key for health': 200,
      'a key in the query': 'missing_key',
      'a foreign page with a key': 'foreign_origin',
      'a page of this machine': 'foreign_origin',
    });
  });

  it('never shows the secret, a key or a hash in what it answers', async () => {
    const config = JSON.stringify({ models: testModels, tenants, surprise: true });
    const [, text] = await saidBy({
      EDGEWAYS_ENV: 'production',
      EDGEWAYS_SECRET: 'a-secret-that-nobody-may-see-0123456789',
      EDGEWAYS_CONFIG: config,
    });
    expect([text.includes('nobody-may-see'), text.includes(hash(KEY)), text.includes('surprise')]).toEqual([
      false,
      false,
      true,
    ]);
  });
});
