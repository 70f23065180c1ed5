import { exports } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';

const ORIGIN = 'http://localhost';

function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return exports.default.fetch(
    new Request(ORIGIN + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', host: 'localhost', ...headers },
      body: JSON.stringify(body),
    }),
  );
}

function user(content: string): { messages: { role: string; content: string }[] } {
  return { messages: [{ role: 'user', content }] };
}

describe('routing', () => {
  it('answers a simple prompt at the edge and a hard one in the cloud, and says so in the headers', async () => {
    const easy = await post('/v1/chat/completions', {
      model: 'auto',
      ...user('What is the capital of France?'),
    });
    const hard = await post('/v1/chat/completions', {
      model: 'auto',
      ...user('Prove that every bounded monotone sequence of reals converges, and generalise it to nets.'),
    });
    await easy.json();
    await hard.json();
    expect([easy.headers.get('x-edgeways-route'), hard.headers.get('x-edgeways-route')]).toEqual([
      'edge',
      'cloud',
    ]);
    expect(easy.headers.get('x-edgeways-reason')).toMatch(/^classifier p=/);
  });

  it('is explained without running a generation', async () => {
    const answer = await post('/v1/route', user('Hi'));
    expect(await answer.json()).toMatchObject({
      tier: 'edge',
      stage: 'classifier',
      probability: expect.any(Number),
      threshold: expect.any(Number),
      target: { type: 'fixed' },
      reasons: expect.arrayContaining([expect.stringMatching(/^classifier/)]),
      policy_version: expect.stringMatching(/^[0-9a-f]{12}$/),
      propensity: 1,
      model: 'granite-4.0-h-micro',
      arms: [
        { tier: 'edge', model: 'granite-4.0-h-micro', estimated_cost_usd: expect.any(Number) },
        { tier: 'cloud', model: 'gpt-5-mini', estimated_cost_usd: expect.any(Number) },
      ],
      data_locality: 'any',
      estimated_cost_usd: expect.any(Number),
      estimated_tokens: { input: expect.any(Number), output_limit: expect.any(Number) },
    });
  });

  it('sends what the edge cannot serve to the cloud, with the reason', async () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
    const body = { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }, image] }] };
    const answer = await post('/v1/route', body);
    expect(await answer.json()).toMatchObject({ tier: 'cloud', probability: null, reasons: ['gate:vision'] });
  });

  it('refuses a model that is not configured', async () => {
    const answer = await post('/v1/chat/completions', { model: 'nope', ...user('Hi') });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: { code: 'unknown_model', param: 'model' } });
  });
});
