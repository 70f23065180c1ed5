// The promise: an answer neither waits for the statistics nor fails with them, and is recorded once it has ended.

import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { app } from '../worker/app.ts';
import type { GenerationRecord } from '../protocol/generation-record.ts';
import { conversationObjectName } from '../worker/stream-id.ts';
import { Signer } from '../worker/signer.ts';

const SECRET: unknown = Reflect.get(env, 'EDGEWAYS_SECRET');

type Call = (record: GenerationRecord) => Promise<unknown>;

const hangs: Call = () => new Promise(() => undefined);
const fails: Call = () => Promise.reject(new Error('the disk is full'));
const throws: Call = () => {
  throw new Error('no such object');
};

/** The bindings, with Stats objects that do `call` with every record. */
function bindingsWith(call: Call): object {
  return { ...env, STATS: { idFromName: () => '', get: () => ({ record: call }) } };
}

/** A conversation whose object has such bindings too. */
async function conversationWith(call: Call, more: object = {}): Promise<string> {
  const conversation = crypto.randomUUID();
  const name = await conversationObjectName(new Signer([String(SECRET)]), 'local', conversation);
  await runInDurableObject(env.CONVERSATIONS.get(env.CONVERSATIONS.idFromName(name)), (object) => {
    Object.defineProperty(object, 'env', { value: { ...bindingsWith(call), ...more } });
  });
  return conversation;
}

type Sent = {
  readonly headers?: Record<string, string>;
  readonly stream?: boolean;
  /** The Worker keeps what it knows of a tenant with these. */
  readonly bindings?: object;
};

async function complete(call: Call, sent: Sent = {}): Promise<Response> {
  const { headers = {}, stream = true, bindings = bindingsWith(call) } = sent;
  const body = JSON.stringify({ model: 'auto', stream, messages: [{ role: 'user', content: 'Hi' }] });
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body };
  return send(new Request('http://localhost/v1/chat/completions', init), bindings);
}

async function send(request: Request, bindings: object): Promise<Response> {
  request.headers.set('host', 'localhost');
  return app.fetch(request, bindings, { waitUntil: () => undefined });
}

describe.each([
  ['hangs', hangs],
  ['fails', fails],
  ['cannot even be called', throws],
])('a Stats object that %s', (_, call) => {
  it.each([true, false])('leaves an answer as it is (stream: %s)', async (stream) => {
    const headers = { 'x-edgeways-conversation': await conversationWith(call) };
    const response = await complete(call, { headers, stream });
    const text = await response.text();
    const end = text.includes(stream ? '[DONE]' : '"finish_reason":"stop"');
    expect([response.status, end]).toEqual([200, true]);
  });

  it('leaves an answer without an object as it is', async () => {
    const response = await complete(call, { headers: { 'x-edgeways-resumable': 'false' } });
    expect([response.status, (await response.text()).includes('[DONE]')]).toEqual([200, true]);
  });
});

describe('the record of a generation', () => {
  it('is made when the terminal event can be read, never before', async () => {
    const seen = Promise.withResolvers<{ record: GenerationRecord; poll: unknown }>();
    const look: Call = async (record) => {
      const url = `http://localhost/v1/streams/${record.id}?wait=0`;
      const poll = await (await send(new Request(url), bindingsWith(hangs))).json();
      seen.resolve({ record, poll });
    };
    const headers = { 'x-edgeways-conversation': await conversationWith(look) };
    await (await complete(look, { headers })).text();
    const { record, poll } = await seen.promise;
    expect({ record, poll }).toMatchObject({
      record: { tenant: 'local', outcome: 'completed', chunking: 'batched', failure: null },
      poll: { done: true },
    });
  });

  it('is not made of a request that the tenant’s object refused while the call was under way', async () => {
    const bindings = bindingsWith(hangs);
    await (await complete(hangs, { bindings })).text(); // the Worker knows now that there is room, and asks in parallel
    const ids: string[] = [];
    const conversation = await conversationWith(async ({ id }) => ids.push(id), {
      TENANTS: {
        idFromName: () => '',
        get: () => ({
          admit: () => ({ type: 'refused', refusal: { reason: 'overloaded', retryAfterMs: 1_000 } }),
        }),
      },
    });
    const response = await complete(hangs, {
      headers: { 'x-edgeways-conversation': conversation },
      bindings,
    });
    expect([response.status, ids]).toEqual([503, []]);
  });

  it('goes out once more when the object failed the first time', async () => {
    const ids: string[] = [];
    const second = Promise.withResolvers<void>();
    const failsOnce: Call = async ({ id }) => {
      ids.push(id);
      if (ids.length === 1) throw new Error('reset');
      second.resolve();
    };
    const headers = { 'x-edgeways-conversation': await conversationWith(failsOnce) };
    const response = await complete(failsOnce, { headers });
    await response.text();
    await second.promise;
    const id = response.headers.get('x-edgeways-stream');
    expect(ids).toEqual([id, id]);
  });

  it('tells the phases before the first token, and what the cloud would have cost', async () => {
    const seen = Promise.withResolvers<GenerationRecord>();
    const look: Call = async (record) => seen.resolve(record);
    const headers = { 'x-edgeways-conversation': await conversationWith(look) };
    await (await complete(look, { headers })).text();
    const { ttftMs, phases, costUsd, allCloudUsd, tier } = await seen.promise;
    const sum =
      (phases.admitMs ?? -1) + (phases.detourMs ?? -1) + (phases.modelMs ?? -1) + (phases.holdMs ?? -1);
    expect({ tier, isSum: sum === ttftMs, isCheaper: costUsd < allCloudUsd }).toEqual({
      tier: 'edge',
      isSum: true,
      isCheaper: true,
    });
  });
});

describe('a report of a client', () => {
  const report = async (isEnabled: boolean): Promise<number> => {
    const id = (await complete(hangs)).headers.get('x-edgeways-stream');
    const { $schema: _, ...config } = (await import('../edgeways.config.json')).default;
    const EDGEWAYS_CONFIG = JSON.stringify({ ...config, analytics: { enabled: isEnabled } });
    const request = new Request(`http://localhost/v1/streams/${id}/report`, {
      method: 'POST',
      headers: { host: 'localhost', 'content-type': 'application/json' },
      body: JSON.stringify({ render_lag_ms: 12 }),
    });
    const STATS = { idFromName: () => '', get: () => ({ amend: () => Promise.reject(new Error('reset')) }) };
    const bindings = { ...env, STATS, EDGEWAYS_CONFIG };
    return (await app.fetch(request, bindings, { waitUntil: () => undefined })).status;
  };

  it('is asked for again when its object fails, and dropped where nothing is recorded', async () => {
    expect([await report(true), await report(false)]).toEqual([503, 204]);
  });
});
