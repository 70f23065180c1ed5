// The promise: a conversation that went through other providers, clients and tools before can be sent to every provider,
// or is refused before the call. Nothing in it makes a body that the provider is known to refuse.

import { describe, expect, it } from 'vitest';
import type { ChatMessage, ChatRequest } from '../protocol/chat-request.ts';
import { isJsonObject, type JsonObject } from '../protocol/json.ts';
import { arrayField } from '../providers/json-fields.ts';
import { providerNamed } from '../providers/registry.ts';

const LONG_ID = 'toolu_'.padEnd(300, 'x');
const NESTED = `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`;
const MODELS = [
  ['openai', 'gpt-5'],
  ['openai-compatible', 'm'],
  ['openai-responses', 'gpt-5'],
  ['workers-ai', '@cf/m'],
  ['gemini', 'gemini-2.5-flash'],
  ['anthropic', 'claude-sonnet-4-5'],
  ['ndjson', 'm'],
] as const;

function says(role: 'system' | 'user', text: string): ChatMessage {
  return { role, content: [{ type: 'text', text }] };
}

function history(id: string, args = '{}'): readonly ChatMessage[] {
  return [
    says('user', 'Hi'),
    { role: 'assistant', content: [], toolCalls: [{ id, name: 'f', args }] },
    { role: 'tool', toolCallId: id, content: [{ type: 'text', text: args }] },
  ];
}

/** Null: refused before the call. */
function sent(name: string, model: string, change: Partial<ChatRequest>): JsonObject | null {
  const request: ChatRequest = {
    model: 'auto',
    messages: [],
    stream: true,
    includeUsage: false,
    maxOutputTokens: null,
    tools: [],
    parameters: {},
    ...change,
  };
  const provider = providerNamed(name);
  if (provider === null || provider.lacks(request, null) !== null) return null;
  const call = provider.encode(request, { upstreamModel: model, flavour: null });
  const body: unknown = call.type === 'http' ? JSON.parse(call.body) : call.inputs;
  if (!isJsonObject(body)) throw new Error('no body');
  return body;
}

function messagesOf(name: string, model: string, messages: readonly ChatMessage[]): readonly JsonObject[] {
  const body = sent(name, model, { messages }) ?? {};
  return [...arrayField(body, 'messages'), ...arrayField(body, 'input')].filter(isJsonObject);
}

describe('ids of tool calls from elsewhere', () => {
  it('are shortened for OpenAI, alike on call and result', () => {
    const [, call, result] = messagesOf('openai', 'gpt-5', history(LONG_ID));
    const id = String(result?.['tool_call_id']);
    expect(id.length).toBeLessThanOrEqual(40);
    expect(call?.['tool_calls']).toMatchObject([{ id }]);
    const [, , kept] = messagesOf('openai', 'gpt-5', history('c'.repeat(40)));
    expect(kept?.['tool_call_id']).toBe('c'.repeat(40));
  });

  it('are shortened for its Responses, which take longer ones', () => {
    const [, call, result] = messagesOf('openai-responses', 'gpt-5', history(LONG_ID));
    const id = String(result?.['call_id']);
    expect(id.length).toBeLessThanOrEqual(64);
    expect(call?.['call_id']).toBe(id);
    const [, , kept] = messagesOf('openai-responses', 'gpt-5', history('c'.repeat(64)));
    expect(kept?.['call_id']).toBe('c'.repeat(64));
  });

  it('stay different when they are', () => {
    const ids = [`${LONG_ID}a`, `${LONG_ID}b`].map(
      (id) => messagesOf('openai', 'gpt-5', history(id))[2]?.['tool_call_id'],
    );
    expect(new Set(ids).size).toBe(2);
  });
});

describe.each(MODELS)('%s', (name, model) => {
  it('takes arguments and results that nest without end as the text that they are', () => {
    const body = sent(name, model, { messages: history('c', NESTED) });
    expect(JSON.stringify(body).length).toBeGreaterThan(NESTED.length);
  });

  it('keeps keys that mean something to JavaScript', () => {
    const args = '{"__proto__":{"x":1},"constructor":2}';
    const body = JSON.stringify(sent(name, model, { messages: history('c', args) }));
    expect(body.replaceAll('\\', '')).toContain(args);
  });
});

describe('a conversation of system messages alone', () => {
  it('is the input of Responses, which refuse an empty one', () => {
    expect(sent('openai-responses', 'gpt-5', { messages: [says('system', 'Say hi.')] })).toMatchObject({
      input: [{ role: 'developer', content: 'Say hi.' }],
    });
  });

  it('loses its empty ones for Gemini, which refuses them', () => {
    const messages = [says('system', ''), says('user', 'Hi')];
    expect(sent('gemini', 'gemini-2.5-flash', { messages })).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
    });
  });
});

it('a conversation without a word is not sent to Gemini', () => {
  expect(sent('gemini', 'gemini-2.5-flash', { messages: [says('user', '')] })).toBeNull();
});

it('thinking that led to nothing is not sent to Responses, which refuse it', () => {
  const raw = { type: 'reasoning.encrypted', format: 'openai-responses-v1', id: 'rs_1', data: 'x' };
  const thought: ChatMessage = { role: 'assistant', content: [{ type: 'opaque', raw }], toolCalls: [] };
  const messages = [says('user', 'Hi'), thought, says('user', 'Well?')];
  expect(sent('openai-responses', 'gpt-5', { messages })).toMatchObject({
    input: [
      { role: 'user', content: 'Hi' },
      { role: 'user', content: 'Well?' },
    ],
  });
});

it('an effort that is a name of JavaScript is one that Gemini does not know', () => {
  const change = { messages: [says('user', 'Hi')], parameters: { reasoning_effort: '__proto__' } };
  expect(sent('gemini', 'gemini-2.5-flash', change)).toMatchObject({
    generationConfig: { thinkingConfig: { thinkingBudget: 1024 } },
  });
});
