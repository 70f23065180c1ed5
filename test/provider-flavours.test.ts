// Servers that are compatible with OpenAI's chat completions get what they document, each by the name of its flavour.

import { describe, expect, it } from 'vitest';
import { chatProjector } from '../dialects/chat/projector.ts';
import { parseChatRequest } from '../dialects/chat/parse-request.ts';
import type { ChatRequest } from '../protocol/chat-request.ts';
import { isJsonObject, type JsonObject } from '../protocol/json.ts';
import { OPENAI_COMPATIBLE } from '../providers/openai-compatible/openai-compatible.ts';

const SCHEMA = { type: 'json_schema', json_schema: { name: 'a', schema: {} } };
const REQUEST: ChatRequest = {
  model: 'auto',
  messages: [
    { role: 'user', name: 'ann', content: [{ type: 'text', text: 'Hi' }] },
    { role: 'assistant', content: [], toolCalls: [{ id: 'call_very-long.1', name: 'f', args: '{}' }] },
    { role: 'tool', toolCallId: 'call_very-long.1', content: [{ type: 'text', text: 'ok' }] },
    { role: 'assistant', content: [{ type: 'text', text: 'So' }], toolCalls: [] },
  ],
  stream: false,
  includeUsage: false,
  maxOutputTokens: 50,
  tools: [],
  continues: true,
  cacheScope: 'h1',
  parameters: { seed: 7, logit_bias: { 5: 1 }, presence_penalty: 1, temperature: 0.5 },
};

function sent(flavour: string | null, change: Partial<ChatRequest> = {}): JsonObject {
  const call = OPENAI_COMPATIBLE.encode({ ...REQUEST, ...change }, { upstreamModel: 'm', flavour });
  const body: unknown = call.type === 'http' ? JSON.parse(call.body) : null;
  if (!isJsonObject(body)) throw new Error('not a body');
  return body;
}

/** The fields of the body beside those that every server gets. */
function ownFields(flavour: string | null, change: Partial<ChatRequest> = {}): JsonObject {
  const {
    model: _model,
    messages: _messages,
    stream: _stream,
    max_tokens: _limit,
    ...rest
  } = sent(flavour, change);
  return rest;
}

function lastMessage(flavour: string): unknown {
  const { messages } = sent(flavour);
  return Array.isArray(messages) ? messages.at(-1) : null;
}

describe('the body', () => {
  const usage = { stream_options: { include_usage: true } };
  const parameters = REQUEST.parameters;
  it.each<readonly [string | null, JsonObject]>([
    [null, { ...usage, ...parameters }],
    ['ollama', { ...usage, ...parameters }],
    [
      'vllm',
      {
        ...usage,
        ...parameters,
        cache_salt: 'h1',
        continue_final_message: true,
        add_generation_prompt: false,
      },
    ],
    ['llama.cpp', { ...usage, ...parameters, chat_template_kwargs: { enable_thinking: false } }],
    ['openrouter', { ...usage, ...parameters, user: 'h1' }],
    ['groq', { ...usage, seed: 7, presence_penalty: 1, temperature: 0.5 }],
    ['deepseek', { ...usage, presence_penalty: 1, temperature: 0.5 }],
    ['mistral', { prompt_cache_key: 'h1', random_seed: 7, presence_penalty: 1, temperature: 0.5 }],
    ['xai', { ...usage, seed: 7, temperature: 0.5 }],
  ])('for %s has the fields it documents', (flavour, fields) => {
    expect(ownFields(flavour)).toEqual(fields);
  });

  it('asks to go on with an answer only when there is one', () => {
    const { continues: _continues, ...fresh } = REQUEST;
    const call = OPENAI_COMPATIBLE.encode(fresh, { upstreamModel: 'm', flavour: 'vllm' });
    expect(call.type === 'http' && call.body).not.toContain('continue_final_message');
  });
});

describe('the messages', () => {
  it('mark the answer that is gone on with, where the server asks for it', () => {
    const plain = { role: 'assistant', content: 'So' };
    for (const flavour of ['mistral', 'deepseek'])
      expect(lastMessage(flavour)).toEqual({ ...plain, prefix: true });
    for (const flavour of ['vllm', 'openrouter', 'groq']) expect(lastMessage(flavour)).toEqual(plain);
  });

  it('have no names of users where they are refused', () => {
    for (const flavour of ['groq', 'mistral']) expect(JSON.stringify(sent(flavour))).not.toContain('ann');
    expect(JSON.stringify(sent('vllm'))).toContain('"name":"ann"');
  });

  it('have ids of nine characters for Mistral, the same for a call and its result, another for another', () => {
    const idsOf = (request: Partial<ChatRequest>): string[] =>
      [...JSON.stringify(sent('mistral', request)).matchAll(/"(?:id|tool_call_id)":"(.*?)"/g)].map(
        ([, id = '']) => id,
      );
    const [call = '', result] = idsOf({});
    expect(call).toMatch(/^[A-Za-z0-9]{9}$/);
    expect(result).toBe(call);
    const calls = Array.from({ length: 500 }, (_, at) => ({ id: `call_${at}`, name: 'f', args: '{}' }));
    const many = idsOf({ messages: [{ role: 'assistant', content: [], toolCalls: calls }] });
    expect(new Set(many).size).toBe(500);
    expect(idsOf({ messages: [{ role: 'tool', toolCallId: 'abcDEF123', content: [] }] })).toEqual([
      'abcDEF123',
    ]);
  });
});

it.each<readonly [string | null, Partial<ChatRequest>, string | null]>([
  ['deepseek', { responseFormat: SCHEMA }, 'a JSON schema, only {"type":"json_object"}'],
  ['deepseek', { responseFormat: { type: 'json_object' } }, null],
  ['xai', { parameters: { stop: ['x'] } }, 'stop sequences'],
  ['xai', {}, null],
  [
    'ollama',
    { messages: [{ role: 'user', content: [{ type: 'image', url: 'https://x.example/a.png' }] }] },
    'images by link, only as data: URLs',
  ],
  [
    'ollama',
    { messages: [{ role: 'user', content: [{ type: 'image', url: 'data:image/png;base64,AA==' }] }] },
    null,
  ],
  [null, { responseFormat: SCHEMA, parameters: { stop: 'x' } }, null],
])('for %s, %j lacks %s', (flavour, change, lacking) => {
  expect(OPENAI_COMPATIBLE.lacks({ ...REQUEST, ...change }, flavour)).toBe(lacking);
});

describe('thinking that came from OpenRouter', () => {
  const part = {
    type: 'reasoning.text',
    text: 'First — “then”\n',
    format: 'anthropic-claude-v1',
    index: 0,
    signature: 'EqQB+sig/==',
  };

  /** What a client holds after the projector's frames: the details of all chunks, in order. */
  function detailsOfChunks(): unknown[] {
    const projector = chatProjector({
      streamId: 's1',
      generation: 'g1',
      model: 'cloud',
      createdMs: 0,
      includeUsage: false,
    });
    const frames = projector.frames({ type: 'thinking_part', part });
    return frames.flatMap(({ data }) => {
      const chunk = JSON.parse(data);
      return chunk.choices[0].delta.reasoning_details;
    });
  }

  function parsed(assistant: object): ChatRequest {
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', ...assistant },
    ];
    const result = parseChatRequest({ model: 'auto', messages }, { maxMessages: 10 });
    if (!result.ok) throw new Error(JSON.stringify(result.refusal));
    return result.value;
  }

  it('goes to the client and back to OpenRouter byte by byte, before the text', () => {
    const reasoning_details = detailsOfChunks();
    expect(reasoning_details).toEqual([part]);
    const { messages } = parsed({ content: 'Done', reasoning_details });
    expect(messages[1]?.content).toEqual([
      { type: 'opaque', raw: part },
      { type: 'text', text: 'Done' },
    ]);
    expect(sent('openrouter', { messages })['messages']).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Done', reasoning_details: [part] },
    ]);
    expect(JSON.stringify(sent(null, { messages }))).not.toContain('reasoning');
  });

  it('goes back beside tool calls, which need no text', () => {
    const tool_calls = [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }];
    const { messages } = parsed({ content: null, tool_calls, reasoning_details: [part] });
    expect(sent('openrouter', { messages })['messages']).toMatchObject([
      {},
      { content: null, tool_calls, reasoning_details: [part] },
    ]);
  });

  it('of DeepSeek goes back beside the calls it led to, where it must not be missing', () => {
    const raw = { type: 'reasoning.text', format: 'deepseek-v1', text: 'Hm' };
    const toolCalls = [{ id: 'c1', name: 'f', args: '{}' }];
    const messages: ChatRequest['messages'] = [
      { role: 'assistant', content: [{ type: 'opaque', raw }], toolCalls },
      { role: 'assistant', content: [{ type: 'opaque', raw: part }], toolCalls },
      { role: 'assistant', content: [{ type: 'text', text: 'Done' }], toolCalls: [] },
    ];
    const { continues: _continues, ...fresh } = { ...REQUEST, messages };
    const call = OPENAI_COMPATIBLE.encode(fresh, { upstreamModel: 'm', flavour: 'deepseek' });
    expect(JSON.parse(call.type === 'http' ? call.body : '{}').messages).toEqual([
      expect.objectContaining({ reasoning_content: 'Hm', content: null }),
      expect.objectContaining({ reasoning_content: '' }),
      { role: 'assistant', content: 'Done' },
    ]);
    expect(JSON.stringify(sent('openrouter', { messages }))).not.toContain('deepseek-v1');
  });

  it('is dropped when it is of a kind that nobody reads, and refused when it is no list of objects', () => {
    const { messages } = parsed({ content: 'Done', reasoning_details: [{ type: 'other' }] });
    expect(messages[1]?.content).toEqual([{ type: 'text', text: 'Done' }]);
    expect(() => parsed({ content: 'Done', reasoning_details: ['Hm'] })).toThrow(
      'messages[1].reasoning_details[0] must be an object with a \\"type\\"',
    );
    expect(() => parsed({ reasoning_details: [part] })).toThrow(
      'must have \\"content\\" or \\"tool_calls\\"',
    );
  });
});
