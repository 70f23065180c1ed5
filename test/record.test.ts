// A recording is a real call with the provider's own request. It is refused with the reason before anything is sent.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keep, planRecording, record } from '../scripts/record.ts';

const TODAY = '2026-01-02';
const OPENAI = { provider: 'openai', model: 'gpt-5-mini', case: 'text' };
const KEY = { OPENAI_API_KEY: 'sk-canary' };

describe('a recording is refused', () => {
  it.each([
    ['without a key, naming its variable', OPENAI, {}, /^OPENAI_API_KEY is not set/],
    ['with an empty key', OPENAI, { OPENAI_API_KEY: '' }, /^OPENAI_API_KEY is not set/],
    ['for an unknown provider', { ...OPENAI, provider: 'none' }, KEY, /--provider must name/],
    ['without a model', { ...OPENAI, model: undefined }, KEY, /^--model is missing/],
    ['for an unknown case', { ...OPENAI, case: 'x' }, KEY, /^--case must be one of text, tool-call/],
    [
      'for an unknown flavour',
      { ...OPENAI, flavour: 'x' },
      KEY,
      /^--flavour must be one of \(there are none\)/,
    ],
    [
      'without the address of a server of one’s own',
      { ...OPENAI, provider: 'openai-compatible' },
      {},
      /give --url$/,
    ],
    ['for a binding', { ...OPENAI, provider: 'workers-ai' }, {}, /reached by a binding only/],
  ])('%s', (_why, options, env, message) => {
    expect(() => planRecording(options, env, TODAY)).toThrow(message);
  });
});

it('a recording is the request that the provider encodes, with the key in its header', () => {
  const { url, request } = planRecording(OPENAI, KEY, TODAY);
  expect(url).toBe('https://api.openai.com/v1/chat/completions');
  expect(request.headers).toMatchObject({ authorization: 'Bearer sk-canary' });
  expect(JSON.parse(String(request.body))).toMatchObject({ model: 'gpt-5-mini', stream: true });
});

it('a server of one’s own is asked at its address, under its flavour, with a key only where it has one', () => {
  const own = { ...OPENAI, provider: 'openai-compatible', flavour: 'vllm', url: 'http://127.0.0.1:1/v1' };
  const { url, request, fixture } = planRecording(own, {}, TODAY);
  expect(url).toBe('http://127.0.0.1:1/v1/chat/completions');
  expect(request.headers).not.toHaveProperty('authorization');
  expect(fixture).toBe(path.join('openai-compatible', 'recorded-text.vllm'));
  expect(() => planRecording({ ...own, 'key-variable': 'MY_KEY' }, {}, TODAY)).toThrow('MY_KEY is not set');
});

describe('what came back', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'edgeways-record-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const bytes = 'data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n';

  it('is kept byte by byte below its source, with the events it means, and never overwrites', async () => {
    const recording = planRecording(OPENAI, KEY, TODAY);
    const answer = await record(recording, async () => new Response(bytes));
    const file = keep(recording, answer, folder);
    expect(readFileSync(file, 'utf8')).toBe(`: source: recorded — gpt-5-mini on 2026-01-02\n\n${bytes}`);
    expect(JSON.parse(readFileSync(file.replace('.sse', '.json'), 'utf8'))).toEqual([
      { type: 'text_delta', text: 'Hi' },
      { type: 'finish', reason: 'stop', usage: null },
    ]);
    expect(() => keep(recording, answer, folder)).toThrow('exists: remove it first');
  });

  it('is not kept when the provider refused', async () => {
    const recording = planRecording(OPENAI, KEY, TODAY);
    const answer = record(recording, async () => new Response('no such model', { status: 404 }));
    await expect(answer).rejects.toThrow('HTTP 404: no such model');
  });
});
