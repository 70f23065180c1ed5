// What upstreams are sent for a canonical request.

import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../protocol/chat-request.ts';
import type { EncodeOptions } from '../providers/provider.ts';
import { providerNamed } from '../providers/registry.ts';

const REQUEST: ChatRequest = {
  model: 'auto',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
  stream: false,
  includeUsage: false,
  maxOutputTokens: null,
  tools: [],
  parameters: {},
};
const TOOL = { type: 'function', function: { name: 'get_weather', parameters: { type: 'object' } } };
const CONVERSATION: ChatRequest['messages'] = [
  { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
  {
    role: 'user',
    name: 'ann',
    content: [
      { type: 'text', text: 'What is this?' },
      { type: 'image', url: 'data:image/png;base64,AA==', detail: 'low' },
      { type: 'opaque', raw: { type: 'file', file: { file_id: 'f1' } } },
    ],
  },
  { role: 'assistant', content: [], toolCalls: [{ id: 'c1', name: 'get_weather', args: '{}' }] },
  { role: 'tool', toolCallId: 'c1', content: [{ type: 'text', text: 'sunny' }] },
  {
    role: 'assistant',
    content: [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ],
    toolCalls: [],
  },
];

const THOUGHT: ChatRequest['messages'] = [
  {
    role: 'assistant',
    content: [
      { type: 'opaque', raw: { type: 'reasoning.text', text: 'Hm', format: 'anthropic-claude-v1' } },
      { type: 'text', text: 'Yes' },
    ],
    toolCalls: [],
  },
  { role: 'assistant', content: [{ type: 'opaque', raw: { type: 'redacted_thinking' } }], toolCalls: [] },
];

function to(upstreamModel: string): EncodeOptions {
  return { upstreamModel, flavour: null };
}

function openai(change: Partial<ChatRequest>): unknown {
  const call = providerNamed('openai')?.encode({ ...REQUEST, ...change }, to('gpt-5-mini'));
  if (call?.type !== 'http') throw new Error('not an HTTP call');
  return JSON.parse(call.body);
}

function workersAi(change: Partial<ChatRequest>, model = '@cf/meta/llama-3.1-8b-instruct-fp8-fast'): unknown {
  const call = providerNamed('workers-ai')?.encode({ ...REQUEST, ...change }, to(model));
  if (call?.type !== 'binding') throw new Error('not a binding call');
  return call.inputs;
}

describe('OpenAI', () => {
  it('is asked for a stream with usage at /chat/completions, whatever the client asked for', () => {
    expect(providerNamed('openai')?.encode(REQUEST, to('m'))).toMatchObject({
      type: 'http',
      path: '/chat/completions',
    });
    expect(openai({})).toEqual({
      model: 'gpt-5-mini',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('gets every kind of message in its own shape', () => {
    expect(openai({ messages: CONVERSATION })).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          name: 'ann',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==', detail: 'low' } },
            { type: 'file', file: { file_id: 'f1' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'get_weather', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
      ],
    });
  });

  it('gets tools, the output limit, the response format and the sampling fields', () => {
    const change = {
      tools: [TOOL],
      toolChoice: 'required',
      maxOutputTokens: 50,
      responseFormat: { type: 'json_object' },
      parameters: { temperature: 0, seed: 7 },
    };
    expect(openai(change)).toMatchObject({
      tools: [TOOL],
      tool_choice: 'required',
      max_completion_tokens: 50,
      response_format: { type: 'json_object' },
      temperature: 0,
      seed: 7,
    });
  });

  it('cannot be given another model or a whole answer through the sampling fields', () => {
    const parameters = { model: 'expensive', stream: false, stream_options: {}, messages: [] };
    expect(openai({ parameters })).toEqual(openai({}));
  });

  it('keeps the prompt caches and the abuse checks of tenants apart', () => {
    expect(openai({ cacheScope: 'h1' })).toMatchObject({ prompt_cache_key: 'h1', safety_identifier: 'h1' });
    expect(openai({})).not.toHaveProperty('prompt_cache_key');
  });

  it('gets no thinking of earlier turns, and no message that held nothing else', () => {
    expect(openai({ messages: THOUGHT })).toMatchObject({
      messages: [{ role: 'assistant', content: 'Yes' }],
    });
  });

  it('gets no tool choice without tools', () => {
    expect(openai({ toolChoice: 'none' })).not.toHaveProperty('tool_choice');
  });
});

describe('a server that is only compatible with OpenAI', () => {
  it('gets the output limit under the older name, which is the one it knows', () => {
    const call = providerNamed('openai-compatible')?.encode(
      { ...REQUEST, maxOutputTokens: 50 },
      to('llama3'),
    );
    const body: unknown = call?.type === 'http' ? JSON.parse(call.body) : null;
    expect(body).toMatchObject({ model: 'llama3', max_tokens: 50, stream: true });
    expect(body).not.toHaveProperty('max_completion_tokens');
  });
});

describe('Workers AI', () => {
  it('is run with the upstream model and a limit that lets an answer end', () => {
    expect(providerNamed('workers-ai')?.encode(REQUEST, to('@cf/x/y'))).toMatchObject({
      type: 'binding',
      model: '@cf/x/y',
    });
    expect(workersAi({})).toEqual({
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      max_tokens: 2048,
    });
    expect(workersAi({ maxOutputTokens: 9 })).toMatchObject({ max_tokens: 9 });
  });

  it('gets text as strings, also beside tool calls', () => {
    expect(workersAi({ messages: CONVERSATION.slice(2) })).toMatchObject({
      messages: [
        { role: 'assistant', content: '', tool_calls: [{ type: 'function' }] },
        { role: 'tool', content: 'sunny' },
        { role: 'assistant', content: 'a\nb' },
      ],
    });
  });

  it('gets no thinking of earlier turns', () => {
    expect(workersAi({ messages: THOUGHT })).toMatchObject({ messages: [{ content: 'Yes' }] });
  });

  it('gets a call and its result under ids that its models take, and good ones as they are', () => {
    const messages = CONVERSATION.slice(2, 4);
    const sent = JSON.stringify(workersAi({ messages }));
    const ids = [...sent.matchAll(/"(?:id|tool_call_id)":"([A-Za-z0-9]{9})"/g)].map(([, id]) => id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    const named = JSON.stringify(messages).replaceAll('"c1"', '"chatcmpl-tool-12345678ab"');
    expect(JSON.stringify(workersAi({ messages: JSON.parse(named) }))).toContain('chatcmpl-tool-12345678ab');
  });

  it('gets only the sampling fields it documents', () => {
    const inputs = workersAi({ parameters: { temperature: 0.3, logit_bias: { 5: 1 }, verbosity: 'low' } });
    expect(inputs).toMatchObject({ temperature: 0.3 });
    expect(inputs).not.toHaveProperty('logit_bias');
    expect(inputs).not.toHaveProperty('verbosity');
  });

  it('gets a JSON schema without the wrapper that OpenAI puts around it', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } };
    const responseFormat = { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } };
    expect(workersAi({ responseFormat })).toMatchObject({
      stream: false,
      response_format: { type: 'json_schema', json_schema: schema },
    });
    expect(workersAi({ responseFormat: { type: 'json_object' } })).toMatchObject({
      response_format: { type: 'json_object' },
    });
  });

  it('does not let GLM think unless the client asks for it', () => {
    const glm = '@cf/zai-org/glm-4.7-flash';
    expect(workersAi({}, glm)).toMatchObject({ chat_template_kwargs: { enable_thinking: false } });
    expect(workersAi({ parameters: { reasoning_effort: 'low' } }, glm)).not.toHaveProperty(
      'chat_template_kwargs',
    );
    expect(workersAi({})).not.toHaveProperty('chat_template_kwargs');
  });
});

it('a provider that does not exist is null', () => {
  expect(providerNamed('constructor')).toBeNull();
});
