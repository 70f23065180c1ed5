// Inside workerd, over the same service bindings as the product: the stand-ins speak like what they stand for.

import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { providerNamed } from '../providers/registry.ts';
import type { AiBinding } from '../durable-objects/endpoints.ts';

type StandIns = { readonly AI: AiBinding; readonly LOCAL_CLOUD: Fetcher };
const { AI, LOCAL_CLOUD } = env as unknown as StandIns; // the local configuration binds both

const MESSAGES = [{ role: 'user', content: 'Hello' }];

async function decoded(
  provider: string,
  body: ReadableStream<Uint8Array>,
): Promise<readonly { readonly type: string }[]> {
  const decoder = providerNamed(provider)?.decoder(1024 * 1024, null);
  const text = await new Response(body).text();
  return [...(decoder?.push(text, 0) ?? []), ...(decoder?.close(0) ?? [])];
}

/** What `run` throws. Awaited once: a remote promise that is awaited twice leaves one rejection unhandled. */
async function messageOf(model: string, messages: readonly object[]): Promise<string> {
  try {
    await AI.run(model, { messages });
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

describe('LocalAI', () => {
  it.each([
    ['@cf/meta/llama-3.1-8b-instruct-fp8-fast', '"response"'],
    ['@cf/zai-org/glm-4.7-flash', '"choices"'],
  ])('streams for %s lines with %s', async (model, field) => {
    const body = await AI.run(model, { messages: MESSAGES, stream: true });
    if (!(body instanceof ReadableStream)) throw new Error('not a stream');
    const [forText, forDecoder] = body.tee();
    expect((await new Response(forText).text()).split('\n')[0]).toContain(field);
    const events = await decoded('workers-ai', forDecoder);
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop', usage: { estimated: false } });
  });

  it('answers with an object when no stream is asked for', async () => {
    const answer = await AI.run('@cf/meta/llama-3.1-8b-instruct-fp8-fast', { messages: MESSAGES });
    expect(answer).toMatchObject({ response: expect.stringContaining('no model ran'), tool_calls: [] });
  });

  it('can be read into a buffer of our own, and cancelled', async () => {
    const body = await AI.run('@cf/meta/llama-3.1-8b-instruct-fp8-fast', {
      messages: MESSAGES,
      stream: true,
    });
    if (!(body instanceof ReadableStream)) throw new Error('not a stream');
    const reader = body.getReader({ mode: 'byob' });
    const { value } = await reader.readAtLeast(1, new Uint8Array(1024));
    expect(new TextDecoder().decode(value)).toContain('data: ');
    await reader.cancel();
  });

  it('fails as the binding does', async () => {
    expect(await messageOf('gpt-4', MESSAGES)).toContain('5007');
    expect(await messageOf('@cf/x/y', [])).toContain('5006');
  });
});

describe('LocalCloud', () => {
  function post(body: unknown, path = '/v1/chat/completions'): Promise<Response> {
    return LOCAL_CLOUD.fetch(`https://cloud.invalid${path}`, { method: 'POST', body: JSON.stringify(body) });
  }

  it('streams a chat completion with usage', async () => {
    const response = await post({
      model: 'm',
      messages: MESSAGES,
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    if (response.body === null) throw new Error('no body');
    const events = await decoded('openai', response.body);
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop', usage: { estimated: false } });
  });

  it('answers whole, and refuses what a server would', async () => {
    const whole = await (await post({ model: 'm', messages: MESSAGES })).json();
    expect(whole).toMatchObject({
      choices: [{ message: { content: expect.stringContaining('no model ran') } }],
    });
    expect((await post('text')).status).toBe(400);
    expect((await post({}, '/v1/other')).status).toBe(404);
  });
});
